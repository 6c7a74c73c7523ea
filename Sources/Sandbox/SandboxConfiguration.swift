/// What the simulator needs to know before it starts.
///
/// All addresses are meant to be loopback: the simulator hands out every secret it knows under `/_sim`.
public struct SandboxConfiguration: Sendable {
    /// The address that all three listeners bind.
    public var host = "127.0.0.1"

    /// Port of the API listener, which speaks TLS; 0 takes a free one.
    public var apiPort = 0

    /// Port of the authorization pages, the terminal page and `/_sim`, plain HTTP; 0 takes a free one.
    public var pagesPort = 0

    /// Port of the login page, plain HTTP on an origin of its own; 0 takes a free one.
    public var loginPort = 0

    /// Folder that receives `ca.pem` and `sandbox.json`; made when it is missing.
    public var folder: String

    /// Start of every generated id and secret: the same seed gives the same ones in the same order.
    public var seed: UInt64 = 1

    /// Divisor of the waits between notification attempts; 1 is the upstream's pace.
    public var timeScale: Double = 1

    /// Describes a simulator on free loopback ports.
    ///
    /// - Parameter folder: Where `ca.pem` and `sandbox.json` are written.
    public init(folder: String) {
        self.folder = folder
    }
}

import Foundation

/// Where the time of day comes from: the system's clock in the product, a hand-turned one in tests.
public struct WallClock: Sendable {
    private let read: @Sendable () -> Timestamp

    /// Takes the closure that tells the time.
    public init(_ read: @escaping @Sendable () -> Timestamp) {
        self.read = read
    }

    /// The present moment.
    public var now: Timestamp { read() }

    /// The machine's own clock.
    public static let system = WallClock {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }
}

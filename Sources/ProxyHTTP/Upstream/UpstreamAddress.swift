import NIOCore

/// Where the provider's API is: a constant of the configuration (SEC C4.1).
public struct UpstreamAddress: Sendable {
    /// Host name, or an address.
    public let host: String
    /// TCP port.
    public let port: Int
    /// Whether TLS is spoken there.
    public let isSecure: Bool

    /// Takes the parts.
    public init(host: String, port: Int, isSecure: Bool) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
    }

    /// Whether the host is a name, which TLS sends along, and no address, which it can't (RFC 6066 §3).
    var isNamed: Bool { (try? SocketAddress(ipAddress: host, port: port)) == nil }

    /// What a request's `Host` says: the port where it is not the scheme's own (RFC 9110 §7.2).
    var authority: String { port == (isSecure ? 443 : 80) ? host : "\(host):\(port)" }
}

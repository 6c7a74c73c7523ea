import Foundation

/// What receivers may be called, and how their certificates are checked.
public struct DeliveryConfiguration: Sendable {
    /// The ports that an endpoint may use; 443 alone unless the operator says otherwise.
    public let allowedPorts: Set<Int>
    /// Whether endpoints on this machine are allowed, on any port and in clear too: for development only.
    public let allowLoopback: Bool
    /// A PEM file with a further certificate authority to trust; `nil` trusts the system's alone.
    public let caFile: String?
    /// Host and port of the gateway as the world sees it, which no endpoint may be.
    let own: (host: String, port: Int)?

    /// Takes the constants of the configuration.
    ///
    /// - Parameters:
    ///   - allowedPorts: What endpoints may use.
    ///   - allowLoopback: Whether this machine is allowed, for development.
    ///   - caFile: A further certificate authority.
    ///   - publicURL: The gateway's own address; a name that leads to a front's addresses is known by nothing else.
    public init(allowedPorts: Set<Int>, allowLoopback: Bool, caFile: String?, publicURL: String? = nil) {
        self.allowedPorts = allowedPorts
        self.allowLoopback = allowLoopback
        self.caFile = caFile
        own = publicURL.flatMap { URLComponents(string: $0) }.flatMap { parts in
            parts.host.map { ($0.lowercased(), parts.port ?? (parts.scheme == "http" ? 80 : 443)) }
        }
    }
}

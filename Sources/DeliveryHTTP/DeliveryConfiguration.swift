/// What receivers may be called, and how their certificates are checked.
public struct DeliveryConfiguration: Sendable {
    /// The ports that an endpoint may use; 443 alone unless the operator says otherwise.
    public let allowedPorts: Set<Int>
    /// Whether endpoints on this machine are allowed, on any port and in clear too: for development only.
    public let allowLoopback: Bool
    /// A PEM file with a further certificate authority to trust; `nil` trusts the system's alone.
    public let caFile: String?

    /// Takes the constants of the configuration.
    public init(allowedPorts: Set<Int>, allowLoopback: Bool, caFile: String?) {
        self.allowedPorts = allowedPorts
        self.allowLoopback = allowLoopback
        self.caFile = caFile
    }
}

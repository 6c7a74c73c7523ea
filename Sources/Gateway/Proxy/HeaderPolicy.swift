/// Which headers pass the proxy, by name in lower case; all others are dropped.
public struct HeaderPolicy: Sendable {
    /// Passed from the caller to the provider.
    public let requestAllowed: Set<String>
    /// Passed from the provider to the caller.
    public let responseAllowed: Set<String>
    /// Set by the gateway on each request.
    public let requestSet: [(name: String, value: String)]
    /// The header that carries the provider's idempotency key.
    public let idempotencyHeader: String

    /// Takes the lists.
    public init(
        requestAllowed: Set<String>, responseAllowed: Set<String>, requestSet: [(name: String, value: String)],
        idempotencyHeader: String
    ) {
        self.requestAllowed = requestAllowed
        self.responseAllowed = responseAllowed
        self.requestSet = requestSet
        self.idempotencyHeader = idempotencyHeader
    }
}

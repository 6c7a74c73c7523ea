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
    /// What may pass to the provider, by length: most names differ from all others in it, so that none need be hashed.
    private let allowedByLength: [[String]]

    /// Takes the lists.
    public init(
        requestAllowed: Set<String>, responseAllowed: Set<String>, requestSet: [(name: String, value: String)],
        idempotencyHeader: String
    ) {
        self.requestAllowed = requestAllowed
        self.responseAllowed = responseAllowed
        self.requestSet = requestSet
        self.idempotencyHeader = idempotencyHeader
        let longest = requestAllowed.map(\.utf8.count).max() ?? 0
        allowedByLength = (0...longest).map { length in requestAllowed.filter { $0.utf8.count == length } }
    }

    /// Whether a header of the caller's passes to the provider, by its name in lower case.
    func passes(_ name: String) -> Bool {
        let length = name.utf8.count
        return length < allowedByLength.count && allowedByLength[length].contains(name)
    }
}

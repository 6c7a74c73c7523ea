/// A method and pattern that the proxy lets through.
public struct ProxyRoute: Hashable, Sendable {
    /// One segment of a pattern.
    public enum Segment: Hashable, Sendable {
        /// These bytes.
        case literal(String)
        /// Decimal digits, 1 to 20.
        case number
        /// A UUID in lower or upper case.
        case uuid
        /// 1 to 64 of `A-Z a-z 0-9 _ -`.
        case name
        /// The account number of the seller's own connection.
        case ownUser
    }

    /// Upper-case method.
    public let method: String
    /// The pattern's segments.
    public let segments: [Segment]
    /// The pattern as it is logged and counted: `/v1/payments/{number}`.
    public let pattern: String
    /// Only for connections that move no real money.
    public let testOnly: Bool
    /// Writes that need an idempotency key upstream; one is made where the caller sent none.
    public let needsIdempotencyKey: Bool

    /// Reads a pattern such as `/v1/payments/{number}`; placeholders are `{number}`, `{uuid}`, `{name}`, `{own_user}`.
    public init(_ method: String, _ pattern: String, testOnly: Bool = false, needsIdempotencyKey: Bool = false) {
        self.method = method
        self.pattern = pattern
        self.testOnly = testOnly
        self.needsIdempotencyKey = needsIdempotencyKey
        segments = pattern.split(separator: "/").map { part in
            switch part {
            case "{number}": .number
            case "{uuid}": .uuid
            case "{name}": .name
            case "{own_user}": .ownUser
            default: .literal(String(part))
            }
        }
    }
}

/// The proxy's allow-list: what it does not name is refused.
public struct ProxyRouteTable: Sendable {
    /// The routes that are let through, literal ones before those with placeholders.
    public let routes: [ProxyRoute]
    /// Paths that the gateway owns, each with the gateway's own route that does the job.
    public let ownedPaths: [String: String]

    /// Takes the list and the owned paths.
    public init(routes: [ProxyRoute], ownedPaths: [String: String]) {
        self.routes = routes
        self.ownedPaths = ownedPaths
    }
}

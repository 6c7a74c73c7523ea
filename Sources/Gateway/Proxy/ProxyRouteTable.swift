/// A method and pattern that the proxy lets through.
public struct ProxyRoute: Hashable, Sendable {
    /// One segment of a pattern.
    public enum Segment: Hashable, Sendable {
        /// These bytes.
        case literal([UInt8])
        /// Decimal digits, 1 to 20.
        case number
        /// A UUID in lower or upper case.
        case uuid
        /// 1 to 64 of `A-Z a-z 0-9 _ -`.
        case name
        /// The account number of the seller's own connection.
        case ownUser

        /// The placeholders as patterns write them.
        static let placeholders: [String: Segment] = [
            "{number}": .number, "{uuid}": .uuid, "{name}": .name, "{own_user}": .ownUser,
        ]
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
    /// Reads that the provider allows once a second; held to that for each seller.
    public let isPolled: Bool

    /// Reads a pattern such as `/v1/payments/{number}`; placeholders are `{number}`, `{uuid}`, `{name}`, `{own_user}`.
    public init(
        _ method: String, _ pattern: String, testOnly: Bool = false, needsIdempotencyKey: Bool = false,
        isPolled: Bool = false
    ) {
        self.method = method
        self.pattern = pattern
        self.testOnly = testOnly
        self.needsIdempotencyKey = needsIdempotencyKey
        self.isPolled = isPolled
        segments = pattern.split(separator: "/").map { part in
            Segment.placeholders[String(part)] ?? .literal(Array(part.utf8))
        }
    }
}

/// The proxy's allow-list: what it does not name is refused.
public struct ProxyRouteTable: Sendable {
    /// The routes that are let through, literal ones before those with placeholders.
    public let routes: [ProxyRoute]
    /// Paths that the gateway owns, each with the gateway's own route that does the job.
    public let ownedPaths: [String: String]
    /// Further routes of single applications, by their id or their number at the provider.
    let additions: [String: [ProxyRoute]]
    /// The routes by how many segments they have.
    let bySegments: [[ProxyRoute]]

    /// Takes the list and the owned paths.
    public init(routes: [ProxyRoute], ownedPaths: [String: String]) {
        self.init(routes: routes, ownedPaths: ownedPaths, additions: [:])
    }

    init(routes: [ProxyRoute], ownedPaths: [String: String], additions: [String: [ProxyRoute]]) {
        self.routes = routes
        self.ownedPaths = ownedPaths
        self.additions = additions
        var groups = [[ProxyRoute]](repeating: [], count: (routes.map(\.segments.count).max() ?? 0) + 1)
        for route in routes { groups[route.segments.count].append(route) }
        bySegments = groups
    }
}

/// A proxied request as a lane read it, before anything was decided.
public struct ProxyRequest: Sendable {
    /// Upper-case method.
    public let method: String
    /// The target behind the proxy's prefix, from its first slash on, with its query.
    public let target: String
    /// The seller in the path, or `nil` on `/proxy/…`.
    public let seller: String?
    /// All headers as they came, names in lower case.
    public let headers: [(name: String, value: String)]
    /// The idempotency key that was made when it was sent before.
    let madeIdempotencyKey: String?

    /// Takes what the lane read.
    public init(method: String, target: String, seller: String?, headers: [(name: String, value: String)]) {
        self.init(method: method, target: target, seller: seller, headers: headers, madeIdempotencyKey: nil)
    }

    private init(
        method: String, target: String, seller: String?, headers: [(name: String, value: String)],
        madeIdempotencyKey: String?
    ) {
        self.method = method
        self.target = target
        self.seller = seller
        self.headers = headers
        self.madeIdempotencyKey = madeIdempotencyKey
    }

    /// The same request to be decided once more, with the idempotency key that it went with before (SEC C4.10).
    public func again(after forward: ProxyForward) -> ProxyRequest {
        ProxyRequest(
            method: method, target: target, seller: seller, headers: headers,
            madeIdempotencyKey: forward.madeIdempotencyKey)
    }
}

/// What a lane has to do with a request.
public enum ProxyDecision: Sendable {
    /// Send this upstream, and tell ``ProxyPolicy/ended(_:_:)`` how it ended.
    case forward(ProxyForward)
    /// Answer this.
    case refuse(Problem)
    /// Let ``ProxyResolver`` find this out, then decide again.
    case wait(ProxyNeed)
}

/// Something that the caches don't hold yet.
public enum ProxyNeed: Hashable, Sendable {
    case key(APIKeyID)
    case seller(SellerReference)
    case token(ConnectionID)
}

/// How a call that was forwarded ended.
public enum ProxyOutcome: Equatable, Sendable {
    /// The provider answered, with the wait that it asked for.
    case answered(status: Int, retryAfter: Duration?)
    /// Nothing was sent: there was no connection.
    case unreachable
    /// No answer came in time.
    case timedOut
    /// The connection broke, or what came was no answer.
    case broken
    /// The caller left, or the gateway refused to go on.
    case abandoned
}

/// A request as it goes upstream.
public final class ProxyForward: Sendable {
    /// Upper-case method.
    public let method: String
    /// Path and query, byte for byte as they were matched.
    public let target: String
    /// All headers, the token last and once (SEC C4.6).
    public let headers: [(name: String, value: Secret<String>)]
    /// The route that let it through, for logs and metrics.
    public let route: ProxyRoute
    /// Whose call.
    public let seller: SellerID
    /// Through which connection.
    public let connection: ConnectionID
    /// By which key.
    public let key: APIKeyID
    /// The idempotency key that the gateway made, to be returned to the caller.
    public let madeIdempotencyKey: String?
    /// Which of the upstream's headers pass to the caller, in lower case.
    public let responseAllowed: Set<String>
    /// Whether sending it twice does what sending it once does: a read, or a write with the provider's idempotency key.
    public let isReplaySafe: Bool
    /// Which pair of the connection the token is of.
    let tokenGeneration: Int
    /// What it gives back when it has ended.
    let place: ProxyTraffic.Place

    init(
        method: String, target: String, headers: [(name: String, value: Secret<String>)], route: ProxyRoute,
        seller: SellerID, connection: ConnectionID, key: APIKeyID, madeIdempotencyKey: String?,
        responseAllowed: Set<String>, isReplaySafe: Bool, tokenGeneration: Int, place: ProxyTraffic.Place
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.route = route
        self.seller = seller
        self.connection = connection
        self.key = key
        self.madeIdempotencyKey = madeIdempotencyKey
        self.responseAllowed = responseAllowed
        self.isReplaySafe = isReplaySafe
        self.tokenGeneration = tokenGeneration
        self.place = place
    }
}

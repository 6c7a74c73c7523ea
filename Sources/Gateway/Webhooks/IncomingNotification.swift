/// Through which door a notification came.
public enum NotificationChannel: String, Sendable, CaseIterable {
    /// The application's webhook, set in the provider's panel and signed.
    case application = "app"
    /// One connection's webhook, registered by API; its path can't be guessed.
    case connection = "con"
}

/// What vouches for an event's claim, shown to the receiver as `upstream.proof`.
public enum Proof: String, Sendable, CaseIterable {
    /// The resource itself was read with the seller's token.
    case fetched
    /// The provider's signature over id, request and time was right; the body is not covered by it.
    case signature
    /// It came to a path that only the provider knows.
    case path
    /// Enlace itself says it.
    case gateway
}

/// A notification as it arrived, before anything was understood of it.
public struct ReceivedRequest: Sendable {
    /// The query as it stood in the target, without `?`; empty when there was none.
    public let query: String
    /// Names in lower case; only those that are kept.
    public let headers: [(name: String, value: String)]
    /// The body's bytes, at most 256 KiB.
    public let body: [UInt8]
    /// When it came.
    public let receivedAt: Timestamp

    /// Takes what the listener read.
    public init(query: String, headers: [(name: String, value: String)], body: [UInt8], receivedAt: Timestamp) {
        self.query = query
        self.headers = headers
        self.body = body
        self.receivedAt = receivedAt
    }

    /// The first value of a header, by its name in lower case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

/// A notification in the gateway's own words, whatever form the provider chose.
public struct IncomingNotification: Hashable, Sendable {
    /// The provider's name for the subject, such as `payment`.
    public let topic: String
    /// The provider's name for what happened: `payment.updated`, `state_FINISHED`; empty where none was sent.
    public let action: String
    /// The event type that receivers subscribe to: `payment.updated`, `point.payment_intent.finished`.
    public let eventType: String
    /// The account it is about; `nil` where only the path tells.
    public let upstreamUser: UpstreamUserID?
    /// The provider's number of the application, where it was sent.
    public let clientID: String?
    /// The provider's id of this notification, where it was sent.
    public let upstreamID: String?
    /// The id of the payment, intent or order.
    public let resource: String
    /// What makes it the same as another one: equal for repeats, different for anything else.
    public let identity: String
    /// Whether it is about real money, where it was said.
    public let liveMode: Bool?
    /// The ids that may be passed on without proof, in the order of sending.
    public let ids: [String: String]
    /// That the account took its permission back, if that is what it says.
    public let deauthorization: Deauthorization?

    /// Takes the fields as they were understood.
    public init(
        topic: String, action: String, eventType: String, upstreamUser: UpstreamUserID?, clientID: String?,
        upstreamID: String?, resource: String, identity: String, liveMode: Bool?, ids: [String: String],
        deauthorization: Deauthorization? = nil
    ) {
        self.topic = topic
        self.action = action
        self.eventType = eventType
        self.upstreamUser = upstreamUser
        self.clientID = clientID
        self.upstreamID = upstreamID
        self.resource = resource
        self.identity = identity
        self.liveMode = liveMode
        self.ids = ids
        self.deauthorization = deauthorization
    }

    /// What a notification says of a permission that was taken back.
    public struct Deauthorization: Hashable, Sendable {
        /// When it was, to the second, where that was said.
        public let at: Timestamp?

        /// Takes the moment.
        public init(at moment: Timestamp?) { at = moment }
    }
}

/// What the gateway asks of the provider about what its notifications tell.
public protocol UpstreamResources: Sendable {
    /// Reads what a notification is about, and compares what the provider says with what the notification said.
    ///
    /// - Throws: ``UpstreamError`` where the provider could not be asked, which says nothing about the notification.
    func evidence(
        on subject: NotificationSubject, with token: Secret<String>
    ) async throws(UpstreamError) -> Evidence
    /// How long an account is left alone after it was asked about this topic.
    func pause(after topic: String) -> Duration
}

/// What is to be looked up before receivers are told of a notification.
public enum ProofNeed: Hashable, Sendable {
    /// Nothing: it is told as it came, with ids alone.
    case nothing
    /// It names a resource and says nothing of it; the resource is sent along.
    case resource
    /// It says itself how something about money went: a lie would cost somebody goods.
    case claim
}

/// That an event is to be looked up, and since when that is wanted.
public struct ProofDemand: Hashable, Sendable {
    /// How long receivers wait for proof before they are told without it (DESIGN §9).
    public static let patience = Duration.seconds(5)
    /// Further away than anybody asks: what is not told without proof does not become due by the passing of time.
    public static func never(from moment: Timestamp) -> Timestamp { moment + .seconds(365 * 86_400) }

    /// Whether the notification itself says how something about money went.
    public let isClaim: Bool
    /// Since when it is wanted.
    public let since: Timestamp
    /// When it is told without proof.
    public var tellAt: Timestamp { since + Self.patience }

    /// `nil` where nothing is to be looked up.
    public init?(_ need: ProofNeed, since: Timestamp) {
        guard need != .nothing else { return nil }
        isClaim = need == .claim
        self.since = since
    }

    /// When a delivery is due that waits for the proof; `nil` for one that does not.
    public func due(at format: Endpoint.Format, expand: Bool) -> Timestamp? {
        guard expand else { return nil }
        switch format {
        case .envelope: return tellAt
        case .passthrough: return isClaim ? Self.never(from: since) : nil
        }
    }
}

/// What a notification said, as far as it is compared with what the provider says.
public struct NotificationSubject: Hashable, Sendable {
    /// The provider's name for the subject.
    public let topic: String
    /// The provider's name for what happened.
    public let action: String
    /// The id of the payment, intent or order.
    public let resource: String
    /// The account that the token belongs to.
    public let account: UpstreamUserID

    /// Takes the fields as they are stored.
    public init(topic: String, action: String, resource: String, account: UpstreamUserID) {
        self.topic = topic
        self.action = action
        self.resource = resource
        self.account = account
    }
}

/// What the provider says to a notification of its own.
public enum Evidence: Sendable {
    /// It is so, or has gone on from there.
    case fetched(Resource)
    /// There is no such thing within the account's reach.
    case absent
    /// It is not so, or not yet; with the provider's own word for how it is.
    case contradicted(String)

    /// A resource in the provider's own words.
    public struct Resource: Sendable {
        /// The ids that receivers need, vouched for by the provider.
        public let ids: [String: String]
        /// JSON objects under the names that receivers get them by, bytes as they came.
        public let parts: [(name: String, json: [UInt8])]

        /// Takes what was read.
        public init(ids: [String: String], parts: [(name: String, json: [UInt8])]) {
            self.ids = ids
            self.parts = parts
        }
    }
}

/// An HTTPS URL that gets events: a seller's own, or the integrator's, which gets every seller's.
public struct Endpoint: Identified, Hashable, Sendable {
    /// The letters that its ids begin with.
    public static let idPrefix = "ep_"

    /// Whether deliveries are sent; in every state but `active` they wait.
    public enum State: String, Sendable, CaseIterable {
        /// Has not yet answered a test event with 2xx; gets nothing else.
        case pending
        case active
        /// Held by a person.
        case paused
        /// Held by the gateway until a person resumes it, for a ``DisablingReason``.
        case disabled
    }

    /// Why the gateway disabled it (DLV 10).
    public enum DisablingReason: String, Sendable, CaseIterable {
        /// It answered 410.
        case gone
        /// Nothing succeeded for five days.
        case failing
    }

    /// In which form events are sent; it stays as it was made.
    public enum Format: String, Sendable, CaseIterable {
        /// Enlace's own, signed by Standard Webhooks.
        case envelope
        /// The provider's, as it came, signed as the provider signs, under the endpoint's secret. Enlace's own events
        /// don't go there.
        case passthrough
    }

    /// In which order the deliveries of one resource go, such as one payment (DLV 12); resources never wait for others.
    public enum Ordering: String, Sendable, CaseIterable {
        /// In any.
        case none
        /// One after the other, except that what has failed for 15 minutes is overtaken.
        case relaxed
        /// One after the other.
        case strict
    }

    /// The endpoint's id.
    public let id: EndpointID
    /// Whose endpoint; `nil` is the integrator's.
    public let seller: SellerID?
    /// Where deliveries go, at most 2,000 characters.
    public var url: String
    /// What its owner wrote about it, at most 200 characters.
    public var description: String
    /// Which event types it gets.
    public var topics: TopicFilter
    /// Whether deliveries are sent.
    public var state: State
    /// In which form events are sent.
    public let format: Format
    /// Whether what is about money is looked up first and sent along; one that gets notifications as they came gets
    /// none that says something of money and is not proven.
    public var expand: Bool
    /// The one deadline of an attempt, 5 to 30 seconds.
    public var timeout: Duration
    /// In which order the deliveries of one resource go.
    public var ordering: Ordering
    /// Most deliveries under way at once, 1 to 64.
    public var concurrency: Int
    /// Most deliveries a second, 1 to 1,000; `nil` sets no limit.
    public var rate: Int?
    /// Why it is disabled; `nil` in every other state.
    public var reason: DisablingReason?
    /// How it has answered lately.
    public var health: EndpointHealth
    /// When it was created.
    public let createdAt: Timestamp

    /// Takes the fields as they were read or made.
    public init(
        id: EndpointID, seller: SellerID?, url: String, description: String, topics: TopicFilter, state: State,
        format: Format = .envelope, expand: Bool = true, timeout: Duration, ordering: Ordering = .relaxed,
        concurrency: Int = 4, rate: Int? = nil,
        reason: DisablingReason? = nil, health: EndpointHealth = EndpointHealth(), createdAt: Timestamp
    ) {
        self.id = id
        self.seller = seller
        self.url = url
        self.description = description
        self.topics = topics
        self.state = state
        self.format = format
        self.expand = expand
        self.timeout = timeout
        self.ordering = ordering
        self.concurrency = concurrency
        self.rate = rate
        self.reason = reason
        self.health = health
        self.createdAt = createdAt
    }
}

/// The id of an endpoint: `ep_…`.
public typealias EndpointID = Identifier<Endpoint>

/// Which event types an endpoint gets: exact names, `family.*`, or `*`.
public struct TopicFilter: Hashable, Sendable {
    /// The patterns, 1 to 50, each at most 100 characters of `a-z 0-9 . _ - *`.
    public let patterns: [String]

    /// Everything.
    public static let all = TopicFilter(known: ["*"])

    /// Accepts patterns of the shape above, with `*` alone or after a last full stop only; else `nil`.
    public init?(_ patterns: [String]) {
        guard (1...50).contains(patterns.count), patterns.allSatisfy(Self.isPattern) else { return nil }
        self.patterns = patterns
    }

    private init(known patterns: [String]) {
        self.patterns = patterns
    }

    /// Whether an event of this type passes.
    public func matches(_ type: String) -> Bool {
        patterns.contains { pattern in
            pattern == "*" || pattern == type || (pattern.hasSuffix(".*") && type.hasPrefix(pattern.dropLast()))
        }
    }

    private static func isPattern(_ text: String) -> Bool {
        guard (1...100).contains(text.utf8.count) else { return false }
        let name = text == "*" ? "" : text.hasSuffix(".*") ? String(text.dropLast(2)) : text
        return text == "*"
            || !name.isEmpty
                && name.utf8.allSatisfy {
                    (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "._-".utf8.contains($0)
                }
    }
}

/// One of an endpoint's signing secrets; several sign during a rotation.
public struct EndpointSecret: Identified, Hashable, Sendable {
    /// The letters that its ids begin with.
    public static let idPrefix = "sec_"

    /// The secret's id, the row that its sealed value is bound to.
    public let id: Identifier<EndpointSecret>
    /// Whose secret.
    public let endpoint: EndpointID
    /// 32 random bytes, sealed for the endpoint's seller or the installation.
    public let sealed: SealedSecret
    /// When it was made; the newest signs first.
    public let createdAt: Timestamp
    /// From when on it signs no more; `nil` while it is current.
    public let expiresAt: Timestamp?

    /// Takes the fields as they were read or made.
    public init(
        id: Identifier<EndpointSecret>, endpoint: EndpointID, sealed: SealedSecret, createdAt: Timestamp,
        expiresAt: Timestamp?
    ) {
        self.id = id
        self.endpoint = endpoint
        self.sealed = sealed
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

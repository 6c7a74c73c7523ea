/// What an endpoint is created from.
public struct NewEndpoint: Sendable {
    /// Whose endpoint; `nil` is the integrator's.
    public var seller: SellerID?
    /// Where deliveries go.
    public var url: String
    /// What its owner writes about it, at most 200 characters.
    public var description: String
    /// Which event types it gets.
    public var topics: TopicFilter
    /// The one deadline of an attempt, 5 to 30 seconds.
    public var timeout: Duration

    /// Takes what was asked for; everything within 15 seconds unless told otherwise.
    public init(
        seller: SellerID?, url: String, description: String = "", topics: TopicFilter = .all,
        timeout: Duration = .seconds(15)
    ) {
        self.seller = seller
        self.url = url
        self.description = description
        self.topics = topics
        self.timeout = timeout
    }
}

/// What of an endpoint is to be changed; `nil` leaves it.
public struct EndpointChanges: Sendable {
    /// Where deliveries go; a new URL has to be activated again.
    public var url: String?
    /// What its owner writes about it.
    public var description: String?
    /// Which event types it gets.
    public var topics: TopicFilter?
    /// The one deadline of an attempt.
    public var timeout: Duration?

    /// Changes nothing until told.
    public init(
        url: String? = nil, description: String? = nil, topics: TopicFilter? = nil, timeout: Duration? = nil
    ) {
        self.url = url
        self.description = description
        self.topics = topics
        self.timeout = timeout
    }
}

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
    /// In which form events are sent.
    public var format: Endpoint.Format
    /// Whether what is about money is looked up first and sent along.
    public var expand: Bool
    /// The one deadline of an attempt, 5 to 30 seconds.
    public var timeout: Duration
    /// In which order the deliveries of one resource go.
    public var ordering: Endpoint.Ordering
    /// Most deliveries under way at once, 1 to 64.
    public var concurrency: Int
    /// Most deliveries a second, 1 to 1,000; `nil` sets no limit.
    public var rate: Int?

    /// Takes what was asked for; everything within 15 seconds unless told otherwise.
    public init(
        seller: SellerID?, url: String, description: String = "", topics: TopicFilter = .all,
        format: Endpoint.Format = .envelope, expand: Bool = true, timeout: Duration = .seconds(15),
        ordering: Endpoint.Ordering = .relaxed, concurrency: Int = 4, rate: Int? = nil
    ) {
        self.seller = seller
        self.url = url
        self.description = description
        self.topics = topics
        self.format = format
        self.expand = expand
        self.timeout = timeout
        self.ordering = ordering
        self.concurrency = concurrency
        self.rate = rate
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
    /// Whether what is about money is looked up first and sent along.
    public var expand: Bool?
    /// The one deadline of an attempt.
    public var timeout: Duration?
    /// In which order the deliveries of one resource go.
    public var ordering: Endpoint.Ordering?
    /// Most deliveries under way at once.
    public var concurrency: Int?
    /// Most deliveries a second; 0 takes the limit away.
    public var rate: Int?

    /// Changes nothing until told.
    public init(
        url: String? = nil, description: String? = nil, topics: TopicFilter? = nil, expand: Bool? = nil,
        timeout: Duration? = nil, ordering: Endpoint.Ordering? = nil, concurrency: Int? = nil, rate: Int? = nil
    ) {
        self.url = url
        self.description = description
        self.topics = topics
        self.expand = expand
        self.timeout = timeout
        self.ordering = ordering
        self.concurrency = concurrency
        self.rate = rate
    }
}

import Gateway

private func topicFilter(_ patterns: [String]) throws(Problem) -> TopicFilter {
    guard let topics = TopicFilter(patterns) else {
        throw .invalid("topics", "Give 1 to 50 event types, each exact, as `family.*` or `*`.")
    }
    return topics
}

/// What an endpoint is created from.
struct NewEndpointPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case url, description, topics
        case timeoutSeconds = "timeout_seconds"
        case format, expand, ordering, concurrency
        case ratePerSecond = "rate_per_second"
    }
    typealias Fields = CodingKeys
    let url: String
    let description: String?
    let topics: [String]?
    let timeoutSeconds: Int?
    let format, ordering: String?
    let expand: Bool?
    let concurrency: Int?
    let ratePerSecond: Int?

    func newEndpoint(of seller: SellerID?) throws(Problem) -> NewEndpoint {
        var new = NewEndpoint(seller: seller, url: url, description: description ?? "")
        if let topics { new.topics = try topicFilter(topics) }
        if let timeoutSeconds { new.timeout = .seconds(timeoutSeconds) }
        if let format { new.format = try word(format, "format") }
        if let expand { new.expand = expand }
        if let ordering { new.ordering = try word(ordering, "ordering") }
        if let concurrency { new.concurrency = concurrency }
        new.rate = ratePerSecond
        return new
    }
}

/// What of an endpoint is to be changed.
struct EndpointChangesPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case url, description, topics
        case timeoutSeconds = "timeout_seconds"
        case expand, ordering, concurrency
        case ratePerSecond = "rate_per_second"
    }
    typealias Fields = CodingKeys
    let url, description: String?
    let topics: [String]?
    let timeoutSeconds: Int?
    let expand: Bool?
    let ordering: String?
    let concurrency: Int?
    let ratePerSecond: Int?

    func changes() throws(Problem) -> EndpointChanges {
        EndpointChanges(
            url: url, description: description,
            topics: try topics.map { patterns throws(Problem) in try topicFilter(patterns) },
            expand: expand, timeout: timeoutSeconds.map { .seconds($0) },
            ordering: try ordering.map { text throws(Problem) in try word(text, "ordering") },
            concurrency: concurrency, rate: ratePerSecond)
    }
}

/// For how long the current secrets still sign.
struct RotateSecretPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable { case overlapSeconds = "overlap_seconds" }
    typealias Fields = CodingKeys
    let overlapSeconds: Int?
}

/// An endpoint as the API shows it; its secret once.
struct EndpointResource: Encodable {
    let id, url, description, state, format, ordering, createdAt: String
    let seller, secret, disabledReason: String?
    let topics: [String]
    let expand: Bool
    let timeoutSeconds: Int64
    let concurrency: Int
    let ratePerSecond: Int?
    let health: HealthResource
    let secretAlreadyShown: Bool?

    init(_ endpoint: Endpoint, secret: Secret<String>? = nil, isRepeated: Bool = false) {
        id = endpoint.id.description
        url = endpoint.url
        description = endpoint.description
        state = endpoint.state.rawValue
        createdAt = endpoint.createdAt.description
        seller = endpoint.seller?.description
        self.secret = secret?.reveal { $0 }
        topics = endpoint.topics.patterns
        timeoutSeconds = endpoint.timeout.components.seconds
        format = endpoint.format.rawValue
        expand = endpoint.expand
        ordering = endpoint.ordering.rawValue
        concurrency = endpoint.concurrency
        ratePerSecond = endpoint.rate
        disabledReason = endpoint.reason?.rawValue
        health = HealthResource(endpoint.health)
        secretAlreadyShown = isRepeated ? true : nil
    }
}

/// How an endpoint has answered lately, as the API shows it.
struct HealthResource: Encodable {
    /// What the API calls it.
    enum State: String, CaseIterable {
        case healthy
        /// Its last attempt failed.
        case failing
        /// Its breaker is open: deliveries wait, one at a time tries it.
        case suspended
    }

    let state: String
    let failingSince, nextProbeAt: String?
    let consecutiveFailures: Int

    init(_ health: EndpointHealth) {
        let isFailing = health.failingSince != nil
        state = (health.breaker == .open ? State.suspended : isFailing ? .failing : .healthy).rawValue
        failingSince = health.failingSince?.description
        nextProbeAt = health.breaker == .open ? health.probeAt?.description : nil
        consecutiveFailures = health.failures
    }
}

/// The event that a test sends.
struct TestResource: Encodable {
    let event: String
}

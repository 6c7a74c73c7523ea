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
    }
    typealias Fields = CodingKeys
    let url: String
    let description: String?
    let topics: [String]?
    let timeoutSeconds: Int?

    func newEndpoint(of seller: SellerID?) throws(Problem) -> NewEndpoint {
        var new = NewEndpoint(seller: seller, url: url, description: description ?? "")
        if let topics { new.topics = try topicFilter(topics) }
        if let timeoutSeconds { new.timeout = .seconds(timeoutSeconds) }
        return new
    }
}

/// What of an endpoint is to be changed.
struct EndpointChangesPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case url, description, topics
        case timeoutSeconds = "timeout_seconds"
    }
    typealias Fields = CodingKeys
    let url, description: String?
    let topics: [String]?
    let timeoutSeconds: Int?

    func changes() throws(Problem) -> EndpointChanges {
        EndpointChanges(
            url: url, description: description,
            topics: try topics.map { patterns throws(Problem) in try topicFilter(patterns) },
            timeout: timeoutSeconds.map { .seconds($0) })
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
    let id, url, description, state, createdAt: String
    let seller, secret: String?
    let topics: [String]
    let timeoutSeconds: Int64
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
        secretAlreadyShown = isRepeated ? true : nil
    }
}

/// The event that a test sends.
struct TestResource: Encodable {
    let event: String
}

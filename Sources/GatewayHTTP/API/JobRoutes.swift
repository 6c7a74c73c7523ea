import Gateway
import Hummingbird

/// `/v1/jobs`, and what begins them.
struct JobRoutes: Sendable {
    let replays: Replays

    func add(to api: APIRoutes) {
        api.post("/deliveries/retry", repeated: replayedBefore) { call in
            let payload = try ReplayPayload.read(call.body)
            return try await replay(try await payload.filter(replays, for: call.principal), payload.dryRun, call)
        }
        api.post("/endpoints/{endpoint}/recover", repeated: replayedBefore) { call in
            let payload = try RecoveryPayload.read(call.body)
            let endpoint: EndpointID = try call.id("endpoint", orThrow: .unknown(.endpointNotFound))
            let filter = try await replays.filter(
                endpoint, since: try moment(payload.since, "since"), until: nil, states: [.exhausted], resource: nil,
                for: call.principal)
            return try await replay(filter, payload.dryRun, call)
        }
        api.get("/jobs") { call in
            let page = try call.page()
            let found = try await replays.list(page: page, for: call.principal)
            return ListResource(found, page: page, id: \.id.description) { JobResource($0) }
        }
        api.get("/jobs/{job}") { call in
            try call.principal.require(.read)
            return JobResource(try await replays.job(try id(call), for: call.principal))
        }
        api.post("/jobs/{job}/cancel", repeated: again) { call in
            try call.principal.require(.webhooks)
            return JobResource(try await replays.cancel(try id(call), by: call.caller))
        }
    }

    private func replay(_ filter: ReplayFilter, _ dryRun: Bool?, _ call: APICall) async throws -> any Encodable {
        guard dryRun == false else { return ReplayResource(count: try await replays.count(filter)) }
        return ReplayResource(job: try await replays.begin(filter, by: call.caller))
    }

    @Sendable private func replayedBefore(_ text: String, _ call: APICall) async throws -> any Encodable {
        guard let id = JobID(text) else { throw Problem.unknown(.jobNotFound) }
        return ReplayResource(job: try await replays.job(id, for: call.principal))
    }

    @Sendable private func again(_ text: String, _ call: APICall) async throws -> any Encodable {
        guard let id = JobID(text) else { throw Problem.unknown(.jobNotFound) }
        return JobResource(try await replays.job(id, for: call.principal))
    }

    private func id(_ call: APICall) throws(Problem) -> JobID {
        try call.id("job", orThrow: .unknown(.jobNotFound))
    }
}

private func moment(_ text: String, _ field: String) throws(Problem) -> Timestamp {
    guard let moment = Timestamp(rfc3339: text) else {
        throw .invalid(field, "Give a time in UTC as of RFC 3339.")
    }
    return moment
}

/// Which deliveries are sent again.
struct ReplayPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case endpoint, since, until, states, resource
        case dryRun = "dry_run"
    }
    typealias Fields = CodingKeys
    let endpoint, since: String
    let until: String?
    let states: [String]?
    let resource: String?
    let dryRun: Bool?

    func filter(_ replays: Replays, for principal: Principal) async throws -> ReplayFilter {
        let wanted = try (states ?? ["exhausted"]).map { text throws(Problem) -> Delivery.State in
            try word(text, "states")
        }
        return try await replays.filter(
            try shaped(endpoint, "endpoint", "an endpoint's id"), since: try moment(since, "since"),
            until: try until.map { text throws(Problem) in try moment(text, "until") }, states: Set(wanted),
            resource: resource, for: principal)
    }
}

/// From when on an endpoint gets what it has not got.
struct RecoveryPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case since
        case dryRun = "dry_run"
    }
    typealias Fields = CodingKeys
    let since: String
    let dryRun: Bool?
}

/// What is, or would be, sent again.
struct ReplayResource: Encodable {
    let dryRun: Bool
    let deliveries: Int
    let isMore: Bool
    let job: JobResource?

    init(count: ReplayCount) {
        dryRun = true
        deliveries = count.count
        isMore = count.isMore
        job = nil
    }

    init(job: Job) {
        dryRun = false
        deliveries = job.estimate
        isMore = job.estimate >= ReplayFilter.mostCounted
        self.job = JobResource(job)
    }
}

/// A job as the API shows it.
struct JobResource: Encodable {
    let id, kind, state, endpoint, since, until, createdAt: String
    let seller, resource, endedAt: String?
    let deliveryStates: [String]
    let replayed, estimate: Int

    init(_ job: Job) {
        id = job.id.description
        kind = "replay"
        state = job.state.rawValue
        endpoint = job.filter.endpoint.description
        since = job.filter.since.description
        until = job.filter.until.description
        createdAt = job.createdAt.description
        seller = job.seller?.description
        resource = job.filter.resource
        endedAt = job.endedAt?.description
        deliveryStates = job.filter.states.map(\.rawValue).sorted()
        replayed = job.replayed
        estimate = job.estimate
    }
}

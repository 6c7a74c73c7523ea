/// Sends deliveries again, many at a time, as keys may (DLV 16).
public struct Replays: Sendable {
    private let store: any JobStore
    private let endpoints: Endpoints
    private let ids: IdentifierSource
    private let clock: WallClock
    private let changes: ChangeMaker
    private let wakeup: Wakeup

    /// Takes what it uses; `wakeup` rings when there is a job.
    public init(
        store: any JobStore, endpoints: Endpoints, ids: IdentifierSource, clock: WallClock, wakeup: Wakeup
    ) {
        self.store = store
        self.endpoints = endpoints
        self.ids = ids
        self.clock = clock
        self.wakeup = wakeup
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// What is replayed of one endpoint's deliveries, once it was seen that the key reaches it.
    ///
    /// - Parameters:
    ///   - endpoint: Which one.
    ///   - since: From events of this moment on.
    ///   - until: To events before this one; `nil` is now.
    ///   - states: In these states, none of them `sending`.
    ///   - resource: Only of this payment, intent or order.
    ///   - principal: Who asks.
    /// - Returns: The filter.
    /// - Throws: ``Problem/Code/endpointNotFound``, ``Problem/Code/invalidRequest``.
    public func filter(
        _ endpoint: EndpointID, since: Timestamp, until: Timestamp?, states: Set<Delivery.State>, resource: String?,
        for principal: Principal
    ) async throws(Problem) -> ReplayFilter {
        try principal.require(.webhooks)
        _ = try await endpoints.endpoint(endpoint, for: principal)
        let until = until ?? clock.now
        guard since < until else { throw .invalid("since", "Give a time before `until`, which is now if left out.") }
        guard !states.isEmpty, states.isSubset(of: ReplayFilter.states) else {
            throw .invalid("states", "Give some of pending, delivered, exhausted and canceled.")
        }
        return ReplayFilter(endpoint: endpoint, since: since, until: until, states: states, resource: resource)
    }

    /// How many deliveries would be replayed; changes nothing.
    public func count(_ filter: ReplayFilter) async throws(Problem) -> ReplayCount {
        do { return try await store.count(filter) } catch { throw Problem(error) }
    }

    /// Begins a replay.
    ///
    /// - Throws: ``Problem/Code/stateConflict`` while another one runs to the same endpoint.
    public func begin(_ filter: ReplayFilter, by caller: Caller) async throws(Problem) -> Job {
        let endpoint = try await endpoints.endpoint(filter.endpoint, for: caller.principal)
        let job = Job(
            id: ids.next(), state: .running, filter: filter, seller: endpoint.seller, replayed: 0,
            estimate: try await count(filter).count, createdAt: clock.now, endedAt: nil)
        do {
            try await store.add(
                job,
                as: changes.change(
                    .jobCreated, subject: job.id.description, seller: job.seller, status: 200, by: caller))
        } catch .conflict(rule: .state) {
            throw Problem(.stateConflict, "Another job replays to this endpoint. Wait for its end, or cancel it.")
        } catch { throw Problem(error) }
        wakeup.ring()
        return job
    }

    /// The job with this id, if it lies within reach.
    public func job(_ id: JobID, for principal: Principal) async throws(Problem) -> Job {
        try principal.require(.read)
        let job: Job?
        do { job = try await store.job(id) } catch { throw Problem(error) }
        guard let job, principal.seller == nil || principal.seller == job.seller else {
            throw Problem(.jobNotFound, "There is no such job within this key's reach. Check the id.")
        }
        return job
    }

    /// One page of the jobs within reach.
    public func list(page: Page, for principal: Principal) async throws(Problem) -> [Job] {
        try principal.require(.read)
        do { return try await store.jobs(of: principal.seller, page: page) } catch { throw Problem(error) }
    }

    /// Ends a job; what it has made due is sent all the same.
    public func cancel(_ id: JobID, by caller: Caller) async throws(Problem) -> Job {
        try caller.require(.webhooks)
        let job = try await job(id, for: caller.principal)
        do {
            try await store.cancel(
                job: id, at: clock.now,
                as: changes.change(.jobCanceled, subject: id.description, seller: job.seller, by: caller))
        } catch .conflict(rule: .state) {
            throw Problem(.stateConflict, "The job has ended.", extra: ["state": job.state.rawValue])
        } catch { throw Problem(error) }
        return try await self.job(id, for: caller.principal)
    }
}

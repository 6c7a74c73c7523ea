/// Keeps jobs and does their work a piece at a time.
///
/// Every method is one transaction.
public protocol JobStore: Sendable {
    /// How many deliveries a filter finds that can be replayed; looks at a bounded number of rows.
    ///
    /// - Throws: ``StoreError/notFound`` for an endpoint.
    func count(_ filter: ReplayFilter) async throws(StoreError) -> ReplayCount
    /// Adds a job, which ends with the newest delivery there is.
    ///
    /// - Throws: ``StoreError/notFound`` for an endpoint; ``StoreError/conflict(rule:)`` with `state` while another job
    ///   replays to it.
    func add(_ job: Job, as change: Change) async throws(StoreError)
    /// The job with this id, or `nil`.
    func job(_ id: JobID) async throws(StoreError) -> Job?
    /// One page of jobs, newest first; with a seller those to its own endpoints.
    func jobs(of seller: SellerID?, page: Page) async throws(StoreError) -> [Job]
    /// Jobs that run, oldest first, at most 100.
    func runningJobs() async throws(StoreError) -> [Job]
    /// Ends a job; what it has made due stays due.
    ///
    /// - Throws: ``StoreError/notFound``; ``StoreError/conflict(rule:)`` with `state` when it has ended.
    func cancel(job: JobID, at moment: Timestamp, as change: Change) async throws(StoreError)
    /// Makes due what comes next, as many as there is room for, and writes down how far it came.
    ///
    /// Nothing while the endpoint does not answer. While live deliveries are due there, a tenth of the endpoint's places
    /// at most is in the replay's hands. Two of one resource are not under way at the same time.
    ///
    /// - Parameters:
    ///   - job: Which one.
    ///   - moment: The present moment.
    ///   - end: Makes the event that tells that it has finished, with how many it has replayed.
    /// - Returns: What was done.
    /// - Throws: ``StoreError/notFound``.
    func advance(
        _ job: JobID, at moment: Timestamp, end: @escaping @Sendable (_ replayed: Int) -> EventDraft
    ) async throws(StoreError) -> ReplayStep
}

/// What was done for a job.
public struct ReplayStep: Hashable, Sendable {
    /// How many deliveries were made due.
    public let replayed: Int
    /// Whether it goes on at once: there was room left, and there are rows that nobody has looked at.
    public let goesOn: Bool

    /// Takes what was done.
    public init(replayed: Int, goesOn: Bool) {
        self.replayed = replayed
        self.goesOn = goesOn
    }
}

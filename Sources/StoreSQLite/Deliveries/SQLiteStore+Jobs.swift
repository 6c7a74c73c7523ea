// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

extension SQLiteStore: JobStore {
    public func count(_ filter: ReplayFilter) async throws(StoreError) -> ReplayCount {
        try await read { db in try db.count(filter) }
    }

    public func add(_ job: Job, as change: Change) async throws(StoreError) {
        try await writer.write { db in
            let endpoint = try db.seq("endpoint", job.filter.endpoint)
            let running = try db.row("SELECT 1 FROM job WHERE state = 'running' AND endpoint = ?", [endpoint])
            guard running == nil else { throw StoreError.conflict(rule: .state) }
            try db.run(
                """
                INSERT INTO job (id, state, endpoint, since_at, until_at, states, resource, last, estimate, created_at)
                VALUES (?, 'running', ?, ?, ?, ?, ?, (SELECT coalesce(max(seq), 0) FROM delivery), ?, ?)
                """,
                [
                    job.id.blob, endpoint, job.filter.since.milliseconds, job.filter.until.milliseconds,
                    job.filter.states.map(\.rawValue).sorted().joined(separator: " "), job.filter.resource,
                    job.estimate, job.createdAt.milliseconds,
                ])
            try db.record(change)
        }
    }

    public func job(_ id: JobID) async throws(StoreError) -> Job? {
        try await read { db in try db.row(selectJob + " WHERE j.id = ?", [id.blob]).map(storedJob) }
    }

    public func jobs(of seller: SellerID?, page: Page) async throws(StoreError) -> [Job] {
        try await read { db in
            var selection = Selection("j.seq", before: try page.start("job", db))
            selection.narrow("s.id = ?", seller?.blob)
            return try db.rows(
                "\(selectJob) WHERE \(selection.sql) ORDER BY j.seq DESC LIMIT \(page.limit)", selection.arguments
            ).map(storedJob)
        }
    }

    public func runningJobs() async throws(StoreError) -> [Job] {
        try await read { db in
            try db.rows("\(selectJob) WHERE j.state = 'running' ORDER BY j.seq LIMIT 100").map(storedJob)
        }
    }

    public func cancel(job: JobID, at moment: Timestamp, as change: Change) async throws(StoreError) {
        try await writer.write { db in
            _ = try db.seq("job", job)
            try db.run(
                "UPDATE job SET state = 'canceled', ended_at = ? WHERE id = ? AND state = 'running'",
                [moment.milliseconds, job.blob])
            try db.expectChange(orThrow: .conflict(rule: .state))
            try db.record(change)
        }
    }

    public func advance(
        _ id: JobID, at moment: Timestamp, end: @escaping @Sendable (_ replayed: Int) -> EventDraft
    ) async throws(StoreError) -> ReplayStep {
        try await writer.write { db in
            guard let row = try db.row(selectJob + " WHERE j.id = ?", [id.blob]) else { throw StoreError.notFound }
            let job = try storedJob(row)
            guard job.state == .running else { return ReplayStep(replayed: 0, goesOn: false) }
            var replay = Replay(job, row, at: moment)
            try replay.advance(db)
            switch replay.state {
            case .running: break
            case .finished: _ = try db.record(end(job.replayed + replay.replayed), ids: self.ids)
            case .canceled: break
            }
            return ReplayStep(replayed: replay.replayed, goesOn: replay.state == .running && replay.hasRoom)
        }
    }
}

private let selectJob = """
    SELECT j.*, p.id AS endpoint_id, p.removed_at, p.concurrency, (\(answersCondition)) AS answers, s.id AS seller_id
    FROM job j JOIN endpoint p ON p.seq = j.endpoint LEFT JOIN seller s ON s.seq = p.seller
    """

private func storedJob(_ row: Row) throws -> Job {
    let states = (row["states"] as String).split(separator: " ").compactMap { Delivery.State(rawValue: String($0)) }
    return Job(
        id: try row.id("id"), state: try row.value("state"),
        filter: ReplayFilter(
            endpoint: try row.id("endpoint_id"), since: row.time("since_at"), until: row.time("until_at"),
            states: Set(states), resource: row["resource"]),
        seller: row.optionalID("seller_id"), replayed: row["replayed"], estimate: row["estimate"],
        createdAt: row.time("created_at"), endedAt: row.optionalTime("ended_at"))
}

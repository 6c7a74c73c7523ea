import GRDB
import Gateway

/// One step of a job that replays deliveries, inside a transaction.
struct Replay {
    /// Most rows that one step looks at, so that no other writer waits long.
    private static let batch = 500
    /// Most that are under way of one job while nothing else is due at the endpoint.
    private static let mostUnderWay = 256

    private let job: Job
    private let seq: Int64
    private let endpoint: Int64
    private let moment: Timestamp
    private let isRemoved: Bool
    private let answers: Bool
    private let concurrency: Int
    private let last: Int64
    private var position: Int64
    /// Where the job stands after the step.
    private(set) var state = Job.State.running
    /// How many deliveries were made due.
    private(set) var replayed = 0
    /// Whether more could have been made due.
    private(set) var hasRoom = false

    init(_ job: Job, _ row: Row, at moment: Timestamp) {
        self.job = job
        self.moment = moment
        seq = row["seq"]
        endpoint = row["endpoint"]
        isRemoved = row["removed_at"] as Int64? != nil
        answers = row["answers"]
        concurrency = row["concurrency"]
        last = row["last"]
        position = row["position"]
    }

    /// Does what can be done now, and writes down how far it came.
    mutating func advance(_ db: Database) throws {
        if isRemoved {
            state = .canceled
        } else if answers {
            try reopen(db, room: try room(db))
        }
        try db.run(
            "UPDATE job SET position = ?, replayed = replayed + ?, state = ?, ended_at = ? WHERE seq = ?",
            [position, replayed, state.rawValue, state == .running ? nil : moment.milliseconds, seq])
        if replayed > 0 { try db.wake(endpoint, at: moment) }
    }

    /// How many more may be under way, beside those that failed and wait: a tenth of the endpoint's places while others wait there (DLV 16).
    private func room(_ db: Database) throws -> Int {
        let underWay: Int =
            try db.row(
                """
                SELECT count(*) AS number FROM delivery INDEXED BY delivery_replayed
                WHERE replay = ? AND replay > 0 AND state IN ('pending', 'sending') AND due_at <= ?
                """, [seq, moment.milliseconds])?["number"] ?? 0
        let isOthersTurn =
            try db.row(
                """
                SELECT 1 FROM delivery WHERE endpoint = ? AND rank IN (1, 2) AND state = 'pending' AND is_blocked = 0
                    AND due_at <= ? AND replay IS NULL LIMIT 1
                """, [endpoint, moment.milliseconds]) != nil
        return (isOthersTurn ? max(1, concurrency / 10) : Self.mostUnderWay) - underWay
    }

    private mutating func reopen(_ db: Database, room: Int) throws {
        guard room > 0 else { return }
        let rows = try db.rows(
            """
            \(selectReplayable) WHERE d.endpoint = ? AND d.seq > ? AND d.seq <= ? ORDER BY d.seq LIMIT ?
            """, [endpoint, position, last, Self.batch])
        for row in rows {
            guard replayed < room else { return }
            if try job.filter.finds(row) {
                guard try !isFollowing(row, db) else { return }
                try reopen(row["seq"], db)
                replayed += 1
            }
            position = row["seq"]
        }
        if rows.count < Self.batch { state = .finished } else { hasRoom = true }
    }

    /// Whether an earlier one of its resource is on its way by this job and has not failed: it goes behind that.
    private func isFollowing(_ row: Row, _ db: Database) throws -> Bool {
        try db.row(
            """
            SELECT 1 FROM delivery WHERE endpoint = ? AND line = ? AND replay = ? AND state IN ('pending', 'sending')
                AND failing_since_at IS NULL LIMIT 1
            """, [endpoint, row["line"] as Int64, seq]) != nil
    }

    private func reopen(_ delivery: Int64, _ db: Database) throws {
        try db.run(
            """
            UPDATE delivery SET \(openAgain), due_at = ?, replay = ? WHERE seq = ?
            """, [moment.milliseconds, seq, delivery])
    }
}

/// What can be sent again has a body, a seller, and nothing that the provider denies.
private let selectReplayable = """
    SELECT d.seq, d.line, d.state, d.created_at, e.resource,
        e.forgotten_at IS NULL AND e.type <> '\(Endpoint.testEventType)' AND coalesce(s.state, '') <> 'erased'
            AND d.reason IS NOT 'contradicted' AND d.reason IS NOT 'unproved'
            AND NOT (d.awaits_proof > 0 AND d.attempts = 0) AS is_replayable
    FROM delivery d JOIN event e ON e.seq = d.event LEFT JOIN seller s ON s.seq = e.seller
    """

extension ReplayFilter {
    fileprivate func finds(_ row: Row) throws -> Bool {
        let createdAt = row.time("created_at")
        let isWanted = states.contains(try row.value("state")) && (resource.map { $0 == row["resource"] } ?? true)
        return isWanted && row["is_replayable"] && since <= createdAt && createdAt < until
    }
}

extension Database {
    /// Counts from the newest row back to the filter's beginning.
    func count(_ filter: ReplayFilter) throws -> ReplayCount {
        let endpoint = try seq("endpoint", filter.endpoint)
        var count = 0
        let cursor = try Row.fetchCursor(
            self, sql: "\(selectReplayable) WHERE d.endpoint = ? ORDER BY d.seq DESC LIMIT ?",
            arguments: [endpoint, 10 * ReplayFilter.mostCounted])
        var looked = 0
        while let row = try cursor.next() {
            looked += 1
            guard row.time("created_at") >= filter.since else { return ReplayCount(count: count, isMore: false) }
            if try filter.finds(row) { count += 1 }
            guard count < ReplayFilter.mostCounted else { return ReplayCount(count: count, isMore: true) }
        }
        return ReplayCount(count: count, isMore: looked == 10 * ReplayFilter.mostCounted)
    }
}

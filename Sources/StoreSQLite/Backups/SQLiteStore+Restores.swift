// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

/// When a delivery falls due that is held since a restore: never, so that a claim passes over it by the index.
let heldUntil: Int64 = 253_402_300_799_000

extension SQLiteStore: RestoreStore {
    public func markRestored(
        _ backup: String, adopted: Int, at moment: Timestamp, as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            let now = moment.milliseconds
            try db.run("DELETE FROM restored_connection")
            try db.run(
                """
                INSERT INTO restored_connection (connection, generation, outcome, tried_at)
                SELECT t.connection, t.generation, 'waiting', 0 FROM token_pair t JOIN connection c ON c.seq = t.connection
                WHERE c.kind = 'oauth' AND c.state IN ('awaiting_confirmation', 'configuring', 'linked')
                """)
            // As if each had been posted after the backup was made, and no answer had come.
            try db.run(
                """
                INSERT INTO refresh_journal
                    (id, connection, generation, state, is_last_try, opened_at, lease_until, closed_at, problem)
                SELECT randomblob(16), t.connection, t.generation, 'unanswered', 0, t.issued_at, t.issued_at, ?, 'restored'
                FROM restored_connection r JOIN token_pair t ON t.connection = r.connection
                WHERE t.refresh IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM refresh_journal j WHERE j.connection = t.connection AND j.generation = t.generation
                        AND j.state IN ('open', 'unanswered'))
                """, [now])
            try db.run(
                """
                UPDATE connection SET refresh_uncertain = 1, version = version + 1
                WHERE refresh_uncertain = 0 AND seq IN (
                    SELECT r.connection FROM restored_connection r JOIN token_pair t ON t.connection = r.connection
                    WHERE t.refresh IS NOT NULL)
                """)
            // What was being sent when the backup was made: whoever sent it is gone.
            try db.run(
                """
                UPDATE attempt SET failure = 'unknown', ended_at = ?
                WHERE ended_at IS NULL AND delivery IN (SELECT seq FROM delivery WHERE state = 'sending')
                """, [now])
            try db.run(
                """
                UPDATE delivery SET state = 'pending', claim = NULL, lease_until_at = NULL, due_at = ?
                WHERE state IN ('pending', 'sending')
                """, [heldUntil])
            let held = db.changesCount
            try db.wake("TRUE", [], at: moment)
            try db.run(
                """
                INSERT OR REPLACE INTO restore (seq, backup, restored_at, adopted, held) VALUES (1, ?, ?, ?, ?)
                """, [backup, now, adopted, held])
            try db.record(change)
        }
    }

    public func restore() async throws(StoreError) -> Restore? {
        try await read { db in
            guard let row = try db.row("SELECT * FROM restore") else { return nil }
            var outcomes: [Restore.Outcome: Int] = [:]
            for row in try db.rows("SELECT outcome, count(*) AS number FROM restored_connection GROUP BY outcome") {
                outcomes[try row.value("outcome")] = row["number"]
            }
            let held = try db.row(
                "SELECT count(*) AS number FROM delivery WHERE state = 'pending' AND due_at >= ?", [heldUntil])
            return Restore(
                backup: row["backup"], restoredAt: row.time("restored_at"), adopted: row["adopted"], held: row["held"],
                heldStill: held?["number"] ?? 0, outcomes: outcomes)
        }
    }

    public func restoredWaiting(limit: Int) async throws(StoreError) -> [Restore.Found] {
        try await read { db in
            try db.rows(
                Self.selectRestored + " WHERE r.outcome = 'waiting' ORDER BY r.tried_at, r.connection LIMIT ?", [limit]
            ).map(found(from:))
        }
    }

    public func note(
        _ outcome: Restore.Outcome, of connection: ConnectionID, at moment: Timestamp
    ) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                "UPDATE restored_connection SET outcome = ?, tried_at = ? WHERE connection = ?",
                [outcome.rawValue, moment.milliseconds, try db.seq("connection", connection)])
        }
    }

    public func restored(
        _ outcome: Restore.Outcome?, page: Page
    ) async throws(StoreError) -> [Restore.Found] {
        try await read { db in
            var selection = Selection("r.connection", before: try page.start("connection", db))
            selection.narrow("r.outcome = ?", outcome?.rawValue)
            return try db.rows(
                "\(Self.selectRestored) WHERE \(selection.sql) ORDER BY r.connection DESC LIMIT \(page.limit)",
                selection.arguments
            ).map(found(from:))
        }
    }

    public func releaseHeld(at moment: Timestamp, as change: Change) async throws(StoreError) -> Int {
        try await writer.write { db in
            try db.run(
                """
                UPDATE delivery SET due_at = iif(awaits_proof > 0 AND attempts = 0 AND EXISTS (SELECT 1 FROM proof r
                    WHERE r.event = delivery.event AND r.state IN ('open', 'disputed')), ?3, ?1)
                WHERE state = 'pending' AND due_at >= ?2
                """, [moment.milliseconds, heldUntil, ProofDemand.never(from: moment).milliseconds])
            let count = db.changesCount
            try db.wake("TRUE", [], at: moment)
            try db.record(change)
            return count
        }
    }

    /// Whether a delivery's row is held since a restore, as a condition.
    static let isHeldSinceRestore = "d.state = 'pending' AND d.due_at >= \(heldUntil)"

    private static let selectRestored = """
        SELECT r.*, c.id AS connection_id, s.id AS seller_id
        FROM restored_connection r JOIN connection c ON c.seq = r.connection JOIN seller s ON s.seq = c.seller
        """
}

private func found(from row: Row) throws -> Restore.Found {
    Restore.Found(
        connection: try row.id("connection_id"), seller: try row.id("seller_id"), generation: row["generation"],
        outcome: try row.value("outcome"))
}

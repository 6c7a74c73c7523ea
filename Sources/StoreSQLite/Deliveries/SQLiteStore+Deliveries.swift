// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Foundation
import GRDB
public import Gateway

extension SQLiteStore: DeliveryStore {
    public func claim(
        limit: Int, at moment: Timestamp, leaseUntil: Timestamp, tokens: RandomSource
    ) async throws(StoreError) -> [ClaimedDelivery] {
        try await writer.write { db in
            try db.dueDeliveries(limit: limit, at: moment).map { due in
                try db.claim(due, at: moment, leaseUntil: leaseUntil, token: tokens.bytes(16))
            }
        }
    }

    public func finish(
        _ claimed: ClaimedDelivery, _ result: AttemptResult
    ) async throws(StoreError) -> Bool {
        try await writer.write { db in
            let seq = try db.seq("delivery", claimed.id)
            let holds = try db.finish(claimed, result)
            try db.keep(result, of: seq, attempt: claimed.attempt, isLate: !holds)
            guard holds else { return false }
            try db.apply(result, to: claimed, ids: self.ids)
            return true
        }
    }

    public func release(_ claimed: ClaimedDelivery) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                """
                UPDATE delivery SET state = 'pending', attempts = attempts - 1, claim = NULL, lease_until_at = NULL
                WHERE id = ? AND state = 'sending' AND claim = ?
                """, [claimed.id.blob, Data(claimed.claim)])
            guard db.changesCount > 0 else { return }
            try db.run(
                "DELETE FROM attempt WHERE delivery = (SELECT seq FROM delivery WHERE id = ?) AND number = ?",
                [claimed.id.blob, claimed.attempt])
        }
    }

    public func rescue(at moment: Timestamp) async throws(StoreError) -> Int {
        try await writer.write { db in
            let now = moment.milliseconds
            let rows = try db.rows(
                """
                UPDATE delivery SET state = 'pending', due_at = ?1, claim = NULL, lease_until_at = NULL,
                    last_failure = 'unknown'
                WHERE state = 'sending' AND lease_until_at < ?1 RETURNING seq, attempts
                """, [now])
            for row in rows {
                try db.run(
                    "UPDATE attempt SET failure = 'unknown', ended_at = ? WHERE delivery = ? AND number = ?",
                    [now, row["seq"] as Int64, row["attempts"] as Int])
            }
            return rows.count
        }
    }

    public func queueDepth(at moment: Timestamp) async throws(StoreError) -> QueueDepth {
        try await read { db in
            let due = try db.row(
                """
                SELECT count(*) AS number, min(d.due_at) AS oldest FROM delivery d JOIN endpoint e ON e.seq = d.endpoint
                WHERE d.state = 'pending' AND d.due_at <= ?1 AND (e.waits_until_at IS NULL OR e.waits_until_at <= ?1)
                    AND (e.state = 'active' OR e.state = 'pending' AND d.is_test = 1)
                """, [moment.milliseconds])
            let open = try db.row(
                """
                SELECT (SELECT count(*) FROM delivery WHERE state = 'pending')
                    + (SELECT count(*) FROM delivery WHERE state = 'sending') AS number
                """)
            return QueueDepth(
                due: due?["number"] ?? 0, open: open?["number"] ?? 0, oldestDueAt: due?.optionalTime("oldest"))
        }
    }

    public func delivery(_ id: DeliveryID) async throws(StoreError) -> Delivery? {
        try await read { db in
            try db.row(Self.selectDelivery + " WHERE d.id = ?", [id.blob]).map(delivery(from:))
        }
    }

    public func deliveries(_ filter: DeliveryFilter, page: Page) async throws(StoreError) -> [Delivery] {
        try await read { db in
            var selection = Selection("d.seq", before: try page.start("delivery", db))
            selection.narrow("s.id = ?", filter.seller?.blob)
            selection.narrow("p.id = ?", filter.endpoint?.blob)
            selection.narrow("o.id = ?", filter.endpointSeller?.blob)
            selection.narrow("e.id = ?", filter.event?.blob)
            selection.narrow("d.state = ?", filter.state?.rawValue)
            selection.narrow("d.created_at >= ?", filter.since?.milliseconds)
            return try db.rows(
                "\(Self.selectDelivery) WHERE \(selection.sql) ORDER BY d.seq DESC LIMIT \(page.limit)",
                selection.arguments
            ).map(delivery(from:))
        }
    }

    public func attempts(of delivery: DeliveryID) async throws(StoreError) -> [Attempt] {
        try await read { db in
            try db.rows(
                """
                SELECT a.* FROM attempt a JOIN delivery d ON d.seq = a.delivery WHERE d.id = ? ORDER BY a.number
                """, [delivery.blob]
            ).map { row in
                Attempt(
                    number: row["number"], startedAt: row.time("started_at"), endedAt: row.optionalTime("ended_at"),
                    status: row["status"], failure: row.optionalValue("failure"),
                    excerpt: row.optionalSealed("excerpt"), address: row["address"], isLate: row["is_late"])
            }
        }
    }

    public func retry(
        _ delivery: DeliveryID, at moment: Timestamp, as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("delivery", delivery)
            try db.run(
                """
                UPDATE delivery SET state = 'pending', failures = 0, due_at = ?, closed_at = NULL
                WHERE seq = ? AND state IN ('pending', 'exhausted', 'canceled')
                    AND EXISTS (SELECT 1 FROM endpoint e WHERE e.seq = endpoint AND e.removed_at IS NULL)
                    AND NOT EXISTS (SELECT 1 FROM event v JOIN seller s ON s.seq = v.seller
                        WHERE v.seq = event AND s.state = 'erased')
                """, [moment.milliseconds, seq])
            try db.expectChange(orThrow: .conflict(rule: .state))
            try db.record(change)
        }
    }

    public func cancel(
        _ delivery: DeliveryID, at moment: Timestamp, as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("delivery", delivery)
            try db.run(
                """
                UPDATE delivery SET state = 'canceled', due_at = NULL, closed_at = ?
                WHERE seq = ? AND state = 'pending'
                """, [moment.milliseconds, seq])
            try db.expectChange(orThrow: .conflict(rule: .state))
            try db.record(change)
        }
    }

    private static let selectDelivery = """
        SELECT d.*, e.id AS event_id, e.type AS event_type, p.id AS endpoint_id, o.id AS endpoint_seller_id,
            s.id AS seller_id,
            (d.state = 'pending' AND p.state <> 'active' AND NOT (p.state = 'pending' AND d.is_test)
                OR \(isHeldSinceRestore)) AS is_held
        FROM delivery d JOIN event e ON e.seq = d.event JOIN endpoint p ON p.seq = d.endpoint
        LEFT JOIN seller s ON s.seq = e.seller LEFT JOIN seller o ON o.seq = p.seller
        """
}

private func delivery(from row: Row) throws -> Delivery {
    Delivery(
        id: try row.id("id"), event: try row.id("event_id"), eventType: row["event_type"],
        endpoint: try row.id("endpoint_id"), endpointSeller: row.optionalID("endpoint_seller_id"),
        seller: row.optionalID("seller_id"), state: try row.value("state"), isHeld: row["is_held"],
        attempts: row["attempts"], lastStatus: row["last_status"],
        lastFailure: row.optionalValue("last_failure"), dueAt: row.optionalTime("due_at"),
        createdAt: row.time("created_at"), closedAt: row.optionalTime("closed_at"))
}

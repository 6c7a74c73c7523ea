// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Foundation
import GRDB
public import Gateway

extension SQLiteStore: DeliveryStore {
    public func claim(
        _ share: FairShare, at moment: Timestamp, leaseUntil: Timestamp, tokens: RandomSource
    ) async throws(StoreError) -> [ClaimedDelivery] {
        try await writer.write { db in
            try db.claim(share, at: moment, leaseUntil: leaseUntil, tokens: tokens)
        }
    }

    public func finish(
        _ claimed: ClaimedDelivery, _ result: AttemptResult
    ) async throws(StoreError) -> Bool {
        try await writer.write { db in
            let delivery = try db.row("SELECT seq, endpoint FROM delivery WHERE id = ?", [claimed.id.blob])
            guard let delivery else { throw StoreError.notFound }
            let holds = try db.finish(claimed, result)
            try db.keep(result, of: delivery["seq"], attempt: claimed.attempt, isLate: !holds)
            if holds { try db.apply(result, to: claimed, ids: self.ids) }
            try db.settleTurn(of: delivery["endpoint"], at: result.endedAt)
            return holds
        }
    }

    public func release(_ claimed: ClaimedDelivery) async throws(StoreError) {
        try await writer.write { db in
            let row = try db.row(
                """
                UPDATE delivery SET state = 'pending', attempts = attempts - 1, claim = NULL, lease_until_at = NULL
                WHERE id = ? AND state = 'sending' AND claim = ? RETURNING seq, endpoint, due_at
                """, [claimed.id.blob, Data(claimed.claim)])
            guard let row else { return }
            try db.run(
                "DELETE FROM attempt WHERE delivery = ? AND number = ?", [row["seq"] as Int64, claimed.attempt])
            try db.wake(row["endpoint"], at: row.time("due_at"))
        }
    }

    public func rescue(leasesBefore end: Timestamp, at moment: Timestamp) async throws(StoreError) -> Int {
        try await writer.write { db in
            let now = moment.milliseconds
            let rows = try db.rows(
                """
                UPDATE delivery SET state = 'pending', due_at = ?1, claim = NULL, lease_until_at = NULL,
                    last_failure = 'unknown'
                WHERE state = 'sending' AND lease_until_at < ?2 RETURNING seq, attempts, endpoint
                """, [now, end.milliseconds])
            for row in rows {
                try db.run(
                    "UPDATE attempt SET failure = 'unknown', ended_at = ? WHERE delivery = ? AND number = ?",
                    [now, row["seq"] as Int64, row["attempts"] as Int])
                try db.wake(row["endpoint"], at: moment)
            }
            return rows.count
        }
    }

    public func overtake(failingSince since: Timestamp, at moment: Timestamp) async throws(StoreError) -> Int {
        try await writer.write { db in
            let rows = try db.rows(
                """
                UPDATE delivery SET was_overtaken = 1 WHERE seq IN (
                    SELECT d.seq FROM delivery d JOIN endpoint p ON p.seq = d.endpoint
                    WHERE d.state = 'pending' AND d.was_overtaken = 0 AND d.failing_since_at <= ?
                        AND p.ordering = 'relaxed' AND \(answersCondition) LIMIT 500)
                RETURNING endpoint, line
                """, [since.milliseconds])
            for row in rows {
                try db.advance(row["endpoint"], line: row["line"], at: moment)
                try db.wake(row["endpoint"], at: moment)
            }
            return rows.count
        }
    }

    public func expire(dueBefore since: Timestamp, at moment: Timestamp) async throws(StoreError) -> Int {
        try await writer.write { db in
            let rows = try db.rows(
                """
                UPDATE delivery SET state = 'exhausted', reason = 'expired_held', due_at = NULL, closed_at = ?
                WHERE seq IN (SELECT seq FROM delivery WHERE state = 'pending' AND due_at < ? LIMIT 500)
                RETURNING endpoint, line
                """, [moment.milliseconds, since.milliseconds])
            for row in rows {
                try db.advance(row["endpoint"], line: row["line"], at: moment)
                try db.wake(row["endpoint"], at: moment)
            }
            return rows.count
        }
    }

    public func queueDepth(at moment: Timestamp) async throws(StoreError) -> QueueDepth {
        try await read { db in
            var counts: [Delivery.State: Int] = [:]
            for row in try db.rows("SELECT * FROM delivery_count") {
                counts[try row.value("state")] = row["number"]
            }
            let oldest = try db.row(
                "SELECT min(turn_at) AS turn_at FROM endpoint WHERE turn_at <= ?", [moment.milliseconds])
            return QueueDepth(counts: counts, oldestDueAt: oldest?.optionalTime("turn_at"))
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
            let kept = try db.row(
                "SELECT 1 FROM event WHERE seq = (SELECT event FROM delivery WHERE seq = ?) AND forgotten_at IS NULL",
                [seq])
            guard kept != nil else { throw StoreError.conflict(rule: .payloadForgotten) }
            try db.run(
                """
                UPDATE delivery SET \(byHand), \(openAgain),
                    due_at = iif(EXISTS (SELECT 1 FROM delivery d JOIN endpoint p ON p.seq = d.endpoint
                        WHERE d.seq = ?2 AND \(lacksProof)), coalesce(due_at, ?3), ?1)
                WHERE seq = ?2 AND state IN ('pending', 'exhausted', 'canceled')
                    AND EXISTS (SELECT 1 FROM endpoint e WHERE e.seq = endpoint AND e.removed_at IS NULL)
                    AND NOT EXISTS (SELECT 1 FROM event v JOIN seller s ON s.seq = v.seller
                        WHERE v.seq = event AND s.state = 'erased')
                """, [moment.milliseconds, seq, ProofDemand.never(from: moment).milliseconds])
            try db.expectChange(orThrow: .conflict(rule: .state))
            try db.demandProof(forDelivery: seq, at: moment)
            try db.wake("seq = (SELECT endpoint FROM delivery WHERE seq = ?)", [seq], at: moment)
            try db.record(change)
        }
    }

    public func cancel(
        _ delivery: DeliveryID, at moment: Timestamp, as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            _ = try db.seq("delivery", delivery)
            let row = try db.row(
                """
                UPDATE delivery SET state = 'canceled', due_at = NULL, closed_at = ?
                WHERE id = ? AND state = 'pending' RETURNING endpoint, line
                """, [moment.milliseconds, delivery.blob])
            guard let row else { throw StoreError.conflict(rule: .state) }
            try db.advance(row["endpoint"], line: row["line"], at: moment)
            try db.wake(row["endpoint"], at: moment)
            try db.record(change)
        }
    }

    private static let selectDelivery = """
        SELECT d.*, e.id AS event_id, e.type AS event_type, p.id AS endpoint_id, o.id AS endpoint_seller_id,
            s.id AS seller_id,
            (d.state = 'pending' AND d.is_blocked) AS is_waiting,
            (d.state = 'pending' AND d.awaits_proof > 0 AND d.attempts = 0) AS is_unproven,
            (d.state = 'pending' AND p.state <> 'active' AND NOT (p.state = 'pending' AND d.rank = 0)
                OR d.state = 'pending' AND p.health ->> 'breaker' IS 'open'
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
        place: row["place"], isBlocked: row["is_waiting"], awaitsProof: row["is_unproven"],
        hasOvertaken: row["has_overtaken"],
        reason: row.optionalValue("reason"), attempts: row["attempts"], lastStatus: row["last_status"],
        lastFailure: row.optionalValue("last_failure"), dueAt: row.optionalTime("due_at"),
        createdAt: row.time("created_at"), closedAt: row.optionalTime("closed_at"))
}

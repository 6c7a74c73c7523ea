import Foundation
import GRDB
import Gateway

/// Most deliveries under way to one endpoint.
private let mostPerEndpoint = 4

extension Database {
    /// What is due at endpoints that send, one of each endpoint before the second of any.
    func dueDeliveries(limit: Int, at moment: Timestamp) throws -> [Int64] {
        let now = moment.milliseconds
        let endpoints = try rows(
            """
            SELECT p.seq, p.state = 'pending' AS wants_test,
                (SELECT count(*) FROM delivery d WHERE d.endpoint = p.seq AND d.state = 'sending') AS under_way
            FROM endpoint p
            WHERE p.removed_at IS NULL AND (p.waits_until_at IS NULL OR p.waits_until_at <= ?1)
                AND (p.state = 'active' AND EXISTS
                        (SELECT 1 FROM delivery d WHERE d.endpoint = p.seq AND d.state = 'pending' AND d.due_at <= ?1)
                    OR p.state = 'pending' AND EXISTS
                        (SELECT 1 FROM delivery d WHERE d.endpoint = p.seq AND d.state = 'pending' AND d.is_test = 1
                            AND d.due_at <= ?1))
            """, [now])
        let lines = try endpoints.map { endpoint in
            try rows(
                """
                SELECT seq FROM delivery WHERE endpoint = ? AND state = 'pending' AND due_at <= ?
                    \(endpoint["wants_test"] ? "AND is_test = 1" : "") ORDER BY due_at, seq LIMIT ?
                """, [endpoint["seq"] as Int64, now, max(0, mostPerEndpoint - (endpoint["under_way"] as Int))]
            ).map { $0["seq"] as Int64 }
        }
        let rounds = (0..<mostPerEndpoint).flatMap { round in lines.compactMap { $0.dropFirst(round).first } }
        return Array(rounds.prefix(limit))
    }

    /// Claims one and inserts its attempt row.
    func claim(
        _ seq: Int64, at moment: Timestamp, leaseUntil: Timestamp, token: [UInt8]
    ) throws -> ClaimedDelivery {
        try run(
            """
            UPDATE delivery SET state = 'sending', attempts = attempts + 1, claim = ?, lease_until_at = ? WHERE seq = ?
            """, [Data(token), leaseUntil.milliseconds, seq])
        try run(
            """
            INSERT INTO attempt (delivery, number, started_at) SELECT seq, attempts, ? FROM delivery WHERE seq = ?
            """, [moment.milliseconds, seq])
        guard
            let row = try row(
                """
                SELECT d.id AS delivery_id, d.attempts, d.failures, e.id AS event_id, e.type AS event_type, e.body,
                    v.id AS event_seller, p.*, s.id AS seller_id
                FROM delivery d JOIN event e ON e.seq = d.event JOIN endpoint p ON p.seq = d.endpoint
                LEFT JOIN seller v ON v.seq = e.seller LEFT JOIN seller s ON s.seq = p.seller
                WHERE d.seq = ?
                """, [seq])
        else { throw StoreError.notFound }
        let endpoint = try endpointRow(row)
        return ClaimedDelivery(
            id: try row.id("delivery_id"), claim: token, attempt: row["attempts"], failures: row["failures"],
            event: try row.id("event_id"), eventType: row["event_type"], seller: row.optionalID("event_seller"),
            body: row.sealed("body"), endpoint: endpoint,
            secrets: try liveSecrets(of: row["seq"], endpoint.id, at: moment))
    }

    /// Writes what becomes of the delivery, if the claim still holds.
    func finish(_ claimed: ClaimedDelivery, _ result: AttemptResult) throws -> Bool {
        let (state, dueAt, closedAt): (Delivery.State, Timestamp?, Timestamp?) =
            switch result.next {
            case .delivered: (.delivered, nil, result.endedAt)
            case .retry(let moment): (.pending, moment, nil)
            case .exhausted: (.exhausted, nil, result.endedAt)
            }
        try run(
            """
            UPDATE delivery SET state = ?, due_at = ?, closed_at = ?, failures = failures + ?, last_status = ?,
                last_failure = ?, claim = NULL, lease_until_at = NULL
            WHERE id = ? AND state = 'sending' AND claim = ?
            """,
            [
                state.rawValue, dueAt?.milliseconds, closedAt?.milliseconds, result.countsAsFailure ? 1 : 0,
                result.status, result.failure?.rawValue, claimed.id.blob, Data(claimed.claim),
            ])
        return changesCount > 0
    }

    /// Keeps an attempt's outcome as evidence, late or not.
    func keep(_ result: AttemptResult, of delivery: Int64, attempt: Int, isLate: Bool) throws {
        try run(
            """
            UPDATE attempt SET ended_at = ?, status = ?, failure = ?, excerpt = ?, address = ?, is_late = ?
            WHERE delivery = ? AND number = ?
            """,
            [
                result.endedAt.milliseconds, result.status, result.failure?.rawValue, result.excerpt?.blob,
                result.address, isLate, delivery, attempt,
            ])
    }

    /// What the answer means for the endpoint, if it still has the URL that was called.
    func apply(_ result: AttemptResult, to claimed: ClaimedDelivery, ids: IdentifierSource) throws {
        let endpoint = claimed.endpoint
        if let until = result.endpointWaitsUntil {
            try run(
                "UPDATE endpoint SET waits_until_at = max(coalesce(waits_until_at, 0), ?) WHERE id = ? AND url = ?",
                [until.milliseconds, endpoint.id.blob, endpoint.url])
        }
        guard let state = result.endpointState else { return }
        // Only what was active once may be disabled, since whatever is disabled may be resumed without a test.
        let from: Endpoint.State = state == .active ? .pending : .active
        try run(
            "UPDATE endpoint SET state = ? WHERE id = ? AND state = ? AND url = ?",
            [state.rawValue, endpoint.id.blob, from.rawValue, endpoint.url])
        guard changesCount > 0 else { return }
        try record(
            AuditEntry(
                id: ids.next(), at: result.endedAt, actor: .gateway,
                action: state == .active ? .endpointActivated : .endpointDisabled,
                subject: endpoint.id.description, seller: endpoint.seller, request: nil))
        if let notice = result.endpointNotice { _ = try record(notice, ids: ids) }
    }
}

import Foundation
import GRDB
import Gateway

extension Database {
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
                SELECT d.id AS delivery_id, d.attempts, d.failures, d.place, d.has_overtaken, d.was_probe,
                    d.replay IS NOT NULL AS is_replay,
                    e.id AS event_id, e.type AS event_type, e.notification, e.received,
                    iif(p.expand = 1, coalesce(r.expanded, e.body), e.body) AS body,
                    p.expand = 1 AND r.expanded IS NOT NULL AS is_proven,
                    v.id AS event_seller, p.*, s.id AS seller_id
                FROM delivery d JOIN event e ON e.seq = d.event JOIN endpoint p ON p.seq = d.endpoint
                LEFT JOIN proof r ON r.event = e.seq
                LEFT JOIN seller v ON v.seq = e.seller LEFT JOIN seller s ON s.seq = p.seller
                WHERE d.seq = ?
                """, [seq])
        else { throw StoreError.notFound }
        let endpoint = try endpointRow(row)
        return ClaimedDelivery(
            id: try row.id("delivery_id"), claim: token, attempt: row["attempts"], failures: row["failures"],
            place: row["place"], hasOvertaken: row["has_overtaken"], isProbe: endpoint.health.breaker == .open,
            wasProbe: row["was_probe"], isReplay: row["is_replay"], leaseUntil: leaseUntil,
            event: try row.id("event_id"),
            eventType: row["event_type"], seller: row.optionalID("event_seller"), body: row.sealedBody(),
            received: row.optionalSealed("received").flatMap { sealed in
                row.optionalID("notification").map { (id: $0, sealed: sealed) }
            }, endpoint: endpoint,
            secrets: try liveSecrets(of: row["seq"], endpoint.id, at: moment))
    }

    /// Writes what becomes of the delivery, if the claim still holds, and lets the next one of its line go.
    func finish(_ claimed: ClaimedDelivery, _ result: AttemptResult) throws -> Bool {
        let (state, dueAt, closedAt): (Delivery.State, Timestamp?, Timestamp?) =
            switch result.next {
            case .delivered: (.delivered, nil, result.endedAt)
            case .retry(let moment): (.pending, moment, nil)
            case .exhausted: (.exhausted, nil, result.endedAt)
            }
        let row = try row(
            """
            UPDATE delivery SET state = ?, due_at = ?, closed_at = ?, failures = failures + ?, last_status = ?,
                last_failure = ?, failing_since_at = coalesce(failing_since_at, ?), was_probe = was_probe OR ?,
                reason = ?, claim = NULL, lease_until_at = NULL
            WHERE id = ? AND state = 'sending' AND claim = ? RETURNING endpoint, line
            """,
            [
                state.rawValue, dueAt?.milliseconds, closedAt?.milliseconds, result.countsAsFailure ? 1 : 0,
                result.status, result.failure?.rawValue, result.failure.map { _ in result.endedAt.milliseconds },
                claimed.isProbe, state == .exhausted ? ExhaustionReason.schedule.rawValue : nil, claimed.id.blob,
                Data(claimed.claim),
            ])
        guard let row else { return false }
        if closedAt != nil { try advance(row["endpoint"], line: row["line"], at: result.endedAt) }
        return true
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
        if result.endpointState == .active { try activate(endpoint, at: result.endedAt, ids: ids) }
        // Only what was active once may be disabled, since whatever is disabled may be resumed without a test.
        if result.endpointState == .disabled { try disable(endpoint, .gone, result, ids: ids) }
        try observe(result, of: claimed, ids: ids)
    }

    private func activate(_ endpoint: Endpoint, at moment: Timestamp, ids: IdentifierSource) throws {
        try run(
            "UPDATE endpoint SET state = 'active' WHERE id = ? AND state = 'pending' AND url = ?",
            [endpoint.id.blob, endpoint.url])
        guard changesCount > 0 else { return }
        try note(.endpointActivated, endpoint, at: moment, ids: ids)
    }

    private func disable(
        _ endpoint: Endpoint, _ reason: Endpoint.DisablingReason, _ result: AttemptResult, ids: IdentifierSource
    ) throws {
        try run(
            "UPDATE endpoint SET state = 'disabled', reason = ? WHERE id = ? AND state = 'active' AND url = ?",
            [reason.rawValue, endpoint.id.blob, endpoint.url])
        guard changesCount > 0 else { return }
        try note(.endpointDisabled, endpoint, at: result.endedAt, ids: ids)
        if let notice = result.notice(.disabled(reason)) { _ = try record(notice, ids: ids) }
    }

    /// Takes the attempt into the endpoint's health, and does what follows from that.
    private func observe(_ result: AttemptResult, of claimed: ClaimedDelivery, ids: IdentifierSource) throws {
        let endpoint = claimed.endpoint
        guard
            let row = try row(
                "SELECT health, concurrency FROM endpoint WHERE id = ? AND url = ? AND state = 'active'",
                [endpoint.id.blob, endpoint.url])
        else { return }
        let before = try row.health()
        var health = before
        let signals = health.record(
            result.outcome, of: claimed.id, isProbe: claimed.isProbe, limit: row["concurrency"], at: result.endedAt)
        guard health != before else { return }
        try run("UPDATE endpoint SET health = ? WHERE id = ?", [try health.stored(), endpoint.id.blob])
        for signal in signals {
            let notice: EndpointNotice
            switch signal {
            case .suspended: notice = .suspended
            case .warned(let days): notice = .warned(days: days)
            case .recovered: notice = .recovered
            case .disabled:
                try disable(endpoint, .failing, result, ids: ids)
                continue
            }
            if let draft = result.notice(notice) { _ = try record(draft, ids: ids) }
        }
    }

    private func note(
        _ action: AuditAction, _ endpoint: Endpoint, at moment: Timestamp, ids: IdentifierSource
    ) throws {
        try record(
            AuditEntry(
                id: ids.next(), at: moment, actor: .gateway, action: action, subject: endpoint.id.description,
                seller: endpoint.seller, request: nil))
    }
}

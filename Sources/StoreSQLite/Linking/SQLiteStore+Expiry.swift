// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

// The rest of TokenStore: connections that end by themselves.
extension SQLiteStore {
    public func dueForWarning(at moment: Timestamp, limit: Int) async throws(StoreError) -> [ExpiryWarning] {
        try await read { db in
            try db.rows(
                """
                SELECT * FROM (
                    SELECT c.id, t.generation, t.expires_at, t.warned_days, \(nearest) AS days_left, \(reason) AS reason
                    FROM token_pair t JOIN connection c ON c.seq = t.connection
                        JOIN application a ON a.seq = c.application
                    WHERE c.kind = 'oauth' AND c.state IN ('configuring', 'linked', 'needs_relink')
                        AND t.expires_at > ?1 AND t.expires_at <= ?1 + \(earliest))
                WHERE days_left IS NOT NULL AND reason IS NOT NULL AND (warned_days IS NULL OR warned_days > days_left)
                ORDER BY expires_at LIMIT ?2
                """, [moment.milliseconds, limit]
            ).map { row in
                ExpiryWarning(
                    connection: try row.id("id"), generation: row["generation"], daysLeft: row["days_left"],
                    endsAt: row.time("expires_at"), reason: try row.value("reason"))
            }
        }
    }

    public func tell(_ warning: ExpiryWarning, event: EventDraft) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("connection", warning.connection)
            try db.run(
                """
                UPDATE token_pair SET warned_days = ?1
                WHERE connection = ?2 AND generation = ?3 AND (warned_days IS NULL OR warned_days > ?1)
                """, [warning.daysLeft, seq, warning.generation])
            try db.expectChange(orThrow: .conflict(rule: .stale))
            _ = try db.record(event, ids: self.ids)
        }
    }

    public func ended(at moment: Timestamp, limit: Int) async throws(StoreError) -> [RefreshDue] {
        try await read { db in
            try db.rows(
                """
                SELECT c.id, c.refresh_uncertain, t.generation FROM token_pair t JOIN connection c ON c.seq = t.connection
                WHERE t.expires_at <= ? AND t.refresh IS NULL AND c.kind = 'oauth'
                    AND c.state IN ('configuring', 'linked') AND NOT \(isQuarantined("c.seller"))
                ORDER BY t.expires_at LIMIT ?
                """, [moment.milliseconds, limit]
            ).map { row in
                RefreshDue(
                    connection: try row.id("id"), generation: row["generation"],
                    isUncertain: row["refresh_uncertain"])
            }
        }
    }
}

/// Before that nothing is told, in milliseconds.
private let earliest = (ExpiryWarning.days.max() ?? 0) * 86_400_000

/// The nearest warning that a pair has reached at `?1`, NULL before the first.
private let nearest =
    "CASE "
    + ExpiryWarning.days.sorted().map { "WHEN t.expires_at - ?1 <= \($0 * 86_400_000) THEN \($0)" }
    .joined(separator: " ") + " END"

/// Why nothing renews a connection, NULL where something does.
private let reason = """
    CASE WHEN c.state = 'needs_relink' THEN 'needs_relink'
        WHEN t.refresh IS NULL OR c.refreshable = 0 THEN 'not_refreshable'
        WHEN c.refresh_held = 1 THEN 'refresh_held'
        WHEN a.refresh_stopped_at IS NOT NULL THEN 'refresh_stopped' END
    """

// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

// The rest of ConnectionStore: connections that wait to be confirmed, and those that were taken back.
extension SQLiteStore {
    public func confirm(
        _ connection: ConnectionID, events: [EventDraft], as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("connection", connection)
            guard
                let row = try db.row(
                    """
                    SELECT seller, application, upstream_user FROM connection
                    WHERE seq = ? AND state = 'awaiting_confirmation'
                    """, [seq])
            else { throw StoreError.conflict(rule: .state) }
            let (seller, application): (Int64, Int64) = (row["seller"], row["application"])
            try db.endConnections(of: seller, with: application, isInUse, by: change.audit.actor.party)
            try db.run("UPDATE connection SET state = 'configuring', version = version + 1 WHERE seq = ?", [seq])
            try db.forgetAnswersOfOthers(
                than: try row.upstreamUser("upstream_user"), of: seller, with: application)
            for event in events { _ = try db.record(event, ids: self.ids) }
            try db.record(change)
        }
    }

    public func unconfirmed(since moment: Timestamp, limit: Int) async throws(StoreError) -> [Connection] {
        try await read { db in
            try db.rows(
                """
                \(Self.selectConnection) WHERE c.state = 'awaiting_confirmation' AND c.linked_at <= ?
                ORDER BY c.linked_at LIMIT ?
                """, [moment.milliseconds, limit]
            ).map(connection(from:))
        }
    }

    public func noteDeauthorization(of connection: ConnectionID, at moment: Timestamp) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                """
                UPDATE connection SET deauthorized_at = max(coalesce(deauthorized_at, 0), ?1), version = version + 1
                WHERE id = ?2 AND linked_at / 1000 <= ?1 / 1000 AND \(holdsItsAccount)
                """, [moment.milliseconds, connection.blob])
        }
    }

    public func deauthorized(limit: Int) async throws(StoreError) -> [Connection] {
        try await read { db in
            try db.rows(
                """
                \(Self.selectConnection) WHERE c.deauthorized_at IS NOT NULL AND c.\(holdsItsAccount)
                ORDER BY c.seq LIMIT ?
                """, [limit]
            ).map(connection(from:))
        }
    }

    public func forgetDeauthorization(of connection: ConnectionID, at moment: Timestamp) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                """
                UPDATE connection SET deauthorized_at = NULL, version = version + 1
                WHERE id = ? AND deauthorized_at = ?
                """, [connection.blob, moment.milliseconds])
        }
    }
}

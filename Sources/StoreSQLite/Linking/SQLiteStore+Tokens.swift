// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

extension SQLiteStore: TokenStore {
    public func tokens(of connection: ConnectionID) async throws(StoreError) -> StoredTokens? {
        try await read { db in
            try db.row(
                "SELECT t.* FROM token_pair t JOIN connection c ON c.seq = t.connection WHERE c.id = ?",
                [connection.blob]
            ).map { row in
                StoredTokens(
                    connection: connection, generation: row["generation"], access: row.sealed("access"),
                    refresh: row.optionalSealed("refresh"), issuedAt: row.time("issued_at"),
                    expiresAt: row.time("expires_at"))
            }
        }
    }

    public func openRefresh(_ entry: RefreshEntry) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("connection", entry.connection)
            try db.run(
                """
                INSERT INTO refresh_journal (id, connection, generation, state, opened_at)
                SELECT ?, connection, generation, 'open', ? FROM token_pair WHERE connection = ? AND generation = ?
                """, [entry.id.blob, entry.openedAt.milliseconds, seq, entry.generation])
            try db.expectChange(orThrow: .conflict(rule: .stale))
        }
    }

    public func unfinishedRefresh(
        of connection: ConnectionID, generation: Int
    ) async throws(StoreError) -> RefreshEntry? {
        try await read { db in
            try db.row(
                """
                \(Self.selectRefresh) WHERE c.id = ? AND r.generation = ? AND r.state IN ('open', 'unanswered')
                """, [connection.blob, generation]
            ).map(refresh(from:))
        }
    }

    public func openRefreshes() async throws(StoreError) -> [RefreshEntry] {
        try await read { db in
            try db.rows(Self.selectRefresh + " WHERE r.state = 'open' ORDER BY r.seq").map(refresh(from:))
        }
    }

    public func closeRefresh(
        _ entry: ULID, as state: RefreshEntry.State, problem: String?, at moment: Timestamp
    ) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                "UPDATE refresh_journal SET state = ?, problem = ?, closed_at = ? WHERE id = ? AND state = 'open'",
                [state.rawValue, problem, moment.milliseconds, entry.blob])
            try db.expectChange(orThrow: .notFound)
            guard state == .unanswered else { return }
            try db.run(
                """
                UPDATE connection SET refresh_uncertain = 1, version = version + 1
                WHERE seq = (SELECT connection FROM refresh_journal WHERE id = ?)
                """, [entry.blob])
        }
    }

    public func replaceTokens(
        _ tokens: StoredTokens, ifGeneration generation: Int, closing entry: ULID?, at moment: Timestamp
    ) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("connection", tokens.connection)
            try db.run(
                """
                UPDATE token_pair SET generation = ?, access = ?, refresh = ?, issued_at = ?, expires_at = ?
                WHERE connection = ? AND generation = ?
                """,
                [
                    tokens.generation, tokens.access.blob, tokens.refresh?.blob, tokens.issuedAt.milliseconds,
                    tokens.expiresAt.milliseconds, seq, generation,
                ])
            try db.expectChange(orThrow: .conflict(rule: .stale))
            if let entry {
                try db.run(
                    """
                    UPDATE refresh_journal SET state = 'stored', closed_at = ?
                    WHERE id = ? AND connection = ? AND state IN ('open', 'unanswered')
                    """, [moment.milliseconds, entry.blob, seq])
            }
            try db.run(
                """
                UPDATE connection SET refresh_uncertain = 0, version = version + 1
                WHERE seq = ? AND refresh_uncertain = 1
                """, [seq])
        }
    }

    private static let selectRefresh =
        "SELECT r.*, c.id AS connection_id FROM refresh_journal r JOIN connection c ON c.seq = r.connection"
}

private func refresh(from row: Row) throws -> RefreshEntry {
    RefreshEntry(
        id: try row.ulid("id"), connection: try row.id("connection_id"), generation: row["generation"],
        state: try row.value("state"), openedAt: row.time("opened_at"), closedAt: row.optionalTime("closed_at"),
        problem: row["problem"])
}

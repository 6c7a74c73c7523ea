// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Foundation
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

    public func openRefresh(_ entry: RefreshEntry, superseding: ULID?) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("connection", entry.connection)
            if let superseding {
                try db.run(
                    """
                    UPDATE refresh_journal SET state = 'superseded', closed_at = coalesce(closed_at, ?)
                    WHERE id = ? AND connection = ? AND generation = ? AND state IN ('open', 'unanswered')
                    """, [entry.openedAt.milliseconds, superseding.blob, seq, entry.generation])
                try db.expectChange(orThrow: .conflict(rule: .refreshOpen))
            }
            try db.run(
                """
                INSERT INTO refresh_journal (id, connection, generation, state, is_last_try, opened_at, lease_until)
                SELECT ?, connection, generation, 'open', ?, ?, ? FROM token_pair
                WHERE connection = ? AND generation = ?
                """,
                [
                    entry.id.blob, entry.isLastTry, entry.openedAt.milliseconds, entry.leaseUntil.milliseconds, seq,
                    entry.generation,
                ])
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

    public func refreshes(
        of connection: ConnectionID, generation: Int
    ) async throws(StoreError) -> [RefreshEntry] {
        try await read { db in
            try db.rows(
                Self.selectRefresh + " WHERE c.id = ? AND r.generation = ? ORDER BY r.seq DESC",
                [connection.blob, generation]
            ).map(refresh(from:))
        }
    }

    public func closeRefresh(
        _ entry: ULID, as state: RefreshEntry.State, problem: String?, restoring: ULID?, at moment: Timestamp
    ) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                "UPDATE refresh_journal SET state = ?, problem = ?, closed_at = ? WHERE id = ? AND state = 'open'",
                [state.rawValue, problem, moment.milliseconds, entry.blob])
            try db.expectChange(orThrow: .notFound)
            if let restoring {
                try db.run(
                    "UPDATE refresh_journal SET state = 'unanswered' WHERE id = ? AND state = 'superseded'",
                    [restoring.blob])
            }
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
                UPDATE token_pair SET generation = ?, access = ?, refresh = ?, issued_at = ?, expires_at = ?,
                    warned_days = NULL
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
                    WHERE id = ? AND connection = ? AND state IN ('open', 'unanswered', 'superseded')
                    """, [moment.milliseconds, entry.blob, seq])
            }
            try db.run(
                """
                UPDATE connection SET refresh_uncertain = 0, version = version + 1
                WHERE seq = ? AND refresh_uncertain = 1
                """, [seq])
        }
    }

    public func keepAnswer(
        _ answer: KeptPair, of entry: ULID, at moment: Timestamp
    ) async throws(StoreError) {
        try await writer.write { db in
            // A pair that was stored needs no second place, and one of an account that went its way gets none.
            try db.run(
                """
                UPDATE refresh_journal SET state = 'superseded', closed_at = coalesce(closed_at, ?1), answer =
                    CASE WHEN EXISTS (
                        SELECT 1 FROM connection mine JOIN connection active
                            ON active.seller = mine.seller AND active.application = mine.application
                            AND active.upstream_user = mine.upstream_user AND active.\(holdsItsAccount)
                        WHERE mine.seq = refresh_journal.connection
                    ) THEN ?2 END
                WHERE id = ?3 AND state <> 'stored'
                """, [moment.milliseconds, Data(answer.packed), entry.blob])
        }
    }

    public func keptAnswers(
        of connection: ConnectionID
    ) async throws(StoreError) -> [(entry: ULID, answer: KeptPair)] {
        try await read { db in
            try db.rows(
                """
                SELECT r.id, r.answer FROM connection mine JOIN connection c
                    ON c.seller = mine.seller AND c.application = mine.application
                    AND c.upstream_user = mine.upstream_user
                JOIN refresh_journal r ON r.connection = c.seq
                WHERE mine.id = ? AND r.answer IS NOT NULL ORDER BY r.seq DESC
                """, [connection.blob]
            ).map { row in
                guard let answer = KeptPair(packed: Array(row["answer"] as Data)) else { throw StoreError.corrupted }
                return (entry: try row.ulid("id"), answer: answer)
            }
        }
    }

    public func forgetAnswer(of entry: ULID) async throws(StoreError) {
        try await writer.write { db in
            try db.run("UPDATE refresh_journal SET answer = NULL WHERE id = ?", [entry.blob])
        }
    }

    public func forgetAnswers(openedBefore moment: Timestamp) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                "UPDATE refresh_journal SET answer = NULL WHERE answer IS NOT NULL AND opened_at < ?",
                [moment.milliseconds])
        }
    }

    public func dueForRefresh(at moment: Timestamp, limit: Int) async throws(StoreError) -> [RefreshDue] {
        try await read { db in
            try db.rows(
                """
                SELECT c.id, c.refresh_uncertain, t.generation
                FROM token_pair t JOIN connection c ON c.seq = t.connection
                    JOIN application a ON a.seq = c.application
                WHERE c.kind = 'oauth' AND c.state IN ('configuring', 'linked') AND t.refresh IS NOT NULL
                    AND a.refresh_stopped_at IS NULL AND c.refresh_held = 0 AND NOT \(isQuarantined("c.seller"))
                    AND (c.refresh_uncertain = 1 AND NOT EXISTS (
                            SELECT 1 FROM restored_connection b
                            WHERE b.connection = t.connection AND b.generation = t.generation)
                        OR c.refresh_uncertain = 1 AND t.expires_at <= ?1 + \(RefreshDue.lastTryFrom.milliseconds)
                        OR c.refresh_uncertain = 0 AND t.expires_at - (t.expires_at - t.issued_at) / 3
                            + (t.expires_at - t.issued_at) / 30 * (c.seq * 7919 % 1000) / 1000 <= ?1)
                    AND ?1 >= coalesce(
                        (SELECT max(r.opened_at) + min(600000 << min(count(*) - 1, 6), 21600000)
                         FROM refresh_journal r WHERE r.connection = t.connection AND r.generation = t.generation
                         -- A try in the future means that the clock was set back.
                         HAVING count(*) > 0 AND max(r.opened_at) <= ?1), 0)
                ORDER BY t.expires_at LIMIT ?2
                """, [moment.milliseconds, limit]
            ).map { row in
                RefreshDue(
                    connection: try row.id("id"), generation: row["generation"],
                    isUncertain: row["refresh_uncertain"])
            }
        }
    }

    private static let selectRefresh =
        "SELECT r.*, c.id AS connection_id FROM refresh_journal r JOIN connection c ON c.seq = r.connection"
}

private func refresh(from row: Row) throws -> RefreshEntry {
    RefreshEntry(
        id: try row.ulid("id"), connection: try row.id("connection_id"), generation: row["generation"],
        state: try row.value("state"), isLastTry: row["is_last_try"], openedAt: row.time("opened_at"),
        leaseUntil: row.time("lease_until"), closedAt: row.optionalTime("closed_at"),
        problem: row["problem"])
}

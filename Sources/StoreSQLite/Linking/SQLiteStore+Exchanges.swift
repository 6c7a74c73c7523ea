// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Foundation
import GRDB
public import Gateway

extension SQLiteStore: ExchangeStore {
    public func openExchange(_ entry: ExchangeEntry) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                """
                INSERT INTO exchange_journal (id, attempt, connection, state, opened_at) VALUES (?, ?, ?, 'open', ?)
                ON CONFLICT (attempt) DO NOTHING
                """,
                [
                    entry.id.blob, try db.seq("link_attempt", entry.attempt), entry.connection.blob,
                    entry.openedAt.milliseconds,
                ])
            try db.expectChange(orThrow: .conflict(rule: .exchangeOpen))
        }
    }

    public func keepAnswer(_ answer: SealedGrant, ofExchange entry: ULID) async throws(StoreError) {
        try await writer.write { db in
            guard try db.row("SELECT 1 FROM exchange_journal WHERE id = ?", [entry.blob]) != nil else {
                throw StoreError.notFound
            }
            try db.run(
                """
                UPDATE exchange_journal SET state = 'answered', answer = coalesce(answer, ?)
                WHERE id = ? AND state IN ('open', 'answered')
                """, [Data(answer.packed), entry.blob])
            try db.expectChange(orThrow: .conflict(rule: .state))
        }
    }

    public func closeExchange(
        _ entry: ULID, as state: ExchangeEntry.State, problem: String?, leaving pair: KeptPair?, at moment: Timestamp
    ) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                """
                UPDATE exchange_journal SET state = ?, problem = ?, closed_at = ?, answer = NULL
                WHERE id = ? AND state IN ('open', 'answered')
                """, [state.rawValue, problem, moment.milliseconds, entry.blob])
            try db.expectChange(orThrow: .notFound)
            guard let pair else { return }
            // As if a refresh of that connection had brought it and lost its place; none for one that ended meanwhile.
            try db.run(
                """
                INSERT INTO refresh_journal (id, connection, generation, state, opened_at, closed_at, problem, answer)
                SELECT ?1, c.seq, t.generation, 'superseded', ?2, ?2, 'linked_elsewhere', ?3
                FROM connection c JOIN token_pair t ON t.connection = c.seq WHERE c.id = ?4 AND c.\(holdsItsAccount)
                """,
                [entry.blob, moment.milliseconds, Data(pair.packed), pair.tokens.connection.blob])
        }
    }

    public func exchange(of attempt: LinkAttemptID) async throws(StoreError) -> ExchangeEntry? {
        try await read { db in
            try db.row(Self.selectExchange + " WHERE t.id = ?", [attempt.blob]).map(exchange(from:))
        }
    }

    public func unfinishedExchanges() async throws(StoreError) -> [ExchangeEntry] {
        try await read { db in
            try db.rows(Self.selectExchange + " WHERE x.state IN ('open', 'answered') ORDER BY x.seq")
                .map(exchange(from:))
        }
    }

    private static let selectExchange =
        "SELECT x.*, t.id AS attempt_id FROM exchange_journal x JOIN link_attempt t ON t.seq = x.attempt"
}

extension Database {
    /// Closes an attempt's exchange, whose answer is a connection now.
    func storeExchange(of attempt: LinkAttemptID, at moment: Timestamp) throws {
        try run(
            """
            UPDATE exchange_journal SET state = 'stored', closed_at = ?, answer = NULL
            WHERE attempt = (SELECT seq FROM link_attempt WHERE id = ?) AND state IN ('open', 'answered')
            """, [moment.milliseconds, attempt.blob])
    }

    /// Destroys the answers that wait for a seller.
    func dropExchanges(of seller: Int64, at moment: Timestamp) throws {
        try run(
            """
            UPDATE exchange_journal SET state = 'dropped', problem = 'erased', closed_at = ?, answer = NULL
            WHERE state IN ('open', 'answered') AND attempt IN (
                SELECT t.seq FROM link_attempt t JOIN onboarding_link l ON l.seq = t.link WHERE l.seller = ?)
            """, [moment.milliseconds, seller])
    }
}

private func exchange(from row: Row) throws -> ExchangeEntry {
    ExchangeEntry(
        id: try row.ulid("id"), attempt: try row.id("attempt_id"), connection: try row.id("connection"),
        state: try row.value("state"), openedAt: row.time("opened_at"),
        answer: try (row["answer"] as Data?).map { data in
            guard let answer = SealedGrant(packed: Array(data)) else { throw StoreError.corrupted }
            return answer
        })
}

// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Foundation
import GRDB
public import Gateway

extension SQLiteStore: LinkStore {
    public func add(_ link: OnboardingLink, as change: Change) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                """
                INSERT INTO onboarding_link
                    (id, seller, application, token_hash, state, locale, return_url, expected_user, confirm,
                     allows_account_change, opened_at, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    link.id.blob, try db.seq(ofLiving: link.seller), try db.seq("application", link.application),
                    Data(link.tokenHash), link.state.rawValue, link.locale?.rawValue, link.returnURL,
                    link.expectedUser?.rawValue, link.confirm, link.allowsAccountChange,
                    link.openedAt?.milliseconds, link.createdAt.milliseconds, link.expiresAt.milliseconds,
                ])
            try db.record(change)
        }
    }

    public func link(_ id: OnboardingLinkID) async throws(StoreError) -> OnboardingLink? {
        try await read { db in try db.row(Self.selectLink + " WHERE l.id = ?", [id.blob]).map(link(from:)) }
    }

    public func link(tokenHash: [UInt8]) async throws(StoreError) -> OnboardingLink? {
        try await read { db in
            try db.row(Self.selectLink + " WHERE l.token_hash = ?", [Data(tokenHash)]).map(link(from:))
        }
    }

    public func links(of seller: SellerID, page: Page) async throws(StoreError) -> [OnboardingLink] {
        try await read { db in
            try db.rows(
                Self.selectLink + " WHERE l.seq < ? AND s.id = ? ORDER BY l.seq DESC LIMIT ?",
                [try page.start("onboarding_link", db), seller.blob, page.limit]
            ).map(link(from:))
        }
    }

    public func revoke(_ link: OnboardingLinkID, as change: Change) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("onboarding_link", link)
            try db.run("UPDATE onboarding_link SET state = 'revoked' WHERE seq = ? AND state = 'open'", [seq])
            try db.expectChange(orThrow: .conflict(rule: .linkNotOpen))
            try db.record(change)
        }
    }

    public func ask(
        _ link: OnboardingLinkID, at moment: Timestamp, event: EventDraft, as change: Change
    ) async throws(StoreError) -> Bool {
        try await writer.write { db in
            try db.run(
                "UPDATE onboarding_link SET asked_at = ? WHERE id = ? AND asked_at IS NULL",
                [moment.milliseconds, link.blob])
            guard db.changesCount > 0 else { return false }
            _ = try db.record(event, ids: self.ids)
            try db.record(change)
            return true
        }
    }

    public func begin(_ attempt: LinkAttempt, event: EventDraft?) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                """
                INSERT INTO link_attempt (id, link, state_hash, cookie_hash, verifier, created_at, expires_at)
                SELECT ?, seq, ?, ?, ?, ?, ? FROM onboarding_link WHERE id = ? AND state = 'open' AND expires_at > ?
                """,
                [
                    attempt.id.blob, Data(attempt.stateHash), Data(attempt.cookieHash), attempt.verifier?.blob,
                    attempt.createdAt.milliseconds, attempt.expiresAt.milliseconds, attempt.link.blob,
                    attempt.createdAt.milliseconds,
                ])
            try db.expectChange(orThrow: .conflict(rule: .linkNotOpen))
            try db.run(
                "UPDATE onboarding_link SET opened_at = ? WHERE id = ? AND opened_at IS NULL",
                [attempt.createdAt.milliseconds, attempt.link.blob])
            if let event, db.changesCount > 0 { _ = try db.record(event, ids: self.ids) }
        }
    }

    public func consumeAttempt(
        stateHash: [UInt8], at moment: Timestamp
    ) async throws(StoreError) -> LinkAttempt? {
        try await writer.write { db in
            try db.run(
                """
                UPDATE link_attempt SET consumed_at = ?1
                WHERE state_hash = ?2 AND consumed_at IS NULL AND expires_at > ?1 AND EXISTS
                    (SELECT 1 FROM onboarding_link l WHERE l.seq = link AND l.state = 'open' AND l.expires_at > ?1)
                """, [moment.milliseconds, Data(stateHash)])
            guard db.changesCount > 0 else { return nil }
            return try db.row(Self.selectAttempt + " WHERE t.state_hash = ?", [Data(stateHash)]).map(attempt(from:))
        }
    }

    public func finish(
        _ attempt: LinkAttemptID, outcome: LinkAttempt.Outcome, connection: ConnectionID?, event: EventDraft?,
        as change: Change?
    ) async throws(StoreError) {
        try await writer.write { db in
            try db.finish(attempt, outcome: outcome, connection: connection)
            if let event { _ = try db.record(event, ids: self.ids) }
            if let change { try db.record(change) }
        }
    }

    public func note(refusedAccount name: String, of attempt: LinkAttemptID) async throws(StoreError) {
        try await writer.write { db in
            try db.run("UPDATE link_attempt SET refused_account = ? WHERE id = ?", [name, attempt.blob])
            try db.expectChange(orThrow: .notFound)
        }
    }

    public func attempt(_ id: LinkAttemptID) async throws(StoreError) -> LinkAttempt? {
        try await read { db in try db.row(Self.selectAttempt + " WHERE t.id = ?", [id.blob]).map(attempt(from:)) }
    }

    public func attempt(cookieHash: [UInt8], since: Timestamp) async throws(StoreError) -> LinkAttempt? {
        try await read { db in
            try db.row(
                Self.selectAttempt + " WHERE t.cookie_hash = ? AND t.created_at >= ? ORDER BY t.seq DESC LIMIT 1",
                [Data(cookieHash), since.milliseconds]
            ).map(attempt(from:))
        }
    }

    public func forgetAttempts(startedBefore moment: Timestamp) async throws(StoreError) -> Int {
        try await writer.write { db in
            try db.run(
                """
                DELETE FROM link_attempt WHERE seq IN (
                    SELECT t.seq FROM link_attempt t
                    WHERE t.created_at < ? AND NOT EXISTS (
                        SELECT 1 FROM exchange_journal x WHERE x.attempt = t.seq AND x.state IN ('open', 'answered'))
                    LIMIT 1000)
                """, [moment.milliseconds])
            return db.changesCount
        }
    }

    private static let selectLink = """
        SELECT l.*, s.id AS seller_id, a.id AS application_id FROM onboarding_link l
        JOIN seller s ON s.seq = l.seller JOIN application a ON a.seq = l.application
        """
    private static let selectAttempt = """
        SELECT t.*, l.id AS link_id, a.id AS application_id, c.id AS connection_id FROM link_attempt t
        JOIN onboarding_link l ON l.seq = t.link JOIN application a ON a.seq = l.application
        LEFT JOIN connection c ON c.seq = t.connection
        """
}

extension Database {
    /// Ends an attempt.
    func finish(_ attempt: LinkAttemptID, outcome: LinkAttempt.Outcome, connection: ConnectionID?) throws {
        try run(
            """
            UPDATE link_attempt SET outcome = ?, connection = coalesce((SELECT seq FROM connection WHERE id = ?), connection)
            WHERE id = ?
            """, [outcome.rawValue, connection?.blob, attempt.blob])
        try expectChange(orThrow: .notFound)
    }
}

private func link(from row: Row) throws -> OnboardingLink {
    OnboardingLink(
        id: try row.id("id"), seller: try row.id("seller_id"), application: try row.id("application_id"),
        tokenHash: row.bytes("token_hash"), state: try row.value("state"), locale: row.optionalValue("locale"),
        returnURL: row["return_url"],
        expectedUser: (row["expected_user"] as Int64?).flatMap { UpstreamUserID(rawValue: $0) },
        confirm: row["confirm"], allowsAccountChange: row["allows_account_change"],
        openedAt: row.optionalTime("opened_at"),
        createdAt: row.time("created_at"), expiresAt: row.time("expires_at"),
        askedAt: row.optionalTime("asked_at"))
}

private func attempt(from row: Row) throws -> LinkAttempt {
    LinkAttempt(
        id: try row.id("id"), link: try row.id("link_id"), application: try row.id("application_id"),
        stateHash: row.bytes("state_hash"), cookieHash: row.bytes("cookie_hash"),
        verifier: row.optionalSealed("verifier"), createdAt: row.time("created_at"),
        expiresAt: row.time("expires_at"), consumedAt: row.optionalTime("consumed_at"),
        outcome: row.optionalValue("outcome"), connection: row.optionalID("connection_id"),
        refusedAccount: row["refused_account"])
}

// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

extension SQLiteStore: ConnectionStore {
    public func establish(
        _ connection: Connection, tokens: StoredTokens, finishing attempt: LinkAttemptID?, events: [EventDraft],
        as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            let seller = try db.seq(ofLiving: connection.seller)
            let application = try db.seq("application", connection.application)
            if let attempt { try db.useLink(of: attempt) }
            try db.endConnections(
                of: seller, with: application,
                connection.state == .awaitingConfirmation ? "state = 'awaiting_confirmation'" : holdsItsAccount,
                by: change.audit.actor.party)
            try db.add(connection, seller: seller, application: application)
            try db.run(
                """
                INSERT INTO token_pair (connection, generation, access, refresh, issued_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    db.lastInsertedRowID, tokens.generation, tokens.access.blob, tokens.refresh?.blob,
                    tokens.issuedAt.milliseconds, tokens.expiresAt.milliseconds,
                ])
            // The account in use keeps what may be its newest pair while another one waits.
            if connection.state != .awaitingConfirmation {
                try db.forgetAnswersOfOthers(than: connection.upstreamUser, of: seller, with: application)
            }
            if let attempt {
                try db.finish(attempt, outcome: .linked, connection: connection.id)
                try db.storeExchange(of: attempt, at: connection.linkedAt)
            }
            for event in events { _ = try db.record(event, ids: self.ids) }
            try db.record(change)
        }
    }

    public func connection(_ id: ConnectionID) async throws(StoreError) -> Connection? {
        try await read { db in
            try db.row(Self.selectConnection + " WHERE c.id = ?", [id.blob]).map(connection(from:))
        }
    }

    public func connections(_ filter: ConnectionFilter, page: Page) async throws(StoreError) -> [Connection] {
        try await read { db in
            var selection = Selection("c.seq", before: try page.start("connection", db))
            selection.narrow("s.id = ?", filter.seller?.blob)
            selection.narrow("a.id = ?", filter.application?.blob)
            selection.narrow("c.refresh_held = ?", filter.refreshHeld)
            if let states = filter.states {
                // Words of a closed set, never a caller's text.
                selection.narrow("c.state IN (\(states.map { "'\($0.rawValue)'" }.joined(separator: ", ")))")
            }
            return try db.rows(
                "\(Self.selectConnection) WHERE \(selection.sql) ORDER BY c.seq DESC LIMIT \(page.limit)",
                selection.arguments
            ).map(connection(from:))
        }
    }

    public func activeConnection(
        of user: UpstreamUserID, with application: ApplicationID
    ) async throws(StoreError) -> Connection? {
        try await read { db in
            try db.row(
                "\(Self.selectConnection) WHERE c.upstream_user = ? AND a.id = ? AND c.\(holdsItsAccount)",
                [user.rawValue, application.blob]
            ).map(connection(from:))
        }
    }

    public func connections(parkedSince since: Timestamp) async throws(StoreError) -> [Connection] {
        try await read { db in
            // The first condition is the index's own; the second leaves out those that can't be told yet.
            try db.rows(
                """
                \(Self.selectConnection)
                WHERE c.\(holdsItsAccount) AND c.state IN ('linked', 'needs_relink') AND EXISTS (
                    SELECT 1 FROM event e
                    WHERE e.state = 'parked' AND e.upstream_user = c.upstream_user
                        AND e.application = c.application AND e.created_at >= ?)
                ORDER BY c.seq
                """, [since.milliseconds]
            ).map(connection(from:))
        }
    }

    public func update(
        _ connection: Connection, event: EventDraft?, as change: Change?
    ) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("connection", connection.id)
            try db.run(
                """
                UPDATE connection SET state = ?, reason = ?, refresh_uncertain = ?, integrator_token = ?,
                    webhook_state = ?, webhook_problem = ?, previous_webhook = ?, webhook_checked_at = ?,
                    last_proved_at = ?, proved_by = ?, version = version + 1
                WHERE seq = ? AND version = ?
                """,
                [
                    connection.state.rawValue, connection.reason?.rawValue, connection.refreshUncertain,
                    connection.integratorToken?.blob, connection.webhookState.rawValue, connection.webhookProblem,
                    connection.previousWebhook?.blob, connection.webhookCheckedAt?.milliseconds,
                    connection.lastProvedAt?.milliseconds, connection.provedBy, seq, connection.version,
                ])
            try db.expectChange(orThrow: .conflict(rule: .stale))
            if let event { _ = try db.record(event, ids: self.ids) }
            if let change { try db.record(change) }
        }
    }

    public func revoke(
        _ connection: ConnectionID, ifVersion version: Int?, _ revocation: Revocation, event: EventDraft?,
        as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("connection", connection)
            if let version {
                guard try db.row("SELECT 1 FROM connection WHERE seq = ? AND version = ?", [seq, version]) != nil else {
                    throw StoreError.conflict(rule: .stale)
                }
            }
            try db.run(
                "UPDATE connection SET \(revoked) WHERE seq = ? AND \(holdsItsAccount)",
                [revocation.party.rawValue, revocation.reason.rawValue, seq])
            try db.expectChange(orThrow: .conflict(rule: .state))
            try db.run("DELETE FROM token_pair WHERE connection = ?", [seq])
            try db.forgetAnswers(like: seq)
            if let event { _ = try db.record(event, ids: self.ids) }
            try db.record(change)
        }
    }

    public func heldConnections(of application: ApplicationID) async throws(StoreError) -> Int {
        try await read { db in
            try db.row(
                """
                SELECT count(*) AS held FROM connection
                WHERE refresh_held = 1 AND application = (SELECT seq FROM application WHERE id = ?) AND \(holdsItsAccount)
                """, [application.blob])?["held"] ?? 0
        }
    }

    public func releaseHolds(of application: ApplicationID, as change: Change) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("application", application)
            try db.run(
                """
                UPDATE connection SET refresh_held = 0, version = version + 1
                WHERE refresh_held = 1 AND application = ? AND \(holdsItsAccount)
                """, [seq])
            try db.expectChange(orThrow: .conflict(rule: .state))
            try db.record(change)
        }
    }

    static let selectConnection = """
        SELECT c.*, s.id AS seller_id, a.id AS application_id FROM connection c
        JOIN seller s ON s.seq = c.seller JOIN application a ON a.seq = c.application
        """
}

/// Written after a dot: which connections hold their account.
let holdsItsAccount = "state IN ('awaiting_confirmation', 'configuring', 'linked', 'needs_relink')"
/// Which connections are used for calls.
let isInUse = "state IN ('configuring', 'linked', 'needs_relink')"
private let revoked = """
    state = 'revoked', revoked_by = ?, revoked_reason = ?, deauthorized_at = NULL, reason = NULL,
    integrator_token = NULL, webhook_state = 'unset', webhook_problem = NULL, refresh_held = 0, version = version + 1
    """

extension Database {
    fileprivate func useLink(of attempt: LinkAttemptID) throws {
        try run(
            """
            UPDATE onboarding_link SET state = 'used'
            WHERE seq = (SELECT link FROM link_attempt WHERE id = ?) AND state = 'open'
            """, [attempt.blob])
        try expectChange(orThrow: .conflict(rule: .linkNotOpen))
    }

    /// Ends the connections of a seller with an application that another one takes the place of.
    func endConnections(
        of seller: Int64, with application: Int64, _ condition: String, by party: Revocation.Party
    ) throws {
        let ended = try rows(
            "UPDATE connection SET \(revoked) WHERE seller = ? AND application = ? AND \(condition) RETURNING seq",
            [party.rawValue, Revocation.Reason.replaced.rawValue, seller, application])
        for row in ended { try run("DELETE FROM token_pair WHERE connection = ?", [row["seq"] as Int64]) }
    }

    /// Destroys the kept pairs of a connection's account with its seller and application.
    fileprivate func forgetAnswers(like connection: Int64) throws {
        try run(
            """
            UPDATE refresh_journal SET answer = NULL WHERE answer IS NOT NULL AND connection IN (
                SELECT c.seq FROM connection mine JOIN connection c ON c.seller = mine.seller
                    AND c.application = mine.application AND c.upstream_user = mine.upstream_user
                WHERE mine.seq = ?)
            """, [connection])
    }

    /// Destroys the kept pairs of a seller's other accounts with an application.
    func forgetAnswersOfOthers(
        than user: UpstreamUserID, of seller: Int64, with application: Int64
    ) throws {
        try run(
            """
            UPDATE refresh_journal SET answer = NULL WHERE answer IS NOT NULL AND connection IN (
                SELECT seq FROM connection WHERE seller = ? AND application = ? AND upstream_user <> ?)
            """, [seller, application, user.rawValue])
    }

    fileprivate func add(_ connection: Connection, seller: Int64, application: Int64) throws {
        try run(
            """
            INSERT INTO connection
                (id, seller, application, kind, upstream_user, nickname, masked_email, site, live_mode, scopes,
                 refreshable, state, reason, refresh_uncertain, refresh_held, integrator_token, webhook_state, webhook_problem,
                 previous_webhook, webhook_checked_at, linked_at, last_proved_at, proved_by, version)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                connection.id.blob, seller, application, connection.kind.rawValue,
                connection.upstreamUser.rawValue, connection.nickname, connection.maskedEmail,
                connection.site.description, connection.liveMode, try jsonText(connection.scopes),
                connection.refreshable, connection.state.rawValue, connection.reason?.rawValue,
                connection.refreshUncertain, connection.refreshHeld, connection.integratorToken?.blob,
                connection.webhookState.rawValue, connection.webhookProblem, connection.previousWebhook?.blob,
                connection.webhookCheckedAt?.milliseconds, connection.linkedAt.milliseconds,
                connection.lastProvedAt?.milliseconds, connection.provedBy, connection.version,
            ])
    }
}

/// Reads a row of ``SQLiteStore/selectConnection``.
func connection(from row: Row) throws -> Connection {
    Connection(
        id: try row.id("id"), seller: try row.id("seller_id"), application: try row.id("application_id"),
        kind: try row.value("kind"),
        account: UpstreamAccount(
            user: try row.upstreamUser("upstream_user"), nickname: row["nickname"], email: nil,
            site: try row.text("site"), isTestUser: false),
        maskedEmail: row["masked_email"], liveMode: row["live_mode"], scopes: try row.strings("scopes"),
        refreshable: row["refreshable"], state: try row.value("state"), reason: row.optionalValue("reason"),
        refreshUncertain: row["refresh_uncertain"], refreshHeld: row["refresh_held"],
        integratorToken: row.optionalSealed("integrator_token"),
        webhookState: try row.value("webhook_state"), webhookProblem: row["webhook_problem"],
        previousWebhook: row.optionalSealed("previous_webhook"),
        webhookCheckedAt: row.optionalTime("webhook_checked_at"), linkedAt: row.time("linked_at"),
        lastProvedAt: row.optionalTime("last_proved_at"), provedBy: row["proved_by"],
        revocation: revocation(from: row), deauthorizedAt: row.optionalTime("deauthorized_at"),
        version: row["version"])
}

private func revocation(from row: Row) -> Revocation? {
    guard let party: Revocation.Party = row.optionalValue("revoked_by"),
        let reason: Revocation.Reason = row.optionalValue("revoked_reason")
    else { return nil }
    return Revocation(by: party, reason)
}

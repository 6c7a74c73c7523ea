// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

extension SQLiteStore: ApplicationStore {
    public func add(
        _ application: Application, secrets: [ApplicationSecret], as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                """
                INSERT INTO application
                    (id, name, brand, support_contact, site, mode, client_id, pkce, confirm, return_urls, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    application.id.blob, application.name, application.brand, application.supportContact,
                    application.site.description, application.mode.rawValue, application.clientID,
                    application.pkce.rawValue, application.confirm.rawValue, try jsonText(application.returnURLs),
                    application.createdAt.milliseconds,
                ])
            for secret in secrets { try db.add(secret) }
            try db.record(change)
        }
    }

    public func application(_ id: ApplicationID) async throws(StoreError) -> Application? {
        try await read { db in
            try db.row("SELECT * FROM application WHERE id = ?", [id.blob]).map(application(from:))
        }
    }

    public func applications(page: Page) async throws(StoreError) -> [Application] {
        try await read { db in
            try db.rows(
                "SELECT * FROM application WHERE seq < ? ORDER BY seq DESC LIMIT ?",
                [try page.start("application", db), page.limit]
            ).map(application(from:))
        }
    }

    public func update(
        _ id: ApplicationID, _ changes: ApplicationChanges, as change: Change
    ) async throws(StoreError) -> Application {
        try await writer.write { db in
            let contact = changes.supportContact.flatMap { $0 }
            let urls = try changes.returnURLs.map { try jsonText($0) }
            try db.run(
                """
                UPDATE application SET name = coalesce(?, name), brand = coalesce(?, brand),
                    support_contact = CASE WHEN ? THEN ? ELSE support_contact END, pkce = coalesce(?, pkce),
                    confirm = coalesce(?, confirm), return_urls = coalesce(?, return_urls)
                WHERE id = ?
                """,
                [
                    changes.name, changes.brand, changes.supportContact != nil, contact, changes.pkce?.rawValue,
                    changes.confirm?.rawValue, urls, id.blob,
                ])
            try db.expectChange(orThrow: .notFound)
            try db.record(change)
            let row = try db.row("SELECT * FROM application WHERE id = ?", [id.blob])
            guard let changed = try row.map(application(from:)) else { throw StoreError.notFound }
            return changed
        }
    }

    public func remove(_ application: ApplicationID, as change: Change) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("application", application)
            if try db.row("SELECT 1 FROM connection WHERE application = ? LIMIT 1", [seq]) != nil {
                throw StoreError.conflict(rule: .inUse)
            }
            try db.run("DELETE FROM application WHERE seq = ?", [seq])
            try db.record(change)
        }
    }

    public func secrets(
        of application: ApplicationID, _ kind: ApplicationSecret.Kind, at moment: Timestamp
    ) async throws(StoreError) -> [ApplicationSecret] {
        try await read { db in
            try db.rows(
                """
                SELECT s.*, a.id AS application_id FROM application_secret s JOIN application a ON a.seq = s.application
                WHERE a.id = ? AND s.kind = ? AND (s.expires_at IS NULL OR s.expires_at > ?) ORDER BY s.seq DESC
                """, [application.blob, kind.rawValue, moment.milliseconds]
            ).map { row in
                ApplicationSecret(
                    id: try row.id("id"), application: try row.id("application_id"), kind: try row.value("kind"),
                    sealed: row.sealed("sealed"), createdAt: row.time("created_at"),
                    expiresAt: row.optionalTime("expires_at"))
            }
        }
    }

    public func add(
        _ secret: ApplicationSecret, othersExpireAt: Timestamp, as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            let application = try db.seq("application", secret.application)
            // What was to expire already makes room, so that two stay at most.
            try db.run(
                """
                UPDATE application_secret SET expires_at = ?1
                WHERE application = ?2 AND kind = ?3 AND expires_at > ?1
                """, [secret.createdAt.milliseconds, application, secret.kind.rawValue])
            try db.run(
                """
                UPDATE application_secret SET expires_at = ?
                WHERE application = ? AND kind = ? AND expires_at IS NULL
                """, [othersExpireAt.milliseconds, application, secret.kind.rawValue])
            try db.add(secret)
            try db.record(change)
        }
    }

    public func stopRefreshing(
        _ application: ApplicationID, _ stop: Application.RefreshStop, event: EventDraft, as change: Change
    ) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("application", application)
            try db.run(
                """
                UPDATE application SET refresh_stopped_at = ?, refresh_stop_reason = ?
                WHERE seq = ? AND refresh_stopped_at IS NULL
                """, [stop.at.milliseconds, stop.reason, seq])
            try db.expectChange(orThrow: .conflict(rule: .state))
            _ = try db.record(event, ids: self.ids)
            try db.record(change)
        }
    }

    public func resumeRefreshing(_ application: ApplicationID, as change: Change) async throws(StoreError) {
        try await writer.write { db in
            let seq = try db.seq("application", application)
            try db.run(
                """
                UPDATE application SET refresh_stopped_at = NULL, refresh_stop_reason = NULL
                WHERE seq = ? AND refresh_stopped_at IS NOT NULL
                """, [seq])
            try db.expectChange(orThrow: .conflict(rule: .state))
            try db.record(change)
        }
    }

    public func add(_ testUser: TestUser, as change: Change) async throws(StoreError) {
        try await writer.write { db in
            try db.run(
                """
                INSERT INTO test_user (id, application, upstream_user, nickname, site, sealed_password, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    testUser.id.blob, try db.seq("application", testUser.application),
                    testUser.upstreamUser.rawValue, testUser.nickname, testUser.site.description,
                    testUser.sealedPassword.blob, testUser.createdAt.milliseconds,
                ])
            try db.record(change)
        }
    }

    public func testUsers(of application: ApplicationID) async throws(StoreError) -> [TestUser] {
        try await read { db in
            try db.rows(
                """
                SELECT t.*, a.id AS application_id,
                    (SELECT c.last_proved_at FROM connection c
                     WHERE c.upstream_user = t.upstream_user AND c.application = t.application AND c.state IN
                        ('awaiting_confirmation', 'configuring', 'linked', 'needs_relink')) AS last_proved_at
                FROM test_user t JOIN application a ON a.seq = t.application
                WHERE a.id = ? ORDER BY t.seq DESC
                """, [application.blob]
            ).map { row in
                TestUser(
                    id: try row.id("id"), application: try row.id("application_id"),
                    upstreamUser: try row.upstreamUser("upstream_user"), nickname: row["nickname"],
                    site: try row.text("site"), sealedPassword: row.sealed("sealed_password"),
                    createdAt: row.time("created_at"), lastProvedAt: row.optionalTime("last_proved_at"))
            }
        }
    }
}

extension Database {
    fileprivate func add(_ secret: ApplicationSecret) throws {
        try run(
            """
            INSERT INTO application_secret (id, application, kind, sealed, created_at, expires_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                secret.id.blob, try seq("application", secret.application), secret.kind.rawValue,
                secret.sealed.blob, secret.createdAt.milliseconds, secret.expiresAt?.milliseconds,
            ])
    }
}

private func application(from row: Row) throws -> Application {
    Application(
        id: try row.id("id"), name: row["name"], brand: row["brand"], supportContact: row["support_contact"],
        site: try row.text("site"), mode: try row.value("mode"), clientID: row["client_id"],
        pkce: try row.value("pkce"), confirm: try row.value("confirm"), returnURLs: try row.strings("return_urls"),
        createdAt: row.time("created_at"),
        refreshStop: row.optionalTime("refresh_stopped_at").map {
            Application.RefreshStop(at: $0, reason: row["refresh_stop_reason"])
        })
}

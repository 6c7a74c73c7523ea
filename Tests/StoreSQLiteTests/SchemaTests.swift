import Foundation
import GRDB
import Gateway
import TestSupport
import Testing

@testable import StoreSQLite

@Suite("The schema")
struct SchemaTests {
    /// One right row in each table that others refer to; all have seq 1.
    private static let rows = """
        INSERT INTO seller VALUES (1, zeroblob(16), 'ref', 'Kiosco', 'active', 1);
        INSERT INTO application
            (seq, id, name, brand, support_contact, site, mode, client_id, pkce, return_urls, created_at) VALUES
            (1, zeroblob(16), 'POS', 'Caja', NULL, 'MLA', 'live', '123', 'required', '[]', 1);
        INSERT INTO api_key VALUES (1, zeroblob(16), 'till', 'live', 'read', NULL, zeroblob(32), 1, NULL, NULL);
        INSERT INTO onboarding_link VALUES
            (1, zeroblob(16), 1, 1, zeroblob(32), 'open', 'es', NULL, NULL, 1, 2, NULL, 0, 0, NULL);
        INSERT INTO connection VALUES
            (1, zeroblob(16), 1, 1, 'oauth', 42, 'T', NULL, 'MLA', 1, '[]', 1, 'linked', NULL, 0, NULL, 'unset', NULL,
             NULL, NULL, 1, NULL, NULL, 1, 0, NULL, NULL, NULL);
        INSERT INTO token_pair VALUES (1, 1, x'01', x'01', 1, 2, NULL);
        INSERT INTO refresh_journal (seq, id, connection, generation, state, opened_at)
            VALUES (1, zeroblob(16), 1, 1, 'open', 1);
        INSERT INTO event VALUES
            (1, zeroblob(16), 1, 1, 1, 't', 'routed', 1, 'path', 'r', 1, zeroblob(16), 'con', NULL, NULL, NULL,
             zeroblob(32), x'01', x'01', 1, NULL, NULL, NULL);
        INSERT INTO proof VALUES (1, 1, 'open', 1, 1, 6, 1, 0, NULL);
        INSERT INTO endpoint (seq, id, seller, url, description, topics, state, timeout_ms, created_at)
            VALUES (1, zeroblob(16), 1, 'https://e', '', '*', 'active', 15000, 1);
        INSERT INTO delivery (seq, id, event, endpoint, state, due_at, created_at)
            VALUES (1, zeroblob(16), 1, 1, 'pending', 1, 1);
        INSERT INTO attempt VALUES (1, 1, 1, 1, NULL, NULL, NULL, NULL, NULL, 0);
        INSERT INTO idempotency VALUES (1, 'k', x'01', 201, 'r', 1);
        """

    static let broken = [
        // Words of closed sets, shapes and numbers.
        "UPDATE seller SET state = 'gone'", "UPDATE seller SET id = x'01'", "UPDATE seller SET name = ''",
        "UPDATE seller SET name = NULL", "UPDATE seller SET external_ref = ''", "UPDATE seller SET created_at = 'now'",
        "UPDATE application SET mode = 'sandbox'", "UPDATE application SET site = 'MLAB'",
        "UPDATE application SET pkce = 'plain'", "UPDATE application SET return_urls = 'https://e'",
        "UPDATE api_key SET secret_hash = x'01'", "UPDATE api_key SET mode = 'both'",
        "UPDATE onboarding_link SET state = 'expired'", "UPDATE onboarding_link SET locale = 'de'",
        "UPDATE onboarding_link SET token_hash = x'01'", "UPDATE onboarding_link SET expected_user = 0",
        "UPDATE connection SET state = 'open'", "UPDATE connection SET upstream_user = 0",
        "UPDATE connection SET reason = 'why not'", "UPDATE connection SET refresh_uncertain = 2",
        "UPDATE connection SET scopes = 'read'", "UPDATE connection SET version = 0",
        "UPDATE token_pair SET generation = 0", "UPDATE token_pair SET access = x''",
        "UPDATE refresh_journal SET state = 'lost'", "UPDATE event SET state = 'new'",
        "UPDATE event SET proof = 'hope'", "UPDATE event SET identity_hash = x'01'", "UPDATE event SET body = x''",
        "UPDATE endpoint SET state = 'held'", "UPDATE endpoint SET timeout_ms = 0", "UPDATE endpoint SET topics = ''",
        "UPDATE endpoint SET ordering = 'fifo'", "UPDATE endpoint SET concurrency = 65", "UPDATE endpoint SET rate = 0",
        "UPDATE endpoint SET reason = 'why not'", "UPDATE delivery SET place = 0", "UPDATE delivery SET rank = 3",
        "UPDATE delivery SET reason = 'why not'", "UPDATE delivery SET state = 'held'",
        "UPDATE delivery SET failures = -1",
        "UPDATE attempt SET failure = 'bad luck'", "UPDATE attempt SET number = 0",
        "UPDATE idempotency SET status = 99",
        // Things that contradict each other.
        "UPDATE connection SET state = 'revoked', integrator_token = x'01'",
        "UPDATE refresh_journal SET closed_at = 2", "UPDATE refresh_journal SET state = 'stored'",
        "UPDATE event SET state = 'parked'", "UPDATE event SET received = NULL",
        "UPDATE event SET body_sha256 = x'01'", "UPDATE event SET body_size = -1", "UPDATE proof SET state = 'so'",
        "UPDATE proof SET next_at = NULL", "UPDATE proof SET state = 'fetched'", "UPDATE proof SET expanded = x'01'",
        "UPDATE proof SET is_claim = 2", "UPDATE proof SET seller = 9", "UPDATE delivery SET awaits_proof = 3",
        "UPDATE delivery SET reason = 'bored'", "UPDATE endpoint SET expand = 2",
        "UPDATE event SET identity_hash = NULL", "UPDATE event SET channel = NULL",
        "UPDATE delivery SET closed_at = 2", "UPDATE delivery SET state = 'delivered'",
        "UPDATE delivery SET due_at = NULL", "UPDATE delivery SET state = 'delivered', closed_at = 2",
        "UPDATE delivery SET state = 'sending'", "UPDATE delivery SET claim = zeroblob(16)",
        "UPDATE delivery SET state = 'sending', claim = zeroblob(16)",
        "UPDATE delivery SET state = 'sending', claim = x'01', lease_until_at = 2",
        // What there is only one of.
        "INSERT INTO seller VALUES (2, zeroblob(16), NULL, 'Otro', 'active', 1)",
        "INSERT INTO seller VALUES (2, randomblob(16), 'ref', 'Otro', 'active', 1)",
        "INSERT INTO canary VALUES (2, x'01')", "INSERT INTO idempotency SELECT * FROM idempotency",
        """
        INSERT INTO application
            (seq, id, name, brand, support_contact, site, mode, client_id, pkce, return_urls, created_at)
            VALUES (2, randomblob(16), 'POS', 'Caja', NULL, 'MLB', 'live', '123', 'off', '[]', 1)
        """,
        """
        INSERT INTO refresh_journal (seq, id, connection, generation, state, opened_at, closed_at)
            VALUES (2, randomblob(16), 1, 1, 'unanswered', 1, 2)
        """,
        "UPDATE refresh_journal SET is_last_try = 2",
        "UPDATE connection SET refresh_held = 2", "UPDATE token_pair SET warned_days = 2",
        "UPDATE refresh_journal SET answer = x''",
        "UPDATE application SET refresh_stop_reason = ''", "UPDATE application SET confirm = 'maybe'",
        "UPDATE onboarding_link SET confirm = 2", "UPDATE onboarding_link SET allows_account_change = 2",
        "UPDATE connection SET revoked_by = 'nobody'", "UPDATE connection SET revoked_reason = 'why not'",
        """
        INSERT INTO connection
            (id, seller, application, kind, upstream_user, nickname, site, live_mode, scopes, refreshable, state,
             refresh_uncertain, webhook_state, linked_at, version)
        VALUES (randomblob(16), 1, 1, 'oauth', 43, 'U', 'MLA', 1, '[]', 1, 'configuring', 0, 'unset', 1, 1)
        """,
        "INSERT INTO attempt VALUES (2, 1, 1, 1, NULL, NULL, NULL, NULL, NULL, 0)",
        """
        INSERT INTO delivery (seq, id, event, endpoint, state, due_at, created_at)
            VALUES (2, randomblob(16), 1, 1, 'pending', 1, 1)
        """,
        // What refers to nothing, and what something refers to.
        """
        INSERT INTO onboarding_link VALUES
            (2, randomblob(16), 9, 1, randomblob(32), 'open', NULL, NULL, NULL, 1, 2, NULL, 0, 0, NULL)
        """,
        "INSERT INTO data_key VALUES (1, randomblob(16), 9, 'k', x'01', 1, 0)",
        "INSERT INTO token_pair VALUES (9, 1, x'01', NULL, 1, 2, NULL)",
        "INSERT INTO endpoint_secret VALUES (1, randomblob(16), 9, x'01', 1, NULL)",
        "INSERT INTO attempt VALUES (2, 9, 1, 1, NULL, NULL, NULL, NULL, NULL, 0)",
        "INSERT INTO audit (id, done_at, actor, action, subject, seller) VALUES (randomblob(16), 1, 'gateway', 'a', 's', 9)",
        // A line's two hashes, and the one end of the chain.
        """
        INSERT INTO audit (id, done_at, actor, action, subject, hash)
        VALUES (randomblob(16), 1, 'gateway', 'a', 's', zeroblob(32))
        """,
        "INSERT INTO audit_head VALUES (2, 0, 0, zeroblob(32), zeroblob(32))", "UPDATE audit_head SET hash = x'01'",
        "UPDATE audit_head SET chained = -1", "UPDATE audit_head SET mac = NULL",
        "DELETE FROM seller", "DELETE FROM application", "DELETE FROM connection", "DELETE FROM event",
        "INSERT INTO erasure VALUES (9, NULL, x'', 1, NULL)", "INSERT INTO erasure VALUES (1, x'01', x'', 1, NULL)",
        "INSERT INTO erasure VALUES (1, NULL, x'01', 1, NULL)", "UPDATE seller SET state = 'erased'",
        "UPDATE seller SET state = 'erased', name = ''",
        "INSERT INTO restore VALUES (2, 'b', 1, 0, 0)", "INSERT INTO restore VALUES (1, '', 1, 0, 0)",
        "INSERT INTO restored_connection VALUES (9, 1, 'waiting', 0)",
        "INSERT INTO restored_connection VALUES (1, 1, 'lost', 0)",
        "INSERT INTO quarantine VALUES (9, 0, 1)", "INSERT INTO quarantine VALUES (NULL, 1, 1)",
        "INSERT INTO quarantine VALUES (NULL, 0, 1), (NULL, 0, 2)",
        "INSERT INTO quarantine VALUES (1, 0, 1), (1, 1, 2)",
        "DELETE FROM endpoint", "DELETE FROM delivery", "DELETE FROM api_key",
    ]

    @Test("refuses a broken row", arguments: broken)
    func refused(sql: String) async throws {
        try await withStore { store, _ in
            try await store.execute(Self.rows)
            let code = await #expect(throws: DatabaseError.self) { try await store.execute(sql) }?.resultCode
            #expect(code == .SQLITE_CONSTRAINT)
        }
    }

    @Test("takes the rows that the broken ones are made from")
    func accepted() async throws {
        try await withStore { store, _ in
            try await store.execute(Self.rows)
            #expect(try await store.number("SELECT count(*) FROM pragma_foreign_key_check") == 0)
            try await store.execute(
                "UPDATE delivery SET state = 'sending', claim = zeroblob(16), lease_until_at = 2")
            try await store.execute("UPDATE refresh_journal SET state = 'unanswered', closed_at = 2")
        }
    }

    @Test("never gives a sequence twice")
    func sequence() async throws {
        try await withStore { store, _ in
            let make = Fixtures()
            let first = make.notice(of: nil)
            _ = try await store.record(first)
            let sequence = try #require(try await store.event(first.id)).sequence
            try await store.execute("DELETE FROM event")
            let second = make.notice(of: nil)
            _ = try await store.record(second)
            #expect(try #require(try await store.event(second.id)).sequence > sequence)
        }
    }

    @Test("leaves nothing of a token that was destroyed in the file")
    func secureDelete() async throws {
        try await withStore { store, file in
            let make = Fixtures()
            let seller = try await store.addSeller(make)
            let application = make.application()
            try await store.add(application, secrets: [], as: make.change())
            let connection = make.connection(of: seller.id, with: application.id)
            let tokens = make.tokens(of: connection.id)
            try await store.establish(connection, tokens: tokens, finishing: nil, as: make.change())
            try await store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            #expect(try contents(of: file.path).contains(tokens.access.bytes))
            try await store.revoke(connection.id, event: nil, as: make.change())
            try await store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            #expect(!(try contents(of: file.path).contains(tokens.access.bytes)))
            #expect(try contents(of: file.path + "-wal").isEmpty)
        }
    }
}

private func contents(of path: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(filePath: path)))
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        !Data(self).ranges(of: Data(part)).isEmpty
    }
}

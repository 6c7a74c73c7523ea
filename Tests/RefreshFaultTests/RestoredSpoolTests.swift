import Foundation
import Logging
import StoreSQLite
import TestSupport
import Testing

@testable import Gateway

@Suite("An answer in the spool beside a database that was restored")
struct RestoredSpoolTests {
    @Test("takes the place of an older pair, however many generations lie between", arguments: [2, 3, 7])
    func newer(generation: Int) async throws {
        #expect(try await generationAfterRecovery(stored: 1, spooled: generation) == generation)
    }

    @Test("does not take the place of a newer pair")
    func older() async throws {
        #expect(try await generationAfterRecovery(stored: 3, spooled: 2) == 3)
        #expect(try await generationAfterRecovery(stored: 3, spooled: 3) == 3)
    }

    /// The generation that a connection has after the start, with a pair in the spool that no journal knows.
    private func generationAfterRecovery(stored: Int, spooled: Int) async throws -> Int? {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let make = Fixtures(clock: clock)
            let keys = KeyRingFile(path: folder.path + "/enlace.keyring")
            try keys.create(clock: clock.wallClock, random: .system)
            let keyRing = try keys.read()
            let store = try await SQLiteStore.open(
                at: folder.path + "/enlace.sqlite", seal: AuditSeal(keyRing), clock: clock.wallClock,
                logger: LogCapture().logger())
            let vault = Vault(keyRing: keyRing, store: store, ids: make.ids, clock: clock.wallClock)
            try await vault.start()
            let seller = make.seller()
            try await store.add(seller, dataKey: try vault.newDataKey(for: .seller(seller.id)).0, as: make.change())
            let application = make.application()
            try await store.add(application, secrets: [], as: make.change())
            let connection = make.connection(of: seller.id, with: application.id)
            try await store.establish(
                connection, tokens: make.tokens(of: connection.id, generation: stored), finishing: nil,
                as: make.change())
            let spool = AnswerSpool(folder: folder.path + "/enlace.sqlite.spool")
            let entry = make.ids.ulid()
            try spool.reserve(entry)
            try spool.keep(KeptPair(make.tokens(of: connection.id, generation: spooled)).packed, for: entry)

            let applications = Applications(
                store: store, vault: vault, address: PublicAddress(base: "http://127.0.0.1:8080", keyRing: keyRing),
                ids: make.ids, clock: clock.wallClock)
            let refresher = TokenRefresher(
                store: store, vault: vault, applications: applications,
                applicationTokens: ApplicationTokens(
                    applications: applications, oauth: NoProvider(), accounts: NoProvider(), clock: clock.wallClock),
                oauth: NoProvider(), accounts: NoProvider(),
                notices: SellerNotices(store: store, vault: vault, ids: make.ids, clock: clock.wallClock), spool: spool,
                ids: make.ids, clock: clock.wallClock, sleeper: ContinuousClock(), directory: ProxyDirectory(),
                logger: LogCapture().logger())
            try await refresher.recover()
            #expect(spool.entries() == [])
            let found = try await store.tokens(of: connection.id)?.generation
            await store.close()
            return found
        }
    }
}

/// A provider that can't be reached.
private struct NoProvider: UpstreamOAuth, UpstreamAccounts {
    func authorizationURL(for request: AuthorizationRequest) -> String { "" }

    func exchange(_ exchange: CodeExchange, as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        throw .unauthorized
    }

    func refresh(_ token: Secret<String>, as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        throw .unauthorized
    }

    func clientCredentials(as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        throw .unauthorized
    }

    func account(with token: Secret<String>) async throws(UpstreamError) -> UpstreamAccount { throw .unauthorized }

    func createTestUser(site: SiteID, with token: Secret<String>) async throws(UpstreamError) -> NewTestUser {
        throw .unauthorized
    }
}

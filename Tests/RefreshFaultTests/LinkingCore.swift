import Foundation
import GRDB
import Logging
import TestSupport
import UpstreamMercadoPago

@testable import Gateway
@testable import StoreSQLite

/// What linking needs, over a real store and a real spool.
struct LinkingCore: Sendable {
    let store: SQLiteStore
    let provider: ExchangingProvider
    private let vault: Vault
    private let applications: Applications
    private let application: Application
    private let clock: ManualClock
    private let make: Fixtures
    private let spool: String
    private let ids: IdentifierSource
    private let keyRing: KeyRing

    /// Lends a core in a folder of its own.
    static func with(_ test: (LinkingCore) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let file = KeyRingFile(path: folder.path + "/enlace.keyring")
            try file.create(clock: clock.wallClock, random: .system)
            let keyRing = try file.read()
            let store = try await SQLiteStore.open(
                at: folder.path + "/enlace.sqlite", seal: AuditSeal(keyRing), clock: clock.wallClock,
                logger: LogCapture().logger())
            do {
                let core = try await LinkingCore(folder.path, keyRing, store, clock)
                try await test(core)
                core.provider.release()
                await store.close()
            } catch {
                await store.close()
                throw error
            }
        }
    }

    private init(_ folder: String, _ keyRing: KeyRing, _ store: SQLiteStore, _ clock: ManualClock) async throws {
        self.store = store
        self.keyRing = keyRing
        self.clock = clock
        provider = ExchangingProvider {
            try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = ON") }
        }
        make = Fixtures(clock: clock)
        spool = folder + "/spool"
        ids = IdentifierSource(clock: clock.wallClock, random: .system)
        vault = Vault(keyRing: keyRing, store: store, ids: ids, clock: clock.wallClock)
        try await vault.start()
        applications = Applications(
            store: store, vault: vault, address: PublicAddress(base: "http://127.0.0.1:8080", keyRing: keyRing),
            ids: ids, clock: clock.wallClock)
        application = try await applications.create(
            NewApplication(
                name: "Till", brand: "Till", supportContact: nil, site: SiteID("MLA")!, mode: .live, clientID: "123",
                clientSecret: Secret("a-client-secret"), webhookSecret: nil, pkce: .required, returnURLs: []),
            by: Self.owner(ids, clock))
    }

    /// Refresher and linker as a process has them after its start.
    func process() -> (refresher: TokenRefresher, linker: AccountLinker) {
        let time = clock.wallClock
        let logger = LogCapture().logger()
        let directory = ProxyDirectory()
        let notices = SellerNotices(store: store, vault: vault, ids: ids, clock: time)
        let tokens = ApplicationTokens(
            applications: applications, oauth: provider, accounts: provider, clock: time)
        let refresher = TokenRefresher(
            store: store, vault: vault, applications: applications, applicationTokens: tokens, oauth: provider,
            accounts: provider, notices: notices, spool: AnswerSpool(folder: spool), ids: ids, clock: time,
            sleeper: ContinuousClock(), directory: directory, logger: logger)
        let registrar = WebhookRegistrar(
            store: store, vault: vault, address: PublicAddress(base: "http://127.0.0.1:8080", keyRing: keyRing),
            webhooks: provider, refresher: refresher, notices: notices,
            parked: ParkedNotifications(
                store: store, vault: vault,
                drafts: NotificationDrafts(
                    sellers: store, vault: vault, reader: MercadoPagoNotifications(), ids: ids),
                clock: time, deliveries: Wakeup(), logger: logger),
            ids: ids, wallClock: time, clock: ContinuousClock(), directory: directory, logger: logger)
        let connections = Connections(
            store: store, vault: vault, applications: applications, applicationTokens: tokens, accounts: provider,
            refresher: refresher, registrar: registrar, notices: notices, ids: ids, clock: time,
            directory: directory, logger: logger)
        let linker = AccountLinker(
            store: store, vault: vault, applications: applications, connections: connections, oauth: provider,
            accounts: provider, refresher: refresher, spool: AnswerSpool(folder: spool + "/exchanges"), ids: ids,
            clock: time, sleeper: ContinuousClock(), random: .system, logger: logger)
        return (refresher, linker)
    }

    /// A new seller.
    func seller() async throws -> Seller {
        try await Sellers(
            store: store, vault: vault, ids: ids, clock: clock.wallClock, directory: ProxyDirectory()
        ).create(name: "Kiosco", externalRef: nil, by: Self.owner(ids, clock))
    }

    /// A connection that holds the provider's first pair.
    func linked(_ seller: Seller) async throws -> ConnectionID {
        let connection = make.connection(of: seller.id, with: application.id, state: .linked)
        let sealer = try await vault.sealer(for: .seller(seller.id))
        let grant = TokenGrant(
            access: Secret("access-1"), refresh: Secret("refresh-1"), lifetime: .seconds(180 * 86_400), scopes: [],
            user: nil, liveMode: nil)
        try await store.establish(
            connection, tokens: try SealedGrant(grant, for: connection.id, at: clock.now, by: sealer).tokens,
            finishing: nil, as: make.change(.connectionLinked))
        clock.advance(by: .seconds(60))
        return connection.id
    }

    /// What the provider's page sends a shop owner back with.
    func callback(of seller: Seller, _ linker: AccountLinker) async throws -> LinkCallback {
        let token = "a link of \(ids.ulid())"
        let link = OnboardingLink(
            id: ids.next(), seller: seller.id, application: application.id, tokenHash: sha256(token), state: .open,
            locale: nil, returnURL: nil, expectedUser: nil, createdAt: clock.now,
            expiresAt: clock.now + .seconds(86_400))
        try await store.add(link, as: make.change(.linkCreated))
        guard case .go(let state, let cookie, _) = try await linker.begin(token: token) else {
            throw CancellationError()
        }
        return LinkCallback(
            application: application.id, state: state.reveal { $0 }, code: Secret("a-code"), error: nil,
            cookie: cookie.reveal { $0 })
    }

    /// The access token that the seller's active connection holds, and the connection.
    func stored(_ seller: Seller) async throws -> (connection: Connection, access: String)? {
        let filter = ConnectionFilter(
            seller: seller.id, states: Set(Connection.State.allCases.filter(\.isActive)))
        guard let connection = try await store.connections(filter, page: Page(limit: 1)).first else { return nil }
        let refresher = process().refresher
        let token = try await refresher.opened(try await refresher.stored(connection.id))
        return (connection, token.value.reveal { $0 })
    }

    /// Turns the clock on.
    func pass(_ duration: Duration) { clock.advance(by: duration) }

    /// Puts a file where the spool's folder should be, so that nothing can be kept there.
    func blockSpool() throws { try "".write(toFile: spool, atomically: true, encoding: .utf8) }

    /// Lets the database be written to again.
    func acceptWrites() async throws {
        try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = OFF") }
    }

    private static func owner(_ ids: IdentifierSource, _ clock: ManualClock) -> Caller {
        Caller(
            principal: Principal(
                APIKey(
                    id: ids.next(), name: "test", mode: .live, scopes: Set(Scope.allCases), seller: nil, secretHash: [],
                    createdAt: clock.now, expiresAt: nil, revokedAt: nil)),
            request: "req_test")
    }
}

extension ExchangingProvider: UpstreamWebhooks {
    func integrator(with token: Secret<String>) async throws(UpstreamError) -> IntegratorRecord { throw .unauthorized }
    func setWebhook(_ url: String, with token: Secret<String>) async throws(UpstreamError) { throw .unauthorized }
    func checkWebhook(with token: Secret<String>) async throws(UpstreamError) { throw .unauthorized }
}

import Logging
import StoreSQLite
import TestSupport

@testable import Gateway
@testable import enlace

/// What refreshing needs, over a real store and the sandbox.
struct RefreshCore: Sendable {
    /// The upstream's two ports in one.
    typealias Provider = UpstreamOAuth & UpstreamAccounts

    let store: SQLiteStore
    let vault: Vault
    let clock: ManualClock
    private let sandbox: LiveSandbox
    private let applications: Applications
    private let provider: any Provider
    private let make: Fixtures
    private let spool: AnswerSpool
    private let ids: IdentifierSource

    /// Opens a vault over the store and registers the sandbox's application.
    init(
        folder: String, keyRing: KeyRing, store: SQLiteStore, sandbox: LiveSandbox, provider: any Provider,
        clock: ManualClock
    ) async throws {
        self.store = store
        self.sandbox = sandbox
        self.provider = provider
        self.clock = clock
        ids = IdentifierSource(clock: clock.wallClock, random: .system)
        vault = Vault(keyRing: keyRing, store: store, ids: ids, clock: clock.wallClock)
        try await vault.start()
        applications = Applications(
            store: store, vault: vault, address: PublicAddress(base: "http://127.0.0.1:8080", keyRing: keyRing),
            ids: ids, clock: clock.wallClock)
        make = Fixtures(clock: clock)
        spool = AnswerSpool(folder: folder + "/enlace.sqlite.spool")
    }

    /// The same for another account.
    func reaching(_ provider: any Provider) -> RefreshCore {
        RefreshCore(copying: self, provider: provider)
    }

    private init(copying other: RefreshCore, provider: any Provider) {
        store = other.store
        vault = other.vault
        clock = other.clock
        sandbox = other.sandbox
        applications = other.applications
        self.provider = provider
        make = other.make
        spool = other.spool
        ids = other.ids
    }

    /// A refresher as a process has it after its start, or one whose keyring is another.
    func refresher(keyRing: KeyRing? = nil) -> TokenRefresher {
        let time = clock.wallClock
        let vault = keyRing.map { Vault(keyRing: $0, store: store, ids: ids, clock: time) } ?? vault
        let applications = Applications(
            store: store, vault: vault,
            address: PublicAddress(base: "http://127.0.0.1:8080", keyRing: vault.keyRing), ids: ids, clock: time)
        return TokenRefresher(
            store: store, vault: vault, applications: applications,
            applicationTokens: ApplicationTokens(
                applications: applications, oauth: provider, accounts: provider, clock: time),
            oauth: provider, accounts: provider,
            notices: SellerNotices(store: store, vault: vault, ids: ids, clock: time), spool: spool, ids: ids,
            clock: time, sleeper: ContinuousClock(), directory: ProxyDirectory(), logger: LogCapture().logger())
    }

    /// The sweep of a refresher; it waits for nothing.
    func sweep(_ refresher: TokenRefresher) -> RefreshSweep {
        RefreshSweep(
            store: store, refresher: refresher, wallClock: clock.wallClock, clock: InstantClock(),
            logger: LogCapture().logger())
    }

    /// Why an application's tokens are not renewed ahead of expiry just now.
    func stopReason(_ application: Application) async throws -> String? {
        try await applications.application(application.id).refreshStop?.reason
    }

    /// Lets an application's tokens be renewed again.
    func resume(_ application: Application, _ refresher: TokenRefresher) async throws {
        try await refresher.resume(application.id, by: owner)
    }

    /// Puts the right client secret in the place of a wrong one and lets the tokens be renewed again.
    func replaceSecret(of application: Application, _ refresher: TokenRefresher) async throws {
        _ = try await applications.addSecret(
            .client, value: sandbox.application.clientSecret, of: application.id, overlap: .zero, by: owner)
        try await resume(application, refresher)
    }

    /// How many connections stand where.
    func states(_ connections: [ConnectionID]) async throws -> [Connection.State: Int] {
        var states: [Connection.State: Int] = [:]
        for connection in connections { states[try await self.connection(connection).state, default: 0] += 1 }
        return states
    }

    /// The sandbox's application.
    func application(secret: Secret<String>? = nil) async throws -> Application {
        try await applications.create(
            NewApplication(
                name: "Till", brand: "Till", supportContact: nil, site: SiteID("MLA")!, mode: .live,
                clientID: sandbox.application.clientID, clientSecret: secret ?? sandbox.application.clientSecret,
                webhookSecret: nil, pkce: .required, returnURLs: []),
            by: owner)
    }

    /// A linked connection that holds an account's first pair.
    func link(_ account: LiveSandbox.Account, with application: Application) async throws -> ConnectionID {
        let sellers = Sellers(
            store: store, vault: vault, ids: ids, clock: clock.wallClock, directory: ProxyDirectory())
        let seller = try await sellers.create(name: "Kiosco", externalRef: nil, by: owner)
        let connection = make.connection(
            of: seller.id, with: application.id, user: account.user.rawValue, state: .linked)
        let sealer = try await vault.sealer(for: .seller(seller.id))
        let row = connection.id.ulid
        try await store.establish(
            connection,
            tokens: StoredTokens(
                connection: connection.id, generation: 1,
                access: try sealer.seal(Secret(account.access), .accessToken, row: row),
                refresh: try sealer.seal(Secret(account.refresh), .refreshToken, row: row), issuedAt: clock.now,
                expiresAt: clock.now + .seconds(180 * 86_400)),
            finishing: nil, event: nil, as: make.change(.connectionLinked))
        return connection.id
    }

    /// The connection as the database holds it.
    func connection(_ id: ConnectionID) async throws -> Connection { try await refresher().connection(id) }

    /// The pair's access token as the database holds it, opened.
    func access(_ id: ConnectionID) async throws -> AccessToken {
        let refresher = refresher()
        return try await refresher.opened(try await refresher.stored(id))
    }

    /// The journal's lines of all generations.
    func journal(_ id: ConnectionID) async throws -> [Judge.Line] {
        var lines: [Judge.Line] = []
        for generation in 1...max(1, try await refresher().stored(id).generation) {
            lines += try await store.refreshes(of: id, generation: generation).reversed().map {
                Judge.Line(generation: generation, isLastTry: $0.isLastTry, state: $0.state)
            }
        }
        return lines
    }

    private var owner: Caller {
        Caller(
            principal: Principal(
                APIKey(
                    id: ids.next(), name: "test", mode: .live, scopes: Set(Scope.allCases), seller: nil, secretHash: [],
                    createdAt: clock.now, expiresAt: nil, revokedAt: nil)),
            request: "req_test")
    }
}

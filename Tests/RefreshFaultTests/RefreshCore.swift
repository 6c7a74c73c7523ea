import Logging
import StoreSQLite
import TestSupport

@testable import Gateway

/// What refreshing needs, over a real store.
struct RefreshCore: Sendable {
    private let store: SQLiteStore
    private let vault: Vault
    private let applications: Applications
    private let provider: RotatingProvider
    private let clock: ManualClock
    private let make: Fixtures
    private let spool: AnswerSpool
    private let ids: IdentifierSource

    init(
        folder: String, keyRing: KeyRing, store: SQLiteStore, provider: RotatingProvider, clock: ManualClock
    ) async throws {
        self.store = store
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

    /// A refresher as a process has it after its start.
    func refresher() -> TokenRefresher {
        let time = clock.wallClock
        return TokenRefresher(
            store: store, vault: vault, applications: applications,
            applicationTokens: ApplicationTokens(
                applications: applications, oauth: provider, accounts: provider, clock: time),
            oauth: provider, accounts: provider,
            notices: SellerNotices(store: store, vault: vault, ids: ids, clock: time), spool: spool, ids: ids,
            clock: time, sleeper: ContinuousClock(), directory: ProxyDirectory(), logger: LogCapture().logger())
    }

    /// A linked connection that holds this pair.
    func link(access: String, refresh: String) async throws -> ConnectionID {
        let owner = Caller(
            principal: Principal(
                APIKey(
                    id: ids.next(), name: "test", mode: .live, scopes: Set(Scope.allCases), seller: nil, secretHash: [],
                    createdAt: clock.now, expiresAt: nil, revokedAt: nil)),
            request: "req_test")
        let sellers = Sellers(
            store: store, vault: vault, ids: ids, clock: clock.wallClock, directory: ProxyDirectory())
        let seller = try await sellers.create(name: "Kiosco", externalRef: nil, by: owner)
        let application = try await applications.create(
            NewApplication(
                name: "Till", brand: "Till", supportContact: nil, site: SiteID("MLA")!, mode: .live, clientID: "123",
                clientSecret: Secret("a-client-secret"), webhookSecret: nil, pkce: .required, returnURLs: []),
            by: owner)
        let connection = make.connection(of: seller.id, with: application.id, state: .linked)
        let sealer = try await vault.sealer(for: .seller(seller.id))
        let row = connection.id.ulid
        try await store.establish(
            connection,
            tokens: StoredTokens(
                connection: connection.id, generation: 1,
                access: try sealer.seal(Secret(access), .accessToken, row: row),
                refresh: try sealer.seal(Secret(refresh), .refreshToken, row: row), issuedAt: clock.now,
                expiresAt: clock.now + .seconds(180 * 86_400)),
            finishing: nil, as: make.change(.connectionLinked))
        return connection.id
    }

    /// The pair that the database holds, opened.
    func stored(_ connection: ConnectionID) async throws -> (access: String, refresh: String?) {
        let refresher = refresher()
        let tokens = try await refresher.stored(connection)
        let access = try await refresher.opened(tokens).value.reveal { $0 }
        let seller = try await refresher.connection(connection).seller
        var refresh: String?
        if let sealed = tokens.refresh {
            refresh = try await refresher.open(sealed, .refreshToken, connection, seller).text.reveal { $0 }
        }
        return (access, refresh)
    }

    /// Where the connection stands.
    func state(of connection: ConnectionID) async throws -> Connection.State {
        try await refresher().connection(connection).state
    }
}

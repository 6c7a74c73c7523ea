import AsyncHTTPClient
import Foundation
import Gateway
import Hummingbird
import HummingbirdTesting
import Logging
import StoreSQLite
import TestSupport

@testable import GatewayHTTP

/// The real core over a real SQLite file in a folder of its own; only the provider is made up.
struct TestGateway: Sendable {
    /// The time of everything that is stored; starts at the present, because pages of links look at the system's clock.
    let clock: ManualClock
    /// What the provider answers.
    let provider: FakeProvider
    /// Whatever is logged.
    let logs: LogCapture
    /// What the routes are made of; applications, sellers and keys are made through it.
    let services: GatewayServices
    /// Registers webhooks when told to; nothing runs in the background.
    let registrar: WebhookRegistrar

    /// Routes what is parked when told to.
    let parked: ParkedNotifications

    /// All routes, as the server builds them.
    var router: GatewayRouter {
        GatewayRouter(services: services, metrics: PrometheusMetricsFactory(), clock: clock.wallClock)
    }

    /// Makes a key past the API, and gives its text.
    ///
    /// - Parameters:
    ///   - scopes: What it may do; every scope unless told otherwise.
    ///   - seller: The one seller it reaches.
    ///   - mode: Its world.
    func key(
        _ scopes: Set<Scope> = Set(Scope.allCases), seller: SellerID? = nil, mode: Mode = .test
    ) async throws -> String {
        let maker = Principal(
            APIKey(
                id: ids.next(), name: "test", mode: mode, scopes: Set(Scope.allCases), seller: nil, secretHash: [],
                createdAt: clock.now, expiresAt: nil, revokedAt: nil))
        let made = try await services.keys.create(
            name: "test", mode: mode, scopes: scopes, seller: seller, expiresAt: nil,
            by: Caller(principal: maker, request: "req_test"))
        return made.text.reveal { $0 }
    }

    /// Renews what is due when told to.
    let sweep: RefreshSweep
    /// Tells of ends when told to.
    let expiries: ExpiryWorker
    /// Hands out access tokens.
    let refresher: TokenRefresher
    /// Ends connections when a test says so.
    let endings: ConnectionEndWorker
    /// What the proxy leaves of calls.
    let callLog = CallLog()
    /// Writes it down when a test says so.
    let callLogWorker: CallLogWorker
    /// Wraps data keys anew when told to.
    let rewrapWorker: RewrapWorker
    /// Ends the waits that bound calls of the provider when told to.
    let patience = PatienceClock()
    /// The keyring's file.
    let keyRingFile: KeyRingFile
    private let ids: IdentifierSource

    /// Opens everything in `folder`.
    ///
    /// - Parameters:
    ///   - folder: Where database and keyring go.
    ///   - address: The `public_url`.
    ///   - client: What the proxy calls the provider with.
    ///   - upstream: Where the proxy finds the provider; by default a port that nobody listens on.
    fileprivate init(folder: String, address: String, client: HTTPClient, upstream: String) async throws {
        clock = ManualClock(WallClock.system.now)
        provider = FakeProvider()
        logs = LogCapture()
        let time = clock.wallClock
        let logger = logs.logger()
        ids = IdentifierSource(clock: time, random: .system)
        let file = KeyRingFile(path: folder + "/enlace.keyring")
        try file.create(clock: time, random: .system)
        keyRingFile = file
        let keyRing = try file.read()
        let seal = AuditSeal(keyRing)
        let store = try await SQLiteStore.open(
            at: folder + "/enlace.sqlite", seal: seal, clock: time, logger: logger)
        let vault = Vault(keyRing: keyRing, store: store, ids: ids, clock: time)
        try await vault.start()
        let base = PublicAddress(base: address, keyRing: keyRing)
        let directory = ProxyDirectory()
        let wakeup = Wakeup()
        rewrapWorker = RewrapWorker(
            store: store, vault: vault, wakeup: Wakeup(), clock: ContinuousClock(), logger: logger)
        let notices = SellerNotices(store: store, vault: vault, ids: ids, clock: time)
        let drafts = NotificationDrafts(sellers: store, vault: vault, reader: provider, ids: ids)
        let applications = Applications(store: store, vault: vault, address: base, ids: ids, clock: time)
        let tokens = ApplicationTokens(
            applications: applications, oauth: provider, accounts: provider, clock: time)
        refresher = TokenRefresher(
            store: store, vault: vault, applications: applications, applicationTokens: tokens, oauth: provider,
            accounts: provider, notices: notices, spool: AnswerSpool(folder: folder + "/spool"), ids: ids, clock: time,
            sleeper: ContinuousClock(), directory: directory, logger: logger)
        parked = ParkedNotifications(
            store: store, vault: vault, drafts: drafts, clock: time, deliveries: wakeup, logger: logger)
        registrar = WebhookRegistrar(
            store: store, vault: vault, address: base, webhooks: provider, refresher: refresher, notices: notices,
            parked: parked, ids: ids, wallClock: time, clock: ContinuousClock(), directory: directory, logger: logger)
        let connections = Connections(
            store: store, vault: vault, applications: applications, applicationTokens: tokens, accounts: provider,
            refresher: refresher, registrar: registrar, notices: notices, ids: ids, clock: time,
            directory: directory, logger: logger)
        sweep = RefreshSweep(
            store: store, refresher: refresher, wallClock: time, clock: ContinuousClock(), logger: logger)
        expiries = ExpiryWorker(
            store: store, refresher: refresher, notices: notices, wallClock: time, clock: ContinuousClock(),
            logger: logger)
        let ending = Wakeup()
        endings = ConnectionEndWorker(
            store: store, connections: connections, wakeup: ending, wallClock: time, clock: ContinuousClock(),
            logger: logger)
        callLogWorker = CallLogWorker(
            log: callLog, store: store, wallClock: time, clock: ContinuousClock(), logger: logger)
        let routes = [
            ProxyRoute("GET", "/users/me"), ProxyRoute("GET", "/intents/{name}", isPolled: true),
            ProxyRoute("POST", "/devices/{name}/payment-intents"),
            ProxyRoute("POST", "/v1/orders", needsIdempotencyKey: true),
        ]
        let policy = ProxyPolicy(
            directory: directory,
            routes: try ProxyRouteTable(routes: routes, ownedPaths: [:])
                .adding([ProxyRouteAddition("1234567890 GET /v1/promotions/{number}")]),
            headers: HeaderPolicy(
                requestAllowed: ["accept", "content-type", "x-idempotency-key"],
                responseAllowed: ["content-type", "retry-after"], requestSet: [],
                idempotencyHeader: "x-idempotency-key"),
            keyRing: keyRing, clock: time, monotonic: clock.monotonic, random: .system, logger: logger)
        let sellers = Sellers(store: store, vault: vault, ids: ids, clock: time, directory: directory)
        let deliveries = Deliveries(store: store, vault: vault, ids: ids, clock: time, wakeup: wakeup)
        let linker = AccountLinker(
            store: store, vault: vault, applications: applications, connections: connections, oauth: provider,
            accounts: provider, refresher: refresher, spool: AnswerSpool(folder: folder + "/spool/exchanges"),
            ids: ids, clock: time, sleeper: ContinuousClock(), random: .system, logger: logger)
        let rotation = KeyRotation(
            source: .file(file), store: store, vault: vault, ids: ids, wallClock: time, rewrapping: Wakeup(),
            clock: ContinuousClock())
        let links = OnboardingLinks(
            store: store, applications: applications, address: base, ids: ids, clock: time, random: .system)
        let endpoints = Endpoints(
            store: store, vault: vault, sender: provider, notices: notices, ids: ids, clock: time, random: .system,
            deliveries: wakeup)
        let arrivals = Arrivals()
        services = GatewayServices(
            store: store, keyRing: keyRing, address: base,
            sellers: sellers,
            applications: applications, applicationTokens: tokens,
            keys: APIKeys(
                store: store, keyRing: keyRing, ids: ids, clock: time, random: .system, directory: directory),
            keyRotation: rotation,
            links: links,
            linker: linker,
            linkRequests: LinkRequests(
                store: store, linker: linker, notices: notices, ids: ids, clock: time, deliveries: wakeup),
            statusLinks: StatusLinks(
                store: store, applications: applications, connections: connections, address: base, keyRing: keyRing,
                ids: ids, clock: time),
            connections: connections,
            imports: GrantImports(
                store: store, vault: vault, applications: applications, connections: connections, accounts: provider,
                registrar: registrar, sweep: sweep, expiries: expiries, ids: ids, clock: time),
            readiness: ReadinessChecks(
                store: store, applications: applications, refresher: refresher, terminals: provider,
                webhooks: provider, address: base, ids: ids, clock: time, sleeper: patience, logger: logger),
            erasures: Erasures(
                store: store, list: ErasureList(path: folder + "/enlace.erased"), connections: connections,
                vault: vault, notices: notices, ids: ids, clock: time, directory: directory, deliveries: wakeup,
                logger: logger),
            backups: Backups(
                store: store, folder: BackupFolder(path: folder + "/backups", keep: 3), vault: vault, ids: ids,
                clock: time, logger: logger),
            restores: Restores(
                store: store, vault: vault, ids: ids, clock: time, deliveries: wakeup, logger: logger),
            panic: Panic(
                store: store, vault: vault, keyRotation: rotation, applications: applications, links: links,
                registrar: registrar, ids: ids, clock: time, random: .system, directory: directory, logger: logger),
            export: SellerExport(
                store: store, sellers: sellers, vault: vault, ids: ids, clock: time),
            endpoints: endpoints,
            events: Events(store: store, vault: vault, ids: ids, clock: time),
            feed: EventFeed(
                store: store, vault: vault, arrivals: arrivals, ids: ids, clock: time, sleeper: ContinuousClock()),
            deliveries: deliveries,
            audit: Audit(store: store, seal: seal, ids: ids, clock: time),
            calls: Calls(store: store),
            replays: Replays(
                store: store, endpoints: endpoints, ids: ids, clock: time, wakeup: Wakeup()),
            checks: SetupChecks(
                store: store, applications: applications, tokens: tokens, rotation: rotation, address: base,
                spools: [AnswerSpool(folder: folder + "/spool")],
                freeBytes: { DiskSpace.left(besideFile: folder + "/enlace.sqlite") }, upstream: provider,
                probe: provider, topics: ["payment"], clock: time, random: .system),
            receiver: NotificationReceiver(
                store: store, vault: vault, applications: applications, address: base, reader: provider,
                drafts: drafts, deliveries: wakeup, proofs: Wakeup(), arrivals: arrivals, endings: ending,
                logger: logger),
            proxy: ProxyLane(
                policy: policy,
                resolver: ProxyResolver(store: store, refresher: refresher, directory: directory, clock: time),
                renewal: ProxyRenewal(
                    refresher: refresher, directory: directory, clock: time, monotonic: clock.monotonic
                ) { _, body in String(decoding: body, as: UTF8.self).contains("invalid_token") },
                calls: callLog, clock: time, monotonic: clock.monotonic, client: client, upstream: upstream,
                answerTimeout: .seconds(30)))
    }
}

/// Opens a gateway in a new folder, lends it with a client of its public router, and closes it.
func withGateway(
    address: String = "http://127.0.0.1:8080", upstream: String = "http://127.0.0.1:9",
    _ body: @Sendable (TestGateway, any TestClientProtocol) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        // As the server makes it.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(configuration: configuration)
        do {
            let gateway = try await TestGateway(
                folder: folder.path, address: address, client: client, upstream: upstream)
            let application = Hummingbird.Application(
                router: gateway.router.publicRouter(), logger: gateway.logs.logger())
            do {
                try await application.test(.router) { client in try await body(gateway, client) }
                await close(gateway)
            } catch {
                await close(gateway)
                throw error
            }
            try await client.shutdown()
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}

// A test that takes the store away has closed it, and a store is closed once.
private func close(_ gateway: TestGateway) async {
    if await gateway.services.store.isWritable() { await gateway.services.store.close() }
}

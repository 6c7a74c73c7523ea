public import Gateway
import Hummingbird

/// What the routes are made of.
public struct GatewayServices: Sendable {
    let store: any Store
    let hashing: KeyedHash
    let address: PublicAddress
    let sellers: Sellers
    let applications: Applications
    let applicationTokens: ApplicationTokens
    let keys: APIKeys
    let keyRotation: KeyRotation
    let links: OnboardingLinks
    let linker: AccountLinker
    let linkRequests: LinkRequests
    let statusLinks: StatusLinks
    let connections: Connections
    let imports: GrantImports
    let readiness: ReadinessChecks
    let erasures: Erasures
    let backups: Backups
    let restores: Restores
    let panic: Panic
    let export: SellerExport
    let endpoints: Endpoints
    let events: Events
    let feed: EventFeed
    let deliveries: Deliveries
    let audit: Audit
    let calls: Calls
    let replays: Replays
    let checks: SetupChecks
    let receiver: NotificationReceiver
    let proxy: ProxyLane

    /// Takes the core's services.
    public init(
        store: any Store, keyRing: KeyRing, address: PublicAddress, sellers: Sellers, applications: Applications,
        applicationTokens: ApplicationTokens, keys: APIKeys, keyRotation: KeyRotation, links: OnboardingLinks,
        linker: AccountLinker, linkRequests: LinkRequests, statusLinks: StatusLinks, connections: Connections,
        imports: GrantImports, readiness: ReadinessChecks, erasures: Erasures, backups: Backups, restores: Restores,
        panic: Panic,
        export: SellerExport,
        endpoints: Endpoints, events: Events, feed: EventFeed, deliveries: Deliveries, audit: Audit, calls: Calls,
        replays: Replays,
        checks: SetupChecks, receiver: NotificationReceiver, proxy: ProxyLane
    ) {
        self.store = store
        hashing = keyRing.hashing
        self.address = address
        self.sellers = sellers
        self.applications = applications
        self.applicationTokens = applicationTokens
        self.keys = keys
        self.keyRotation = keyRotation
        self.links = links
        self.linker = linker
        self.linkRequests = linkRequests
        self.statusLinks = statusLinks
        self.connections = connections
        self.imports = imports
        self.readiness = readiness
        self.erasures = erasures
        self.backups = backups
        self.restores = restores
        self.panic = panic
        self.export = export
        self.endpoints = endpoints
        self.events = events
        self.feed = feed
        self.deliveries = deliveries
        self.audit = audit
        self.calls = calls
        self.replays = replays
        self.checks = checks
        self.receiver = receiver
        self.proxy = proxy
    }
}

/// The one list of all routes.
public struct GatewayRouter: Sendable {
    private let services: GatewayServices
    private let metrics: PrometheusMetricsFactory
    private let clock: WallClock

    /// Takes what the routes use.
    public init(services: GatewayServices, metrics: PrometheusMetricsFactory, clock: WallClock) {
        self.services = services
        self.metrics = metrics
        self.clock = clock
    }

    /// What only the operator's network reaches.
    func internalRouter() -> Router<GatewayRequestContext> {
        let router = Router(context: GatewayRequestContext.self)
        router.add(middleware: RequestRecords())
        router.add(middleware: ErrorResponses())
        router.add(middleware: RequestTargets())
        health.addInternal(to: router)
        return router
    }

    /// What the world reaches.
    func publicRouter() -> Router<GatewayRequestContext> {
        let router = Router(context: GatewayRequestContext.self)
        router.add(middleware: RequestRecords())
        router.add(middleware: ErrorResponses())
        router.add(middleware: RequestTargets())
        health.addPublic(to: router)
        IngestRoutes(receiver: services.receiver, clock: clock).add(to: router)
        let linking = LinkingRoutes(
            linker: services.linker, requests: services.linkRequests, applications: services.applications,
            readiness: services.readiness, address: services.address)
        linking.add(to: router)
        StatusRoutes(links: services.statusLinks, linking: linking).add(to: router)
        ProxyRoutes(lane: services.proxy).add(to: router)
        router.post("/v1/keys/revoke-leaked") { request, context in
            let body = Array(buffer: try await request.body.collect(upTo: 4096))
            let leaked = try LeakedKeyPayload.read(body)
            try await services.keys.revokeLeaked(leaked.key, request: context.requestID)
            return Response(status: .accepted, headers: [.cacheControl: "no-store"])
        }
        addAPI(to: router)
        router.add(middleware: OtherMethods(router.routes))
        return router
    }

    private var health: HealthRoutes { HealthRoutes(store: services.store, metrics: metrics, clock: clock) }

    private func addAPI(to router: Router<GatewayRequestContext>) {
        let group = router.group("/v1").add(middleware: Authentication(keys: services.keys))
            .group(context: AuthenticatedContext.self)
        let api = APIRoutes(
            router: group,
            repetitions: Repetitions(hashing: services.hashing, idempotency: services.store, clock: clock))
        SellerRoutes(
            sellers: services.sellers, links: services.links, connections: services.connections, clock: clock
        ).add(to: api)
        ImportRoutes(
            imports: services.imports, sellers: services.sellers, connections: services.connections, clock: clock
        ).add(to: api)
        StatusLinkRoutes(links: services.statusLinks, sellers: services.sellers).add(to: api)
        ReadinessRoutes(readiness: services.readiness, sellers: services.sellers).add(to: api)
        ErasureRoutes(erasures: services.erasures, export: services.export, clock: clock).add(to: api)
        ApplicationRoutes(
            applications: services.applications, tokens: services.applicationTokens, connections: services.connections,
            imports: services.imports, clock: clock
        ).add(to: api)
        EndpointRoutes(endpoints: services.endpoints, sellers: services.sellers).add(to: api)
        DeliveryRoutes(events: services.events, deliveries: services.deliveries, sellers: services.sellers)
            .add(to: api)
        FeedRoutes(feed: services.feed, sellers: services.sellers).add(to: api)
        KeyRoutes(keys: services.keys).add(to: api)
        KeyringRoutes(rotation: services.keyRotation).add(to: api)
        BackupRoutes(backups: services.backups).add(to: api)
        RestoreRoutes(restores: services.restores).add(to: api)
        PanicRoutes(panic: services.panic).add(to: api)
        AuditRoutes(audit: services.audit).add(to: api)
        CallRoutes(calls: services.calls).add(to: api)
        JobRoutes(replays: services.replays).add(to: api)
        CheckRoutes(checks: services.checks).add(to: api)
    }
}

import DeliveryHTTP
import Gateway
import GatewayHTTP
import Logging

/// The core's services, made from the settings, each given what it uses.
struct Core: Sendable {
    let store: any Store
    let vault: Vault
    let upstream: Upstream
    let directory = ProxyDirectory()
    let deliveryWakeup = Wakeup()
    let address: PublicAddress
    let sellers: Sellers
    let applications: Applications
    let applicationTokens: ApplicationTokens
    let keys: APIKeys
    let keyRotation: KeyRotation
    let rewrapWorker: RewrapWorker
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
    let restoreWorker: RestoreWorker
    let panic: Panic
    let backupWorker: BackupWorker?
    let export: SellerExport
    let endpoints: Endpoints
    let events: Events
    let feed: EventFeed
    let deliveries: Deliveries
    let audit: Audit
    let callLog = CallLog()
    let calls: Calls
    let callLogWorker: CallLogWorker
    let checks: SetupChecks
    let receiver: NotificationReceiver
    let refresher: TokenRefresher
    let sweep: RefreshSweep
    let expiries: ExpiryWorker
    let endings: ConnectionEndWorker
    let registrar: WebhookRegistrar
    let proofWorker: ProofWorker
    let deliveryWorker: DeliveryWorker
    let replays: Replays
    let jobWorker: JobWorker
    let rescuer: Rescuer
    let retentionWorker: RetentionWorker

    /// Opens keyring and store, proves that they belong together, and wires everything.
    ///
    /// A store that is opened already, with its keyring, is taken as it is, and closed where this throws.
    ///
    /// - Throws: what is wrong with the keyring, the store or a file named in the settings.
    init(
        _ settings: GatewaySettings, logger: Logger, keyRing given: KeyRing? = nil, store opened: (any Store)? = nil
    ) async throws {
        let clock = WallClock.system
        let random = RandomSource.system
        let ids = IdentifierSource(clock: clock, random: random)
        let sleeper = ContinuousClock()
        let keyRing = if let given { given } else { try await settings.keyring.source.read(clock: sleeper) }
        let seal = AuditSeal(keyRing)
        // Before anything is open that would have to be closed: a file named in the settings may be missing.
        let sender = try makeSender(settings.delivery, publicURL: settings.publicURL, clock: clock)
        let folder = BackupFolder(path: settings.backup.folder, keep: settings.backup.keep)
        let store =
            if let opened { opened } else {
                try await chooseStore(
                    settings, seal: seal, backup: MigrationBackup(folder: folder, keyRing: keyRing, clock: clock),
                    clock: clock, logger: logger)
            }
        do {
            vault = Vault(keyRing: keyRing, store: store, ids: ids, clock: clock)
            try await vault.start()
            upstream = try Upstream(settings.upstream, routes: settings.proxy.routes)
        } catch {
            await store.close()
            throw error
        }
        self.store = store
        address = PublicAddress(base: settings.publicURL, keyRing: keyRing)
        let notices = SellerNotices(store: store, vault: vault, ids: ids, clock: clock)
        let drafts = NotificationDrafts(sellers: store, vault: vault, reader: upstream.reader, ids: ids)

        sellers = Sellers(store: store, vault: vault, ids: ids, clock: clock, directory: directory)
        applications = Applications(store: store, vault: vault, address: address, ids: ids, clock: clock)
        applicationTokens = ApplicationTokens(
            applications: applications, oauth: upstream.oauth, accounts: upstream.accounts, clock: clock)
        keys = APIKeys(
            store: store, keyRing: keyRing, ids: ids, clock: clock, random: random, directory: directory)
        let rewrapping = Wakeup()
        keyRotation = KeyRotation(
            source: settings.keyring.source, store: store, vault: vault, ids: ids, wallClock: clock,
            rewrapping: rewrapping, clock: sleeper)
        rewrapWorker = RewrapWorker(store: store, vault: vault, wakeup: rewrapping, clock: sleeper, logger: logger)
        links = OnboardingLinks(
            store: store, applications: applications, address: address, ids: ids, clock: clock, random: random)
        refresher = TokenRefresher(
            store: store, vault: vault, applications: applications, applicationTokens: applicationTokens,
            oauth: upstream.oauth, accounts: upstream.accounts, notices: notices,
            spool: AnswerSpool(folder: settings.databasePath + ".spool"), ids: ids, clock: clock,
            sleeper: sleeper, directory: directory, logger: logger)
        sweep = RefreshSweep(
            store: store, refresher: refresher, wallClock: clock, clock: sleeper, logger: logger)
        expiries = ExpiryWorker(
            store: store, refresher: refresher, notices: notices, wallClock: clock, clock: sleeper, logger: logger)
        let parked = ParkedNotifications(
            store: store, vault: vault, drafts: drafts, clock: clock, deliveries: deliveryWakeup, logger: logger)
        registrar = WebhookRegistrar(
            store: store, vault: vault, address: address, webhooks: upstream.webhooks, refresher: refresher,
            notices: notices, parked: parked, ids: ids, wallClock: clock, clock: sleeper, directory: directory,
            logger: logger)
        connections = Connections(
            store: store, vault: vault, applications: applications, applicationTokens: applicationTokens,
            accounts: upstream.accounts, refresher: refresher, registrar: registrar, notices: notices, ids: ids,
            clock: clock, directory: directory, logger: logger)
        let ending = Wakeup()
        endings = ConnectionEndWorker(
            store: store, connections: connections, wakeup: ending, wallClock: clock, clock: sleeper, logger: logger)
        imports = GrantImports(
            store: store, vault: vault, applications: applications, connections: connections,
            accounts: upstream.accounts, registrar: registrar, sweep: sweep, expiries: expiries, ids: ids, clock: clock)
        readiness = ReadinessChecks(
            store: store, applications: applications, refresher: refresher, terminals: upstream.terminals,
            webhooks: upstream.webhooks, address: address, ids: ids, clock: clock, sleeper: sleeper, logger: logger)
        erasures = Erasures(
            store: store, list: ErasureList(path: settings.erasuresPath), connections: connections, vault: vault,
            notices: notices, ids: ids, clock: clock, directory: directory, deliveries: deliveryWakeup, logger: logger)
        let backups = Backups(
            store: store, folder: folder, vault: vault, ids: ids, clock: clock, logger: logger)
        self.backups = backups
        backupWorker = settings.backup.age.map { age in
            BackupWorker(backups: backups, age: age, wallClock: clock, clock: sleeper, logger: logger)
        }
        panic = Panic(
            store: store, vault: vault, keyRotation: keyRotation, applications: applications, links: links,
            registrar: registrar, ids: ids, clock: clock, random: random, directory: directory, logger: logger)
        restores = Restores(
            store: store, vault: vault, ids: ids, clock: clock, deliveries: deliveryWakeup, logger: logger)
        restoreWorker = RestoreWorker(
            store: store, refresher: refresher, wallClock: clock, clock: sleeper, logger: logger)
        linker = AccountLinker(
            store: store, vault: vault, applications: applications, connections: connections, oauth: upstream.oauth,
            accounts: upstream.accounts, refresher: refresher,
            spool: AnswerSpool(folder: settings.databasePath + ".spool/exchanges"), ids: ids, clock: clock,
            sleeper: sleeper, random: random, logger: logger)
        linkRequests = LinkRequests(
            store: store, linker: linker, notices: notices, ids: ids, clock: clock, deliveries: deliveryWakeup)
        statusLinks = StatusLinks(
            store: store, applications: applications, connections: connections, address: address, keyRing: keyRing,
            ids: ids, clock: clock)
        endpoints = Endpoints(
            store: store, vault: vault, sender: sender, notices: notices, ids: ids, clock: clock, random: random,
            deliveries: deliveryWakeup)
        events = Events(store: store, vault: vault, ids: ids, clock: clock)
        let arrivals = Arrivals()
        let proofWakeup = Wakeup()
        feed = EventFeed(
            store: store, vault: vault, arrivals: arrivals, ids: ids, clock: clock, sleeper: sleeper)
        deliveries = Deliveries(store: store, vault: vault, ids: ids, clock: clock, wakeup: deliveryWakeup)
        audit = Audit(store: store, seal: seal, ids: ids, clock: clock)
        calls = Calls(store: store)
        callLogWorker = CallLogWorker(
            log: callLog, store: store, wallClock: clock, clock: ContinuousClock(), logger: logger)
        checks = SetupChecks(
            store: store, applications: applications, tokens: applicationTokens, rotation: keyRotation,
            address: address,
            spools: ["", "/exchanges"].map { AnswerSpool(folder: "\(settings.databasePath).spool\($0)") },
            freeBytes: { DiskSpace.left(besideFile: settings.databasePath) }, upstream: upstream.time,
            probe: HTTPAddressProbe(), topics: upstream.topics, clock: clock, random: random)
        export = SellerExport(
            store: store, sellers: sellers, vault: vault, ids: ids, clock: clock)
        receiver = NotificationReceiver(
            store: store, vault: vault, applications: applications, address: address, reader: upstream.reader,
            drafts: drafts, deliveries: deliveryWakeup, proofs: proofWakeup, arrivals: arrivals, endings: ending,
            logger: logger)
        proofWorker = ProofWorker(
            store: store, resources: upstream.resources, refresher: refresher, vault: vault, notices: notices,
            wakeup: proofWakeup, deliveries: deliveryWakeup, arrivals: arrivals, wallClock: clock, clock: sleeper,
            logger: logger)
        deliveryWorker = DeliveryWorker(
            store: store, sender: sender, vault: vault,
            requests: DeliveryRequests(vault: vault, forwarder: upstream.forwarder), notices: notices,
            schedule: settings.delivery.retryWaits.map { RetrySchedule(waits: $0) } ?? .standard,
            wakeup: deliveryWakeup, wallClock: clock, clock: sleeper, random: random, logger: logger)
        rescuer = Rescuer(
            store: store, parked: parked, deliveries: deliveryWakeup, wallClock: clock, clock: sleeper,
            logger: logger)
        let jobs = Wakeup()
        replays = Replays(store: store, endpoints: endpoints, ids: ids, clock: clock, wakeup: jobs)
        jobWorker = JobWorker(
            store: store, notices: notices, wakeup: jobs, deliveries: deliveryWakeup, wallClock: clock,
            clock: sleeper, logger: logger)
        retentionWorker = RetentionWorker(
            rules: settings.retention.rules, store: store, vault: vault, wallClock: clock, monotonic: .system,
            clock: sleeper, logger: logger)
        do {
            // Before anything is served: a backup that was restored may hold what was destroyed since (invariant 9).
            try await erasures.applyList()
            try await panic.resume()
            try await rescuer.takeOver()
        } catch {
            try? await upstream.shutdown()
            await store.close()
            throw error
        }
    }

    /// The proxy's policy over the caches that the services keep true.
    func proxyPolicy(_ limits: ProxyLimits, logger: Logger) -> ProxyPolicy {
        ProxyPolicy(
            directory: directory, routes: upstream.routes, headers: upstream.headers, keyRing: vault.keyRing,
            limits: limits, clock: .system, monotonic: .system, random: .system, logger: logger)
    }

    /// What renews a token that the provider refused.
    func proxyRenewal() -> ProxyRenewal {
        ProxyRenewal(
            refresher: refresher, directory: directory, clock: .system, monotonic: .system,
            isTokenRefused: upstream.isTokenRefused)
    }

    /// What fills the policy's caches.
    func proxyResolver() -> ProxyResolver {
        ProxyResolver(store: store, refresher: refresher, directory: directory, clock: .system)
    }
}

private func makeSender(
    _ settings: DeliverySettings, publicURL: String, clock: WallClock
) throws -> HTTPWebhookSender {
    try HTTPWebhookSender(
        configuration: DeliveryConfiguration(
            allowedPorts: Set(settings.allowedPorts), allowLoopback: settings.allowLoopback, caFile: settings.caFile,
            publicURL: publicURL),
        clock: clock)
}

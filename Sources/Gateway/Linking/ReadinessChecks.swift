public import Logging
import Metrics

/// A seller's readiness with what it was judged by.
public struct ReadinessReport: Sendable {
    /// Whose.
    public let seller: Seller
    /// The connection that was looked at; `nil` where the seller was never linked.
    public let connection: Connection?
    /// The connection's application.
    public let application: Application?
    /// The list.
    public let readiness: Readiness
    /// The terminals of the account; empty also where they could not be read.
    public let terminals: [Terminal]
    /// When it was judged.
    public let checkedAt: Timestamp
}

/// Looks at a seller's account at the provider and at what is stored, on demand, and judges its readiness.
///
/// Makes at most four calls with the seller's token, each bounded in time; what one of them does not bring leaves its
/// steps unknown and the others as they are. The token never leaves the call.
public struct ReadinessChecks: Sendable {
    /// What it reads and writes.
    public typealias Stores = ConnectionStore & TokenStore & AuditStore & ReadinessStore

    /// For how long each call may take.
    public static let patience = Duration.seconds(8)
    /// The same for a page that somebody waits for.
    public static let pagePatience = Duration.seconds(3)
    /// Enough for a seller's history.
    private static let mostConnections = Page(limit: 50)

    let store: any Stores
    let refresher: TokenRefresher
    let terminals: any UpstreamTerminals
    let clock: WallClock
    let sleeper: any Clock<Duration>
    let changes: ChangeMaker
    let logger: Logger
    let sights = UpstreamSights()
    let webhooks: any UpstreamWebhooks
    let address: PublicAddress
    private let applications: Applications

    /// Takes what it uses; `sleeper` is what bounds the calls.
    public init(
        store: any Stores, applications: Applications, refresher: TokenRefresher, terminals: any UpstreamTerminals,
        webhooks: any UpstreamWebhooks, address: PublicAddress, ids: IdentifierSource, clock: WallClock,
        sleeper: any Clock<Duration>, logger: Logger
    ) {
        self.store = store
        self.applications = applications
        self.refresher = refresher
        self.terminals = terminals
        self.webhooks = webhooks
        self.address = address
        self.clock = clock
        self.sleeper = sleeper
        self.logger = logger
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// The readiness of a seller's connection of the key's own mode.
    ///
    /// - Parameters:
    ///   - seller: Whose.
    ///   - application: Which connection is meant, where there are several.
    ///   - principal: Who asks.
    /// - Returns: The list with what it was judged by.
    /// - Throws: ``Problem/Code/connectionAmbiguous`` where there are several, ``Problem/Code/modeMismatch``,
    ///   ``Problem/Code/applicationNotFound``; never because the provider does not answer.
    public func report(
        on seller: Seller, application: ApplicationID?, for principal: Principal
    ) async throws(Problem) -> ReadinessReport {
        try principal.require(.read)
        let connection = try await connection(of: seller, application, for: principal)
        return try await report(on: seller, connection, patience: Self.patience)
    }

    /// The readiness of the connection that a shop owner has just made; for the page that shows it.
    public func report(on seller: Seller, page connection: Connection) async throws(Problem) -> ReadinessReport {
        try await report(on: seller, connection, patience: Self.pagePatience)
    }

    private func report(
        on seller: Seller, _ connection: Connection?, patience: Duration
    ) async throws(Problem) -> ReadinessReport {
        var evidence = ReadinessEvidence()
        var application: Application?
        do {
            evidence.endpoints = try await store.endpointSigns(of: seller.id)
            if let connection {
                evidence.link = ReadinessEvidence.Link(
                    connection: connection.id, state: connection.state, isHeld: connection.refreshHeld)
                evidence.modeChanges = try await store.modeChanges(of: seller.id)
                evidence.payments = try await store.span(
                    of: Readiness.paymentTypes, seller: seller.id, application: connection.application)
            }
        } catch { throw Problem(error) }
        if let connection {
            application = try await applications.application(connection.application)
            let sight = try await sight(of: connection, patience: patience)
            evidence.terminals = sight.terminals
            evidence.places = sight.places
            evidence.webhook = sight.webhook
        }
        let readiness = Readiness(evidence)
        for item in readiness.items {
            Counter(
                label: MetricName.readinessSteps.rawValue,
                dimensions: [("step", item.step.rawValue), ("state", item.state.rawValue)]
            ).increment()
        }
        return ReadinessReport(
            seller: seller, connection: connection, application: application, readiness: readiness,
            terminals: (try? evidence.terminals.get()) ?? [], checkedAt: clock.now)
    }

    /// The seller's connection that is meant: the active one of the key's mode, else the newest there was.
    func connection(
        of seller: Seller, _ wanted: ApplicationID?, for principal: Principal
    ) async throws(Problem) -> Connection? {
        if let wanted { try principal.requireMode(try await applications.application(wanted).mode) }
        let all: [Connection]
        do {
            all = try await store.connections(
                ConnectionFilter(seller: seller.id, application: wanted), page: Self.mostConnections)
        } catch { throw Problem(error) }
        var own: [Connection] = []
        for connection in all {
            let mode = try await applications.application(connection.application).mode
            if mode == principal.mode { own.append(connection) }
        }
        let active = own.filter(\.state.isActive)
        if active.isEmpty, let other = all.first(where: \.state.isActive) {
            try principal.requireMode(try await applications.application(other.application).mode)
        }
        guard active.count <= 1 else {
            throw Problem(
                .connectionAmbiguous, "The seller is linked with several applications. Name one in application.",
                extra: ["applications": active.map(\.application.description).joined(separator: " ")])
        }
        return active.first ?? own.first
    }
}

public import Logging
public import ServiceLifecycle

/// Registers each new connection's webhook at the provider and has it checked: the guide's step 3.
///
/// The integrator token is stored before the check, because the challenge arrives while our own call is open. No
/// store transaction is held meanwhile.
public struct WebhookRegistrar: Service {
    /// After this many tries in a row the connection is `linked` with its webhook `failed`; a person has to look.
    static let mostTries = 4
    /// The longest sleep without a ring.
    static let pollInterval = Duration.seconds(5)

    /// Rings when a connection was established.
    let wakeup = Wakeup()
    private let store: any ConnectionStore
    private let vault: Vault
    private let address: PublicAddress
    private let webhooks: any UpstreamWebhooks
    private let refresher: TokenRefresher
    private let notices: SellerNotices
    private let parked: ParkedNotifications
    private let changes: ChangeMaker
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let directory: ProxyDirectory
    private let logger: Logger

    /// Takes what it uses; `clock` is what it sleeps by.
    public init(
        store: any ConnectionStore, vault: Vault, address: PublicAddress, webhooks: any UpstreamWebhooks,
        refresher: TokenRefresher, notices: SellerNotices, parked: ParkedNotifications, ids: IdentifierSource,
        wallClock: WallClock, clock: any Clock<Duration>, directory: ProxyDirectory, logger: Logger
    ) {
        self.store = store
        self.vault = vault
        self.address = address
        self.webhooks = webhooks
        self.refresher = refresher
        self.notices = notices
        self.parked = parked
        self.wallClock = wallClock
        self.clock = clock
        self.directory = directory
        self.logger = logger
        changes = ChangeMaker(ids: ids, clock: wallClock)
    }

    /// Takes every connection in `configuring` to `linked`, until shutdown.
    public func run() async throws {
        var tries: [ConnectionID: Int] = [:]
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let waiting = (try? await store.connections(Self.configuring, page: Page(limit: 200))) ?? []
            for connection in waiting where !Task.isShuttingDownGracefully {
                tries[connection.id, default: 0] += 1
                let isLast = tries[connection.id, default: 0] >= Self.mostTries
                if await configure(connection, isLastTry: isLast) { tries[connection.id] = nil }
            }
            let wait: Duration = tries.isEmpty ? Self.pollInterval : .seconds(1)
            await cancelWhenGracefulShutdown { await wakeup.wait(atMost: wait, clock) }
        }
    }

    private static let configuring = ConnectionFilter(states: [.configuring])

    /// Whether the connection needs no further try.
    private func configure(_ connection: Connection, isLastTry: Bool) async -> Bool {
        let change = changes.change(
            .webhookRegistered, subject: connection.id.description, seller: connection.seller, by: .gateway)
        do {
            let (tried, isTransient) = try await attempt(connection)
            if tried.webhookState == .failed, isTransient, !isLastTry { return false }
            _ = try await finish(tried, as: change)
            return true
        } catch {
            logger.note(
                "Webhook not registered", at: .warning, [.connection: connection.id, .code: error.code.rawValue])
            return false
        }
    }

    /// Registers and checks now, whatever was tried before.
    func register(_ connection: Connection, as change: Change) async throws(Problem) -> Connection {
        let (tried, _) = try await attempt(connection)
        return try await finish(tried, as: change)
    }

    /// Puts the webhook back that stood before ours; says nothing if that can't be done.
    func restorePrevious(_ connection: Connection) async {
        guard let sealed = connection.previousWebhook, connection.webhookState != .unset else { return }
        do {
            let previous = try await vault.open(
                sealed, .previousWebhook, row: connection.id.ulid, owner: .seller(connection.seller)
            ).text
            let token = try await refresher.token(of: connection.id)
            try await webhooks.setWebhook(previous.reveal { $0 }, with: token.value)
        } catch {
            logger.note("Previous webhook not put back", at: .warning, [.connection: connection.id])
        }
    }

    private func attempt(_ connection: Connection) async throws(Problem) -> (Connection, isTransient: Bool) {
        let token = try await refresher.token(of: connection.id).value
        let url = address.webhook(of: connection.id)
        do {
            let record = try await webhooks.integrator(with: token)
            let prepared = try await prepared(connection, record)
            try await webhooks.setWebhook(url.reveal { $0 }, with: token)
            try await webhooks.checkWebhook(with: token)
            return (checked(prepared, .valid, nil), false)
        } catch let error as UpstreamError {
            logger.note("Webhook not valid", at: .warning, [.connection: connection.id, .reason: error.code])
            let newest = try await newest(connection)
            return (checked(newest, .failed, error.code), error.isTransient)
        } catch let error as StoreError {
            throw Problem(error)
        } catch let error as VaultError {
            throw Problem(error)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.internalError, "The operator has to look.")
        }
    }

    /// Stores what the challenge will be answered with, and the webhook that is about to be overwritten.
    private func prepared(_ connection: Connection, _ record: IntegratorRecord) async throws -> Connection {
        let sealer = try await vault.sealer(for: .seller(connection.seller))
        var prepared = try await newest(connection)
        prepared.integratorToken = try sealer.seal(record.token, .integratorToken, row: connection.id.ulid)
        if !record.webhook.isEmpty, !record.webhook.hasPrefix("\(address.base)/hooks/") {
            prepared.previousWebhook = try sealer.seal(
                Secret(record.webhook), .previousWebhook, row: connection.id.ulid)
        }
        try await store.update(prepared, event: nil, as: nil)
        return try await newest(connection)
    }

    private func newest(_ connection: Connection) async throws(Problem) -> Connection {
        let newest: Connection?
        do { newest = try await store.connection(connection.id) } catch { throw Problem(error) }
        guard let newest, newest.state.isUsable else {
            throw Problem(.stateConflict, "The connection was revoked meanwhile.")
        }
        return newest
    }

    private func checked(
        _ connection: Connection, _ state: Connection.WebhookState, _ problem: String?
    ) -> Connection {
        var checked = connection
        checked.webhookState = state
        checked.webhookProblem = problem
        checked.webhookCheckedAt = wallClock.now
        return checked
    }

    private func finish(_ connection: Connection, as change: Change) async throws(Problem) -> Connection {
        let isFirst = connection.state == .configuring
        var finished = connection
        if isFirst { finished.state = .linked }
        let event = isFirst ? try await notices.linked(finished) : nil
        do { try await store.update(finished, event: event, as: change) } catch { throw Problem(error) }
        directory.forget(seller: connection.seller)
        logger.note(
            "Webhook registration ended",
            [.connection: connection.id, .state: finished.webhookState.rawValue])
        if isFirst { await parked.replay(for: finished) }
        return try await newest(finished)
    }
}

extension UpstreamError {
    /// Whether trying again soon may help.
    var isTransient: Bool {
        switch self {
        case .notWritten, .unanswered, .limited: true
        case .refused, .unauthorized: false
        }
    }
}

public import Logging
public import ServiceLifecycle

/// Registers each new connection's webhook at the provider and has it checked: the guide's step 3.
///
/// The integrator token is stored before the check, because the challenge arrives while our own call is open. No
/// store transaction is held meanwhile.
public struct WebhookRegistrar: Service {
    /// The waits between tries; after the last the connection is `linked`, its webhook `failed`: a person has to look.
    static let waits: [Duration] = [
        .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16), .seconds(30),
    ]
    /// The longest sleep without a ring.
    static let pollInterval = Duration.seconds(5)
    /// This many connections are registered at the same time.
    static let mostAtOnce = 8

    /// Rings when a connection was established.
    let wakeup = Wakeup()
    private let store: any ConnectionStore
    private let vault: Vault
    private let address: PublicAddress
    private let webhooks: any UpstreamWebhooks
    private let refresher: TokenRefresher
    private let notices: SellerNotices
    private let parked: ParkedNotifications
    private let ids: IdentifierSource
    private let changes: ChangeMaker
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let directory: ProxyDirectory
    private let logger: Logger
    private let turns = SingleFlight<ConnectionID, Turn>()

    // What came of somebody's turn; the mark tells one's own from one that was only waited for.
    private struct Turn: Sendable {
        let mark: ULID
        let result: Result<Connection?, Problem>
    }

    private struct Tries {
        let count: Int
        let dueAt: Timestamp

        // A clock that was set back must not make anything wait longer than it would have.
        func isDue(at moment: Timestamp) -> Bool { moment >= dueAt || dueAt - moment > .seconds(30) }
    }

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
        self.ids = ids
        self.wallClock = wallClock
        self.clock = clock
        self.directory = directory
        self.logger = logger
        changes = ChangeMaker(ids: ids, clock: wallClock)
    }

    /// Takes every connection in `configuring` to `linked`, until shutdown; then lets what is in hand finish.
    public func run() async throws {
        var tries: [ConnectionID: Tries] = [:]
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            if let waiting = try? await store.connections(Self.configuring, page: Page(limit: 200)) {
                // What was revoked or registered by hand meanwhile waits no longer.
                let present = Set(waiting.map(\.id))
                tries = tries.filter { present.contains($0.key) }
                let now = wallClock.now
                let due = waiting.filter { one in
                    !directory.isQuarantined(one.seller) && tries[one.id].map { $0.isDue(at: now) } ?? true
                }
                for start in stride(from: 0, to: due.count, by: Self.mostAtOnce) {
                    guard !Task.isShuttingDownGracefully else { break }
                    await configure(due[start..<min(start + Self.mostAtOnce, due.count)], &tries)
                }
            }
            let wait = nextWait(tries)
            await cancelWhenGracefulShutdown { await wakeup.wait(atMost: wait, clock) }
        }
        await turns.drain()
    }

    // What was imported waits until the system it came from has stopped: ours would overwrite its webhook.
    private static let configuring = ConnectionFilter(states: [.configuring], refreshHeld: false)

    private func nextWait(_ tries: [ConnectionID: Tries]) -> Duration {
        guard let next = tries.values.map(\.dueAt).min() else { return Self.pollInterval }
        return min(max(next - wallClock.now, .milliseconds(100)), Self.pollInterval)
    }

    private func configure(_ connections: ArraySlice<Connection>, _ tries: inout [ConnectionID: Tries]) async {
        let last = Set(tries.filter { $0.value.count >= Self.waits.count }.keys)
        let done = await withTaskGroup(of: ConnectionID?.self, returning: Set<ConnectionID>.self) { group in
            for connection in connections {
                let isLastTry = last.contains(connection.id)
                group.addTask { await configure(connection, isLastTry: isLastTry) ? connection.id : nil }
            }
            var finished: Set<ConnectionID> = []
            for await id in group {
                if let id { finished.insert(id) }
            }
            return finished
        }
        for connection in connections {
            let count = tries[connection.id]?.count ?? 0
            let wait = Self.waits[min(count, Self.waits.count - 1)]
            tries[connection.id] =
                done.contains(connection.id) ? nil : Tries(count: count + 1, dueAt: wallClock.now + wait)
        }
    }

    /// Whether the connection needs no further try.
    private func configure(_ connection: Connection, isLastTry: Bool) async -> Bool {
        let change = changes.change(
            .webhookRegistered, subject: connection.id.description, seller: connection.seller, by: .gateway)
        do {
            let finished = try await inTurn(connection.id) { () async throws(Problem) in
                try await tryOnce(connection, as: change, isLastTry: isLastTry)
            }
            return finished != nil
        } catch {
            logger.note(
                "Webhook not registered", at: .warning, [.connection: connection.id, .code: error.code.rawValue])
            return false
        }
    }

    private func tryOnce(
        _ connection: Connection, as change: Change, isLastTry: Bool
    ) async throws(Problem) -> Connection? {
        let current = try await newest(connection)
        guard current.state == .configuring, !current.refreshHeld else { return current }
        let tried: (connection: Connection, isTransient: Bool)
        do throws(Problem) {
            tried = try await attempt(current)
        } catch {
            guard isLastTry else { throw error }
            tried = (checked(try await newest(current), .failed, error.code.rawValue), false)
        }
        if tried.connection.webhookState == .failed, tried.isTransient, !isLastTry { return nil }
        return try await finish(tried.connection, as: change)
    }

    /// Registers and checks now, whatever was tried before.
    func register(_ connection: Connection, as change: Change) async throws(Problem) -> Connection {
        let registered = try await inTurn(connection.id) { () async throws(Problem) in
            try await finish(try await attempt(connection).connection, as: change)
        }
        guard let registered else { return try await newest(connection) }
        return registered
    }

    /// Puts the webhook back that stood before ours, as far as that can be done, and then ends the connection.
    ///
    /// A registration under way is waited for and none runs meanwhile, so that none undoes it.
    ///
    /// With `isHeld` the caller keeps the tokens from being refreshed: they are used as they are, and no registration is
    /// waited for, because it may be waiting for the tokens.
    ///
    /// - Throws: what `ending` throws.
    func restorePrevious(
        _ connection: Connection, isHeld: Bool = false,
        andThen ending: @escaping @Sendable () async throws(Problem) -> Void
    ) async throws(Problem) {
        guard !isHeld else {
            await putBack(connection.id, isHeld: true)
            return try await ending()
        }
        _ = try await inTurn(connection.id) { () async throws(Problem) in
            await putBack(connection.id, isHeld: false)
            try await ending()
            return nil
        }
    }

    // One thing at a time is done to a connection's webhook, and everybody gets a turn of their own.
    private func inTurn(
        _ id: ConnectionID, _ work: @escaping @Sendable () async throws(Problem) -> Connection?
    ) async throws(Problem) -> Connection? {
        let mark = ids.ulid()
        while true {
            let turn = try await turns.run(id) { () async throws(Problem) in
                let result: Result<Connection?, Problem>
                do throws(Problem) { result = .success(try await work()) } catch { result = .failure(error) }
                return Turn(mark: mark, result: result)
            }
            if turn.mark == mark { return try turn.result.get() }
        }
    }

    private func putBack(_ id: ConnectionID, isHeld: Bool) async {
        do {
            // Read anew: the registration that was waited for may have stored it.
            guard let connection = try await store.connection(id), connection.state.isUsable,
                let sealed = connection.previousWebhook
            else { return }
            let previous = try await vault.open(
                sealed, .previousWebhook, row: id.ulid, owner: .seller(connection.seller)
            ).text
            let token =
                if isHeld { try await refresher.opened(try await refresher.stored(id)) } else {
                    try await refresher.token(of: id)
                }
            try await webhooks.setWebhook(previous.reveal { $0 }, with: token.value)
        } catch {
            logger.note("Previous webhook not put back", at: .warning, [.connection: id])
        }
    }

    private func attempt(
        _ connection: Connection
    ) async throws(Problem) -> (connection: Connection, isTransient: Bool) {
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

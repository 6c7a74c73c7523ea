public import Logging
import Metrics
public import ServiceLifecycle

/// Hands out each connection's access token and renews it when it is about to die.
///
/// Single flight per connection; the post stands in the journal before it is made and its answer has a place in the
/// spool; the newest generation wins by compare-and-swap (DESIGN invariant 4). No store transaction is held during a
/// call, and no caller that goes away cancels one.
public struct TokenRefresher: Service {
    /// How often answers that the database refused are offered to it again.
    static let adoptionInterval = Duration.seconds(1)
    /// For how long a call waits for a refresh that another refresher has in hand.
    static let longestWait = Duration.seconds(20)

    let store: any TokenStore & ConnectionStore & ApplicationStore
    let vault: Vault
    let applications: Applications
    let applicationTokens: ApplicationTokens
    let oauth: any UpstreamOAuth
    let accounts: any UpstreamAccounts
    let notices: SellerNotices
    let spool: AnswerSpool
    let ids: IdentifierSource
    let clock: WallClock
    let sleeper: any Clock<Duration>
    let changes: ChangeMaker
    let directory: ProxyDirectory
    let logger: Logger
    let refusals = RefreshGuard()
    let failures = RecentFailures()
    let pauses = ApplicationPauses()
    let waiting = WaitingPairs()
    private let locks = ConnectionLocks()
    private let flights = SingleFlight<ConnectionID, AccessToken>()

    /// Takes what it uses; `sleeper` is what it sleeps by.
    public init(
        store: any TokenStore & ConnectionStore & ApplicationStore, vault: Vault, applications: Applications,
        applicationTokens: ApplicationTokens, oauth: any UpstreamOAuth, accounts: any UpstreamAccounts,
        notices: SellerNotices, spool: AnswerSpool, ids: IdentifierSource, clock: WallClock,
        sleeper: any Clock<Duration>, directory: ProxyDirectory, logger: Logger
    ) {
        self.store = store
        self.vault = vault
        self.applications = applications
        self.applicationTokens = applicationTokens
        self.oauth = oauth
        self.accounts = accounts
        self.notices = notices
        self.spool = spool
        self.ids = ids
        self.clock = clock
        self.sleeper = sleeper
        self.directory = directory
        self.logger = logger
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Keeps offering answers that the database refused to it, and lets refreshes in hand finish at shutdown.
    public func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await cancelWhenGracefulShutdown { try? await sleeper.sleep(for: Self.adoptionInterval) }
            await adoptWaiting()
        }
        await flights.drain()
        await adoptWaiting()
    }

    /// The connection's access token, renewed first when it is about to die.
    ///
    /// - Throws: ``Problem`` with `connection_not_confirmed`, `refresh_uncertain`, `needs_relink`, `seller_not_linked`,
    ///   or the provider's refusal.
    public func token(of connection: ConnectionID) async throws(Problem) -> AccessToken {
        guard try await self.connection(connection).state != .awaitingConfirmation else {
            throw .notConfirmed(connection)
        }
        let tokens = try await stored(connection)
        if clock.now + AccessToken.margin < tokens.expiresAt { return try await opened(tokens) }
        return try await renewed(connection, ifGeneration: tokens.generation, .use)
    }

    /// A pair newer than `generation`, whoever makes it; the same one where nothing newer can be had or is needed.
    func renewed(
        _ connection: ConnectionID, ifGeneration generation: Int, _ demand: RefreshMachine.Demand,
        isRefused: Bool = false
    ) async throws(Problem) -> AccessToken {
        try await flights.run(connection) { () async throws(Problem) in
            try await holding(connection) { () async throws(Problem) in
                try await renew(connection, ifGeneration: generation, demand, isRefused: isRefused)
            }
        }
    }

    /// Keeps the connection from being refreshed while the work runs; waits for a refresh that is in hand.
    func holding<Value: Sendable>(
        _ connection: ConnectionID?, _ work: () async throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        try await locks.holding(connection, work)
    }

    private func renew(
        _ id: ConnectionID, ifGeneration generation: Int, _ demand: RefreshMachine.Demand, isRefused: Bool
    ) async throws(Problem) -> AccessToken {
        // Read inside the flight: a waiter that starts the next one must not replay an old token (B1.8).
        let tokens = try await stored(id)
        guard tokens.generation == generation else { return try await opened(tokens) }
        let connection = try await self.connection(id)
        guard !directory.isQuarantined(connection.seller) else { throw .sellerQuarantined }
        if connection.state == .needsRelink, demand != .person {
            // SEC C2.8: it was refused for good, so that nobody but a person has it tried again.
            guard clock.now < tokens.expiresAt, !isRefused else {
                throw Self.relinkProblem(connection, connection.reason ?? .refreshRejected)
            }
            return try await opened(tokens)
        }
        // What one look found due is not posted any more once the application was stopped or told to wait meanwhile.
        if demand == .sweep {
            let isStopped = try await isStopped(connection.application)
            guard !isStopped, !pauses.isPaused(connection.application, at: clock.now) else {
                return try await opened(tokens)
            }
        }
        let entry = try await unfinished(tokens)
        let situation = RefreshMachine.Situation(
            kind: connection.kind, expiresAt: tokens.expiresAt, hasRefreshToken: tokens.refresh != nil,
            unfinished: try await unfinished(entry, of: tokens), demand: demand, isRefused: isRefused,
            isHeld: connection.refreshHeld)
        switch RefreshMachine.start(situation, at: clock.now) {
        case .serve: return try await opened(tokens)
        case .grantAnew: return try await grantAnew(connection, tokens)
        case .post:
            if demand == .use, let problem = failures.recent(id, at: clock.now) {
                guard clock.now < tokens.expiresAt else { throw problem }
                return try await opened(tokens)
            }
            return try await post(connection, tokens, superseding: nil, isRefused: isRefused)
        case .postLastTry: return try await post(connection, tokens, superseding: entry?.id, isRefused: isRefused)
        case .wait: return try await afterOther(tokens)
        case .uncertain: throw Self.uncertainProblem(id)
        case .held: throw Self.heldProblem(connection)
        case .relink(let reason):
            try await needsRelink(connection, reason)
            throw Self.relinkProblem(connection, reason)
        }
    }

    /// The pair that another refresher is about to bring; this one while it lives.
    func afterOther(_ tokens: StoredTokens) async throws(Problem) -> AccessToken {
        if clock.now < tokens.expiresAt { return try await opened(tokens) }
        let end = clock.now + Self.longestWait
        while clock.now < end, !Task.isCancelled {
            let newest = try await stored(tokens.connection)
            guard newest.generation == tokens.generation else { return try await opened(newest) }
            guard try await unfinished(tokens)?.state == .open else { break }
            try? await sleeper.sleep(for: .milliseconds(100))
        }
        throw Problem(.overloaded, "The tokens are just being renewed.", retryAfter: .seconds(2))
    }

    private func grantAnew(_ connection: Connection, _ tokens: StoredTokens) async throws(Problem) -> AccessToken {
        let application = try await applications.application(connection.application)
        let grant = try await applicationTokens.grant(of: application)
        return try await keep(
            grant, of: connection, after: tokens, closing: nil, by: try await sealer(for: connection.seller))
    }

    private func unfinished(
        _ entry: RefreshEntry?, of tokens: StoredTokens
    ) async throws(Problem) -> RefreshMachine.Unfinished? {
        guard let entry else { return nil }
        do {
            let entries = try await store.refreshes(of: tokens.connection, generation: tokens.generation)
            return RefreshMachine.Unfinished(
                isUnderWay: entry.state == .open && clock.now < entry.leaseUntil,
                // One that was refused for another reason used nothing up.
                lastTries: entries.count { $0.isLastTry && $0.state != .refused && $0.state != .notWritten },
                postedAt: entry.openedAt)
        } catch { throw Problem(error) }
    }

    static func uncertainProblem(_ connection: ConnectionID) -> Problem {
        Problem(
            .refreshUncertain,
            "A refresh went unanswered and the access token has died. It is tried again by itself; if the shop can't "
                + "wait, create an onboarding link and send it.", extra: ["connection": connection.description])
    }

    static func heldProblem(_ connection: Connection) -> Problem {
        Problem(
            .stateConflict,
            "These tokens were imported, and the system they came from may still renew them. Once it has stopped, adopt "
                + "the application's imported grants; until then import the newest pair again.",
            extra: [
                "connection": connection.id.description, "application": connection.application.description,
                "state": "refresh_held",
            ])
    }

    static func relinkProblem(_ connection: Connection, _ reason: Connection.RelinkReason) -> Problem {
        Problem(
            .needsRelink, "The shop has to allow the link again. Create an onboarding link and send it.",
            extra: ["connection": connection.id.description, "reason": reason.rawValue])
    }
}

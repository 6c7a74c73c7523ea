public import Logging
import Metrics
public import ServiceLifecycle

/// Hands out each connection's access token and renews it when it is about to die.
///
/// Single flight per connection; the post stands in the journal before it is made and the newest generation wins by
/// compare-and-swap (DESIGN invariant 4). No store transaction is held during a call.
public struct TokenRefresher: Service {
    typealias TokenPorts = TokenStore & ConnectionStore & ApplicationStore

    private let store: any TokenPorts
    private let vault: Vault
    private let applications: Applications
    private let applicationTokens: ApplicationTokens
    private let oauth: any UpstreamOAuth
    private let accounts: any UpstreamAccounts
    private let notices: SellerNotices
    private let ids: IdentifierSource
    private let clock: WallClock
    private let changes: ChangeMaker
    private let directory: ProxyDirectory
    private let logger: Logger
    private let flights = SingleFlight<ConnectionID, AccessToken>()

    /// Takes what it uses.
    public init(
        store: any TokenStore & ConnectionStore & ApplicationStore, vault: Vault, applications: Applications,
        applicationTokens: ApplicationTokens, oauth: any UpstreamOAuth, accounts: any UpstreamAccounts,
        notices: SellerNotices, ids: IdentifierSource, clock: WallClock, directory: ProxyDirectory, logger: Logger
    ) {
        self.store = store
        self.vault = vault
        self.applications = applications
        self.applicationTokens = applicationTokens
        self.oauth = oauth
        self.accounts = accounts
        self.notices = notices
        self.ids = ids
        self.clock = clock
        self.directory = directory
        self.logger = logger
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Closes what a dead process left open, then waits for shutdown and lets refreshes in hand finish.
    public func run() async throws {
        for entry in try await store.openRefreshes() {
            try await store.closeRefresh(entry.id, as: .unanswered, problem: "process_died", at: clock.now)
            logger.note("Refresh left open by a dead process", at: .warning, [.connection: entry.connection])
        }
        try? await gracefulShutdown()
        await flights.drain()
    }

    /// The connection's access token, renewed first when it is about to die.
    ///
    /// - Throws: ``Problem`` with `refresh_uncertain`, `needs_relink`, `seller_not_linked`, or the provider's refusal.
    public func token(of connection: ConnectionID) async throws(Problem) -> AccessToken {
        let tokens = try await stored(connection)
        if clock.now + AccessToken.margin < tokens.expiresAt { return try await opened(tokens) }
        return try await renewed(connection, ifGeneration: tokens.generation, isForced: false)
    }

    /// A pair newer than `generation`, whoever makes it.
    func renewed(
        _ connection: ConnectionID, ifGeneration generation: Int, isForced: Bool
    ) async throws(Problem) -> AccessToken {
        try await flights.run(connection) { () async throws(Problem) in
            try await renew(connection, ifGeneration: generation, isForced: isForced)
        }
    }

    private func renew(
        _ id: ConnectionID, ifGeneration generation: Int, isForced: Bool
    ) async throws(Problem) -> AccessToken {
        // Read inside the flight: a waiter that starts the next one must not replay an old token (B1.8).
        let tokens = try await stored(id)
        guard tokens.generation == generation else { return try await opened(tokens) }
        let connection = try await self.connection(id)
        let situation = RefreshMachine.Situation(
            kind: connection.kind, expiresAt: tokens.expiresAt, hasRefreshToken: tokens.refresh != nil,
            hasUnfinishedPost: try await hasUnfinishedPost(tokens), isForced: isForced)
        switch RefreshMachine.start(situation, at: clock.now) {
        case .serve: return try await opened(tokens)
        case .grantAnew: return try await grantAnew(connection, tokens)
        case .post: return try await post(connection, tokens)
        case .uncertain:
            throw Problem(
                .refreshUncertain,
                "A refresh went unanswered and the access token has died. The shop has to be linked again.",
                extra: ["connection": id.description])
        case .relink(let reason):
            try await needsRelink(connection, reason)
            throw Self.relinkProblem(connection, reason)
        }
    }

    private func post(_ connection: Connection, _ tokens: StoredTokens) async throws(Problem) -> AccessToken {
        guard let sealed = tokens.refresh else { return try await opened(tokens) }
        let client = try await applications.credentials(of: try await applications.application(connection.application))
        let refresh = try await open(sealed, .refreshToken, connection)
        let entry = RefreshEntry(
            id: ids.ulid(), connection: connection.id, generation: tokens.generation, openedAt: clock.now)
        do {
            try await store.openRefresh(entry)
        } catch {
            if case .conflict(rule: .refreshOpen) = error { return try await aliveOrUncertain(tokens) }
            throw Problem(error)
        }
        let answer: Result<TokenGrant, UpstreamError>
        do { answer = .success(try await oauth.refresh(refresh.text, as: client)) } catch { answer = .failure(error) }
        return try await finish(connection, tokens, entry, answer)
    }

    private func finish(
        _ connection: Connection, _ tokens: StoredTokens, _ entry: RefreshEntry,
        _ answer: Result<TokenGrant, UpstreamError>
    ) async throws(Problem) -> AccessToken {
        let code: String? = if case .failure(let error) = answer { error.code } else { nil }
        let finish = RefreshMachine.finish(answer.map { _ in })
        Counter(
            label: MetricName.refreshes.rawValue, dimensions: [("outcome", code == nil ? "stored" : "failed")]
        ).increment()
        switch (finish, answer) {
        case (.store, .success(let grant)):
            guard grant.user.map({ $0 == connection.upstreamUser }) ?? true else {
                try await close(entry, .unanswered, "other_account")
                logger.note("Refresh answered for another account", at: .error, [.connection: connection.id])
                return try await aliveOrUncertain(tokens)
            }
            return try await keep(grant, of: connection, after: tokens, closing: entry.id)
        case (.close(let state), _):
            try await close(entry, state, code)
            logger.note(
                "Refresh not done", at: .warning,
                [.connection: connection.id, .reason: code ?? "", .state: state.rawValue])
            if clock.now < tokens.expiresAt { return try await opened(tokens) }
            if state == .unanswered { return try await aliveOrUncertain(tokens) }
            if case .failure(let error) = answer { throw Problem(error) }
            return try await opened(tokens)
        case (.probe, _), (.store, .failure):
            try await close(entry, .refused, code)
            return try await probe(connection, tokens)
        }
    }

    // `invalid_grant` is believed only after the row was read again and the access token was tried (SEC C2.7).
    private func probe(_ connection: Connection, _ tokens: StoredTokens) async throws(Problem) -> AccessToken {
        let newest = try await stored(connection.id)
        guard newest.generation == tokens.generation else { return try await opened(newest) }
        let access = try await opened(tokens)
        do {
            _ = try await accounts.account(with: access.value)
            return access
        } catch {
            guard case .unauthorized = error else { return try await aliveOrThrow(access, error) }
            try await needsRelink(connection, .refreshRejected)
            throw Self.relinkProblem(connection, .refreshRejected)
        }
    }

    private func aliveOrThrow(_ access: AccessToken, _ error: UpstreamError) async throws(Problem) -> AccessToken {
        guard clock.now < access.expiresAt else { throw Problem(error) }
        return access
    }

    private func aliveOrUncertain(_ tokens: StoredTokens) async throws(Problem) -> AccessToken {
        guard clock.now < tokens.expiresAt else {
            throw Problem(
                .refreshUncertain, "A refresh is unanswered and the access token has died.",
                extra: ["connection": tokens.connection.description])
        }
        return try await opened(tokens)
    }

    private func grantAnew(_ connection: Connection, _ tokens: StoredTokens) async throws(Problem) -> AccessToken {
        let application = try await applications.application(connection.application)
        let grant = try await applicationTokens.grant(of: application)
        return try await keep(grant, of: connection, after: tokens, closing: nil)
    }

    private func keep(
        _ grant: TokenGrant, of connection: Connection, after old: StoredTokens, closing entry: ULID?
    ) async throws(Problem) -> AccessToken {
        let now = clock.now
        do {
            let sealer = try await vault.sealer(for: .seller(connection.seller))
            let row = connection.id.ulid
            // RFC 6749 §6: an answer without a refresh token leaves the old one in force.
            let refresh = try grant.refresh.map { value throws(VaultError) in
                try sealer.seal(value, .refreshToken, row: row)
            }
            let tokens = StoredTokens(
                connection: connection.id, generation: old.generation + 1,
                access: try sealer.seal(grant.access, .accessToken, row: row), refresh: refresh ?? old.refresh,
                issuedAt: now, expiresAt: now + grant.lifetime)
            try await store.replaceTokens(tokens, ifGeneration: old.generation, closing: entry, at: now)
            directory.forget(token: connection.id)
            logger.note("Tokens refreshed", [.connection: connection.id, .generation: tokens.generation])
            return AccessToken(value: grant.access, generation: tokens.generation, expiresAt: tokens.expiresAt)
        } catch let error as VaultError {
            throw Problem(error)
        } catch let error as StoreError {
            throw Problem(error)
        } catch {
            throw Problem(.internalError, "The operator has to look.")
        }
    }

    private func needsRelink(
        _ connection: Connection, _ reason: Connection.RelinkReason
    ) async throws(Problem) {
        guard connection.state != .needsRelink else { return }
        var changed = connection
        changed.state = .needsRelink
        changed.reason = reason
        let event = try await notices.needsRelink(changed, reason)
        do {
            try await store.update(
                changed, event: event,
                as: changes.change(
                    .connectionNeedsRelink, subject: connection.id.description, seller: connection.seller,
                    by: .gateway))
        } catch {
            // Whoever changed it meanwhile knows better.
            if case .conflict(rule: .stale) = error { return }
            throw Problem(error)
        }
        directory.forget(seller: connection.seller)
    }

    private static func relinkProblem(_ connection: Connection, _ reason: Connection.RelinkReason) -> Problem {
        Problem(
            .needsRelink, "The shop has to allow the link again. Create an onboarding link and send it.",
            extra: ["connection": connection.id.description, "reason": reason.rawValue])
    }

    private func stored(_ connection: ConnectionID) async throws(Problem) -> StoredTokens {
        let tokens: StoredTokens?
        do { tokens = try await store.tokens(of: connection) } catch { throw Problem(error) }
        guard let tokens else {
            throw Problem(
                .sellerNotLinked, "The connection holds no tokens.", extra: ["connection": connection.description])
        }
        return tokens
    }

    private func connection(_ id: ConnectionID) async throws(Problem) -> Connection {
        let connection: Connection?
        do { connection = try await store.connection(id) } catch { throw Problem(error) }
        guard let connection else { throw Problem(.connectionNotFound, "There is no such connection.") }
        return connection
    }

    private func hasUnfinishedPost(_ tokens: StoredTokens) async throws(Problem) -> Bool {
        do {
            return try await store.unfinishedRefresh(of: tokens.connection, generation: tokens.generation) != nil
        } catch {
            throw Problem(error)
        }
    }

    private func close(_ entry: RefreshEntry, _ state: RefreshEntry.State, _ problem: String?) async throws(Problem) {
        do {
            try await store.closeRefresh(entry.id, as: state, problem: problem, at: clock.now)
        } catch {
            throw Problem(error)
        }
    }

    private func opened(_ tokens: StoredTokens) async throws(Problem) -> AccessToken {
        let connection = try await connection(tokens.connection)
        let value = try await open(tokens.access, .accessToken, connection).text
        return AccessToken(value: value, generation: tokens.generation, expiresAt: tokens.expiresAt)
    }

    private func open(
        _ sealed: SealedSecret, _ purpose: SealPurpose, _ connection: Connection
    ) async throws(Problem) -> Secret<[UInt8]> {
        do {
            return try await vault.open(
                sealed, purpose, row: connection.id.ulid, owner: .seller(connection.seller))
        } catch {
            throw Problem(error)
        }
    }
}

public import Logging

/// The connections of the installation.
public struct Connections: Sendable {
    let store: any ConnectionStore & TokenStore
    let vault: Vault
    let applications: Applications
    let ids: IdentifierSource
    let clock: WallClock
    let directory: ProxyDirectory
    let changes: ChangeMaker
    private let applicationTokens: ApplicationTokens
    private let accounts: any UpstreamAccounts
    let refresher: TokenRefresher
    let registrar: WebhookRegistrar
    let notices: SellerNotices
    let logger: Logger

    /// Takes what it uses.
    public init(
        store: any ConnectionStore & TokenStore, vault: Vault, applications: Applications,
        applicationTokens: ApplicationTokens, accounts: any UpstreamAccounts, refresher: TokenRefresher,
        registrar: WebhookRegistrar, notices: SellerNotices, ids: IdentifierSource, clock: WallClock,
        directory: ProxyDirectory, logger: Logger
    ) {
        self.store = store
        self.vault = vault
        self.applications = applications
        self.applicationTokens = applicationTokens
        self.accounts = accounts
        self.refresher = refresher
        self.registrar = registrar
        self.notices = notices
        self.ids = ids
        self.clock = clock
        self.directory = directory
        self.logger = logger
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// The connection with this id, if it is this seller's.
    public func connection(_ id: ConnectionID, of seller: Seller) async throws(Problem) -> Connection {
        let connection: Connection?
        do { connection = try await store.connection(id) } catch { throw Problem(error) }
        guard let connection, connection.seller == seller.id else {
            throw Problem(.connectionNotFound, "The seller has no such connection. Check the id.")
        }
        return connection
    }

    /// One page of a seller's connections.
    public func list(of seller: Seller, page: Page) async throws(Problem) -> [Connection] {
        do {
            return try await store.connections(ConnectionFilter(seller: seller.id), page: page)
        } catch {
            throw Problem(error)
        }
    }

    /// What is known of a connection, by evidence.
    public func health(of connection: Connection) async throws(Problem) -> ConnectionHealth {
        let tokens: StoredTokens?
        do { tokens = try await store.tokens(of: connection.id) } catch { throw Problem(error) }
        let endsByItself = !connection.refreshable || connection.state == .needsRelink || connection.refreshHeld
        return ConnectionHealth(
            state: connection.state, reason: connection.reason, lastProvedAt: connection.lastProvedAt,
            provedBy: connection.provedBy, tokenExpiresAt: tokens?.expiresAt, isRefreshable: connection.refreshable,
            isRefreshUncertain: connection.refreshUncertain,
            // After an unanswered refresh nothing is promised: the provider may have killed the access token too.
            worksUntil: connection.refreshUncertain || !endsByItself ? nil : tokens?.expiresAt)
    }

    /// Connects the integrator's own account to a seller, by client credentials.
    public func connectOwn(
        _ seller: Seller, application id: ApplicationID, by caller: Caller
    ) async throws(Problem) -> Connection {
        try caller.require(.sellersAdmin)
        let application = try await applications.application(id)
        try caller.principal.requireMode(application.mode)
        let grant = try await applicationTokens.grant(of: application)
        let account: UpstreamAccount
        do { account = try await accounts.account(with: grant.access) } catch { throw Problem(error) }
        if let other = try await linked(seller.id, with: application.id, otherThan: account.user) {
            throw Problem(
                .stateConflict, "The seller is linked with another account. Revoke that connection first.",
                extra: ["connection": other.id.description])
        }
        let sealed = try await sealed(grant, for: seller.id)
        let made = try await made(.own, seller: seller.id, application: application, account: account, grant: sealed)
        let current = try await inUse(seller.id, with: application.id)
        let events = try await notices.replacing(current, by: made)
        do {
            try await store.establish(
                made, tokens: sealed.tokens, finishing: nil, events: events,
                as: changes.change(
                    .connectionLinked, subject: made.id.description, seller: seller.id, status: 201, by: caller))
        } catch {
            if case .conflict(rule: .accountTaken) = error {
                throw Problem(
                    .accountTaken, "Another seller is linked with this account. Revoke that connection first.")
            }
            throw Problem(error)
        }
        wasEstablished(for: seller.id)
        return made
    }

    /// Renews the tokens now.
    public func refresh(_ id: ConnectionID, of seller: Seller, by caller: Caller) async throws(Problem) -> Connection {
        try caller.require(.sellersAdmin)
        let connection = try await connection(id, of: seller, for: caller)
        try Self.requireUsable(connection)
        let tokens: StoredTokens?
        do { tokens = try await store.tokens(of: id) } catch { throw Problem(error) }
        let generation = tokens?.generation ?? 0
        let renewed = try await refresher.renewed(id, ifGeneration: generation, .person)
        // Read anew: the refresh itself may have gone unanswered.
        var proved = try await self.connection(id, of: seller)
        guard renewed.generation > generation else { throw Self.notRenewed(proved) }
        proved.lastProvedAt = clock.now
        proved.provedBy = "refresh"
        do {
            try await store.update(
                proved, event: nil,
                as: changes.change(
                    .connectionRefreshed, subject: id.description, seller: seller.id, by: caller))
        } catch {
            throw Problem(error)
        }
        return try await self.connection(id, of: seller)
    }

    /// Lets an application's tokens be renewed ahead of expiry again.
    ///
    /// - Throws: ``Problem`` with `application_not_found`, or `state_conflict` when that is not stopped.
    public func resumeRefreshing(of application: ApplicationID, by caller: Caller) async throws(Problem) {
        try caller.require(.applicationsAdmin)
        try caller.principal.requireUnbound()
        try caller.principal.requireMode(try await applications.application(application).mode)
        try await refresher.resume(application, by: caller)
    }

    private static func notRenewed(_ connection: Connection) -> Problem {
        let extra = ["connection": connection.id.description]
        return connection.refreshUncertain
            ? Problem(
                .refreshUncertain,
                "A refresh went unanswered. It is tried once more at your next request, or by itself near the tokens' end.",
                extra: extra)
            : Problem(.stateConflict, "The tokens could not be renewed. Try again later.", extra: extra)
    }

    /// Registers and checks the connection's webhook at the provider, the guide's step 3.
    public func registerWebhook(
        _ id: ConnectionID, of seller: Seller, by caller: Caller
    ) async throws(Problem) -> Connection {
        try caller.require(.sellersAdmin)
        let connection = try await connection(id, of: seller, for: caller)
        try Self.requireUsable(connection)
        // It would overwrite the webhook that the other system may still answer at.
        guard !connection.refreshHeld else { throw TokenRefresher.heldProblem(connection) }
        return try await registrar.register(
            connection,
            as: changes.change(.webhookRegistered, subject: id.description, seller: seller.id, by: caller))
    }

    private static func requireUsable(_ connection: Connection) throws(Problem) {
        guard connection.state != .awaitingConfirmation else { throw .notConfirmed(connection.id) }
        guard connection.state.isUsable else {
            throw Problem(.stateConflict, "The connection is \(connection.state.rawValue).")
        }
    }

    /// Puts back the webhook that stood before ours, then destroys the tokens.
    public func revoke(_ id: ConnectionID, of seller: Seller, by caller: Caller) async throws(Problem) -> Connection {
        try caller.require(.sellersAdmin)
        let connection = try await connection(id, of: seller, for: caller)
        try await revoke(
            connection, Revocation(by: .integrator, .requested),
            as: changes.change(.connectionRevoked, subject: id.description, seller: seller.id, by: caller))
        return try await self.connection(id, of: seller)
    }

    /// The same for a shop owner who takes back what was just linked, and for a seller that is erased.
    func revoke(
        _ id: ConnectionID, by actor: Actor, _ reason: Revocation.Reason = .requested
    ) async throws(Problem) {
        let connection: Connection?
        do { connection = try await store.connection(id) } catch { throw Problem(error) }
        guard let connection, connection.state.isActive else { return }
        try await revoke(
            connection, Revocation(by: actor.party, reason),
            as: changes.change(
                .connectionRevoked, subject: id.description, seller: connection.seller, by: actor))
    }

    /// The seller's connection, if it is of the caller's own mode.
    func connection(
        _ id: ConnectionID, of seller: Seller, for caller: Caller
    ) async throws(Problem) -> Connection {
        let found = try await connection(id, of: seller)
        let application = try await applications.application(found.application)
        try caller.principal.requireMode(application.mode)
        return found
    }

    private func revoke(
        _ connection: Connection, _ revocation: Revocation, as change: Change
    ) async throws(Problem) {
        let event = try await notices.revoked(connection, revocation)
        // Best effort: that the provider does not answer must not keep tokens alive here.
        try await registrar.restorePrevious(connection) { () async throws(Problem) in
            try await end(connection, revocation, event: event, as: change)
        }
        directory.forget(seller: connection.seller)
        logger.note("Connection revoked", [.connection: connection.id, .seller: connection.seller])
    }

    private func end(
        _ connection: Connection, _ revocation: Revocation, event: EventDraft, as change: Change
    ) async throws(Problem) {
        do {
            try await store.revoke(connection.id, ifVersion: nil, revocation, event: event, as: change)
        } catch {
            if case .conflict = error {
                throw Problem(.stateConflict, "The connection is \(connection.state.rawValue) already.")
            }
            throw Problem(error)
        }
    }

    /// A new connection, for the store to establish with its sealed pair.
    func made(
        _ kind: Connection.Kind, seller: SellerID, application: Application, account: UpstreamAccount,
        grant: SealedGrant
    ) async throws(Problem) -> Connection {
        let id = grant.tokens.connection
        let earlierWebhook = try await earlierWebhook(of: account.user, application.id, seller)
        do {
            let sealer = try await vault.sealer(for: .seller(seller))
            return Connection(
                id: id, seller: seller, application: application.id, kind: kind, account: account,
                maskedEmail: account.email.map { masked($0) },
                liveMode: grant.liveMode ?? (application.mode == .live && !account.isTestUser),
                scopes: grant.scopes, refreshable: kind == .own || grant.isRefreshable, state: .configuring,
                previousWebhook: try earlierWebhook.map { value throws(VaultError) in
                    try sealer.seal(value, .previousWebhook, row: id.ulid)
                },
                linkedAt: clock.now, lastProvedAt: clock.now, provedBy: "probe")
        } catch {
            throw Problem(error)
        }
    }

    /// What is to be told of a new connection at once: that it ends with its access token, if it does (SEC C1.13).
    func alarm(_ connection: Connection, until end: Timestamp) async throws(Problem) -> EventDraft? {
        guard !connection.refreshable else { return nil }
        logger.note("Linked without a usable refresh token", at: .warning, [.connection: connection.id])
        return try await notices.notRefreshable(connection, until: end)
    }

    private func sealed(_ grant: TokenGrant, for seller: SellerID) async throws(Problem) -> SealedGrant {
        do {
            return try SealedGrant(
                grant, for: ids.next(), at: clock.now, by: try await vault.sealer(for: .seller(seller)))
        } catch {
            throw Problem(error)
        }
    }

    /// The seller's connection with an application that is used for calls, or `nil`.
    func inUse(_ seller: SellerID, with application: ApplicationID) async throws(Problem) -> Connection? {
        try await newest(seller, with: application, where: \.isUsable)
    }

    /// The seller's newest connection with an application that is in use or awaits confirmation, or `nil`.
    func newest(_ seller: SellerID, with application: ApplicationID) async throws(Problem) -> Connection? {
        try await newest(seller, with: application, where: \.isActive)
    }

    private func newest(
        _ seller: SellerID, with application: ApplicationID, where isWanted: (Connection.State) -> Bool
    ) async throws(Problem) -> Connection? {
        let states = Set(Connection.State.allCases.filter(isWanted))
        let filter = ConnectionFilter(seller: seller, application: application, states: states)
        do { return try await store.connections(filter, page: Page(limit: 1)).first } catch { throw Problem(error) }
    }

    /// The seller's connection in use with an application, if it is to another account than `user`.
    ///
    /// To replace it needs the operator's consent: it has to be revoked first.
    func linked(
        _ seller: SellerID, with application: ApplicationID, otherThan user: UpstreamUserID
    ) async throws(Problem) -> Connection? {
        let current = try await inUse(seller, with: application)
        return current?.upstreamUser == user ? nil : current
    }

    // A link of the same account again finds our own address at the provider; what stood there first only the earlier
    // connection knows.
    private func earlierWebhook(
        of user: UpstreamUserID, _ application: ApplicationID, _ seller: SellerID
    ) async throws(Problem) -> Secret<String>? {
        let earlier: Connection?
        do { earlier = try await store.activeConnection(of: user, with: application) } catch { throw Problem(error) }
        guard let earlier, earlier.seller == seller, let sealed = earlier.previousWebhook else { return nil }
        do {
            return try await vault.open(
                sealed, .previousWebhook, row: earlier.id.ulid, owner: .seller(seller)
            ).text
        } catch {
            logger.note("Previous webhook not carried over", at: .warning, [.connection: earlier.id])
            return nil
        }
    }

    /// Lets the proxy see a new connection and its webhook be registered.
    func wasEstablished(for seller: SellerID) {
        directory.forget(seller: seller)
        registrar.wakeup.ring()
    }
}

/// `p•••@gmail.com`: enough to recognise one's own address.
func masked(_ email: String) -> String {
    let parts = email.split(separator: "@", maxSplits: 1)
    guard parts.count == 2, let first = parts[0].first else { return "•••" }
    return "\(first)•••@\(parts[1])"
}

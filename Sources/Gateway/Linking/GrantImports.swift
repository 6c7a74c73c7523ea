/// Brings grants that shops gave to another system, so that no shop has to allow the link again (DESIGN §5).
///
/// Two systems that renew the same pair end the grant, since a refresh token is of one use. So what is imported is used
/// for calls, and neither renewed nor registered for notifications, until an operator says that the other has stopped.
public struct GrantImports: Sendable {
    /// What came of an import.
    public enum Outcome: String, Sendable, CaseIterable {
        /// A connection was made of it.
        case imported
        /// The seller is linked with the same account by this pair or a newer one; nothing was changed.
        case alreadyThere = "already_there"
    }

    // Who sends the same grant again while the first is under way gets the first's answer.
    private struct Flight: Hashable, Sendable {
        let seller: SellerID
        let application: ApplicationID
        let accessHash: [UInt8]
    }

    private let store: any ConnectionStore & TokenStore
    private let vault: Vault
    private let applications: Applications
    private let connections: Connections
    private let accounts: any UpstreamAccounts
    private let registrar: WebhookRegistrar
    private let sweep: RefreshSweep
    private let expiries: ExpiryWorker
    private let ids: IdentifierSource
    private let changes: ChangeMaker
    private let flights = SingleFlight<Flight, (connection: Connection, outcome: Outcome)>()

    /// Takes what it uses.
    public init(
        store: any ConnectionStore & TokenStore, vault: Vault, applications: Applications, connections: Connections,
        accounts: any UpstreamAccounts, registrar: WebhookRegistrar, sweep: RefreshSweep, expiries: ExpiryWorker,
        ids: IdentifierSource, clock: WallClock
    ) {
        self.store = store
        self.vault = vault
        self.applications = applications
        self.connections = connections
        self.accounts = accounts
        self.registrar = registrar
        self.sweep = sweep
        self.expiries = expiries
        self.ids = ids
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Makes a held connection of a grant, once its access token has told whose it is.
    ///
    /// - Throws: ``Problem`` with `token_refused`, `account_mismatch`, `unsupported_site`, `account_taken`;
    ///   `state_conflict` where the seller is linked by an older pair that is renewed here.
    public func bring(
        _ grant: ImportedGrant, to seller: Seller, by caller: Caller
    ) async throws(Problem) -> (connection: Connection, outcome: Outcome) {
        try caller.require(.sellersAdmin)
        let application = try await applications.application(grant.application)
        try caller.principal.requireMode(application.mode)
        let flight = Flight(
            seller: seller.id, application: application.id, accessHash: grant.access.reveal { sha256($0) })
        return try await flights.run(flight) { () async throws(Problem) in
            try await brought(grant, to: seller, application, by: caller)
        }
    }

    private func brought(
        _ grant: ImportedGrant, to seller: Seller, _ application: Application, by caller: Caller
    ) async throws(Problem) -> (connection: Connection, outcome: Outcome) {
        let current = try await current(of: seller, with: application)
        // Known without asking the provider: what a repeated import mostly meets.
        if let current, try await isHeldBy(current, grant) { return (current.connection, .alreadyThere) }
        let account: UpstreamAccount
        do throws(UpstreamError) { account = try await accounts.account(with: grant.access) } catch {
            guard case .unauthorized = error else { throw Problem(error) }
            // It was used up by the renewal here.
            if let current, current.tokens.expiresAt >= grant.expiresAt { return (current.connection, .alreadyThere) }
            throw Problem(
                .tokenRefused,
                "The provider refuses this access token. Renew it where it comes from, and import the new pair.")
        }
        try await refuse(account, grant, seller, application, current?.connection)
        if let current {
            if current.tokens.expiresAt >= grant.expiresAt { return (current.connection, .alreadyThere) }
            guard current.connection.refreshHeld else {
                throw Problem(
                    .stateConflict,
                    "The seller is linked by an older pair that is renewed here. Revoke that connection first.",
                    extra: ["connection": current.connection.id.description])
            }
        }
        return (try await establish(grant, account, seller, application, by: caller), .imported)
    }

    private func establish(
        _ grant: ImportedGrant, _ account: UpstreamAccount, _ seller: Seller, _ application: Application,
        by caller: Caller
    ) async throws(Problem) -> Connection {
        let answer = TokenGrant(
            access: grant.access, refresh: grant.refresh, lifetime: grant.expiresAt - grant.issuedAt,
            scopes: grant.scopes, user: account.user, liveMode: nil)
        let sealed: SealedGrant
        do {
            sealed = try SealedGrant(
                answer, for: ids.next(), at: grant.issuedAt, by: try await vault.sealer(for: .seller(seller.id)))
        } catch { throw Problem(error) }
        var connection = try await connections.made(
            .oauth, seller: seller.id, application: application, account: account, grant: sealed)
        connection.refreshHeld = true
        let alarm = try await connections.alarm(connection, until: sealed.tokens.expiresAt)
        do {
            try await store.establish(
                connection, tokens: sealed.tokens, finishing: nil, event: alarm,
                as: changes.change(
                    .connectionImported, subject: connection.id.description, seller: seller.id, by: caller))
        } catch {
            if case .conflict(rule: .accountTaken) = error { throw Self.accountTaken }
            throw Problem(error)
        }
        connections.wasEstablished(for: seller.id)
        expiries.wakeup.ring()
        return connection
    }

    /// Declares that the system which an application's grants came from has stopped: they are renewed and registered
    /// here from now on.
    ///
    /// - Throws: ``Problem`` with `application_not_found`, or `state_conflict` when nothing is held.
    public func adopt(_ id: ApplicationID, by caller: Caller) async throws(Problem) {
        try caller.require(.applicationsAdmin)
        try caller.principal.requireUnbound()
        try caller.principal.requireMode(try await applications.application(id).mode)
        do {
            try await store.releaseHolds(
                of: id, as: changes.change(.applicationGrantsAdopted, subject: id.description, by: caller))
        } catch {
            guard case .conflict(rule: .state) = error else { throw Problem(error) }
            throw Problem(.stateConflict, "No imported grant of this application waits to be adopted.")
        }
        sweep.wakeup.ring()
        registrar.wakeup.ring()
    }

    /// How many imported grants of an application wait to be adopted.
    public func heldCount(of application: ApplicationID) async throws(Problem) -> Int {
        do { return try await store.heldConnections(of: application) } catch { throw Problem(error) }
    }

    private func current(
        of seller: Seller, with application: Application
    ) async throws(Problem) -> (connection: Connection, tokens: StoredTokens)? {
        guard let connection = try await connections.inUse(seller.id, with: application.id) else { return nil }
        do { return try await store.tokens(of: connection.id).map { (connection, $0) } } catch { throw Problem(error) }
    }

    private func isHeldBy(
        _ current: (connection: Connection, tokens: StoredTokens), _ grant: ImportedGrant
    ) async throws(Problem) -> Bool {
        let connection = current.connection
        if let user = grant.expectedUser, user != connection.upstreamUser { return false }
        do {
            let stored = try await vault.open(
                current.tokens.access, .accessToken, row: connection.id.ulid, owner: .seller(connection.seller)
            ).text
            return isSameDigest(stored.reveal { sha256($0) }, grant.access.reveal { sha256($0) })
        } catch { throw Problem(error) }
    }

    private func refuse(
        _ account: UpstreamAccount, _ grant: ImportedGrant, _ seller: Seller, _ application: Application,
        _ current: Connection?
    ) async throws(Problem) {
        if let expected = grant.expectedUser, expected != account.user {
            throw Problem(
                .accountMismatch, "The token is of another account than this one.", field: "user_id",
                extra: ["upstream_user_id": account.user.description])
        }
        guard account.site == application.site else {
            throw Problem(
                .unsupportedSite, "The account is of another country than the application.",
                extra: ["site": account.site.description])
        }
        let holder: Connection?
        do { holder = try await store.activeConnection(of: account.user, with: application.id) } catch {
            throw Problem(error)
        }
        if let holder, holder.seller != seller.id { throw Self.accountTaken }
        if let current, current.upstreamUser != account.user {
            throw Problem(
                .accountMismatch, "The seller is linked with another account. Revoke that connection first.",
                extra: ["connection": current.id.description])
        }
    }

    private static let accountTaken = Problem(
        .accountTaken, "Another seller is linked with this account. Revoke that connection first.")
}

public import Logging

/// The day on which tokens may have leaked: cuts sellers off, changes the keyring's key, prepares new links.
///
/// What it did is in the store, so that it survives restarts. Source: SEC C8.3.
public struct Panic: Sendable {
    /// What became of the keyring's key.
    public enum KeyChange: Hashable, Sendable {
        /// A new one is current, and data keys are being wrapped by it.
        case changed(id: String)
        /// It was not to be changed now.
        case untouched(id: String)
        /// It could not be changed here; says what to do.
        case refused(id: String, reason: String)
    }

    /// How things stand.
    public struct Report: Sendable {
        /// Whether nothing was done, only told.
        public let isDrill: Bool
        /// Since when every seller is quarantined; `nil` where it is only some or none.
        public let allSince: Timestamp?
        /// How far it goes, or would go.
        public let reach: Quarantine.Reach
        /// What became of the keyring's key.
        public let keyChange: KeyChange
    }

    /// A quarantined seller that holds tokens.
    public struct Affected: Sendable {
        /// Who.
        public let seller: Seller
        /// Since when it is quarantined.
        public let since: Timestamp
        /// Its active connections, newest first.
        public let connections: [Connection]

        /// Whether a connection was linked since, so that its tokens are not those that may have leaked.
        public func isRelinked(_ connection: Connection) -> Bool { since <= connection.linkedAt }
    }

    /// A new link for a connection, to be sent to the shop owner.
    public struct Invitation: Sendable {
        /// Whose.
        public let seller: Seller
        /// The connection that it replaces.
        public let connection: Connection
        /// The application that asks.
        public let application: Application
        /// The link.
        public let link: OnboardingLink
        /// Its URL, shown this once.
        public let url: Secret<String>
    }

    private let store: any QuarantineStore & SellerStore & ConnectionStore & AuditStore
    private let vault: Vault
    private let keyRotation: KeyRotation
    private let applications: Applications
    private let links: OnboardingLinks
    private let registrar: WebhookRegistrar
    private let clock: WallClock
    private let random: RandomSource
    private let directory: ProxyDirectory
    private let changes: ChangeMaker
    private let logger: Logger

    /// Takes what it uses.
    public init(
        store: any QuarantineStore & SellerStore & ConnectionStore & AuditStore, vault: Vault,
        keyRotation: KeyRotation, applications: Applications, links: OnboardingLinks, registrar: WebhookRegistrar,
        ids: IdentifierSource, clock: WallClock, random: RandomSource, directory: ProxyDirectory, logger: Logger
    ) {
        self.store = store
        self.vault = vault
        self.keyRotation = keyRotation
        self.applications = applications
        self.links = links
        self.registrar = registrar
        self.clock = clock
        self.random = random
        self.directory = directory
        self.logger = logger
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Takes what the store holds into effect; for the start, before anything is served.
    ///
    /// - Throws: ``StoreError``.
    public func resume() async throws(StoreError) {
        let quarantine = try await store.quarantine()
        directory.use(quarantine)
        if !quarantine.isEmpty { logger.note("Sellers are quarantined", at: .warning) }
    }

    /// Cuts a seller or every one off at once, then changes the keyring's key.
    ///
    /// A drill does neither and tells what it would come to.
    ///
    /// - Throws: ``Problem/sellerNotFound``; where the keyring's key alone can't be changed the report says so.
    public func begin(
        _ reference: SellerReference?, isDrill: Bool, by caller: Caller
    ) async throws(Problem) -> Report {
        try Self.admit(caller.principal)
        let scope = try await scope(reference)
        guard !isDrill else { return try await drilled(scope) }
        do {
            try await store.quarantine(
                scope, at: clock.now, as: changes.change(.panicBegun, subject: scope.description, by: caller))
            directory.use(try await store.quarantine())
        } catch {
            throw error == .notFound ? .sellerNotFound : Problem(error)
        }
        logger.note("Sellers quarantined", at: .error, [.seller: scope.description])
        return try await report(keyChange: try await changeKey(by: caller))
    }

    /// Lets a seller or every one be served again.
    ///
    /// - Throws: ``Problem/Code/stateConflict`` where nobody is quarantined.
    public func end(_ reference: SellerReference?, by caller: Caller) async throws(Problem) -> Report {
        try Self.admit(caller.principal)
        let scope = try await scope(reference)
        do {
            try await store.lift(
                scope, as: changes.change(.panicEnded, subject: scope.description, by: caller))
            directory.use(try await store.quarantine())
        } catch {
            switch error {
            case .conflict(rule: .state): throw Problem(.stateConflict, "Nobody of these is quarantined.")
            case .notFound: throw .sellerNotFound
            case .conflict, .unavailable, .corrupted: throw Problem(error)
            }
        }
        logger.note("Quarantine lifted", at: .notice, [.seller: scope.description])
        registrar.wakeup.ring()
        return try await report()
    }

    /// How things stand.
    public func status(for principal: Principal) async throws(Problem) -> Report {
        try Self.admit(principal)
        return try await report()
    }

    /// One page of the sellers that have to be linked anew, newest first.
    public func affected(page: Page, for principal: Principal) async throws(Problem) -> [Affected] {
        try Self.admit(principal)
        return try await affected(page: page)
    }

    /// New links for one page of the affected sellers, those left out that were linked anew.
    ///
    /// The last one is `nil` once there are no more; links pin the account that was linked. From then on whatever is
    /// sealed for these sellers is sealed under new data keys.
    public func invite(
        page: Page, by caller: Caller
    ) async throws(Problem) -> (invitations: [Invitation], next: SellerID?) {
        try Self.admit(caller.principal)
        try caller.require(.linksWrite)
        let affected = try await affected(page: page)
        var invitations: [Invitation] = []
        // The request's own record names the page, not one of its links.
        let single = Caller(principal: caller.principal, request: caller.request)
        // A disabled one gets no link before it is enabled again.
        for one in affected where one.seller.state == .active {
            do throws(VaultError) {
                try await vault.renewDataKey(of: .seller(one.seller.id), unlessMadeSince: one.since)
            } catch { throw Problem(error) }
            for connection in one.connections where connection.kind == .oauth && !one.isRelinked(connection) {
                let application = try await applications.application(connection.application)
                guard application.mode == caller.principal.mode else { continue }
                let made = try await links.create(
                    NewLink(application: application.id, expectedUser: connection.upstreamUser), for: one.seller,
                    by: single)
                invitations.append(
                    Invitation(
                        seller: one.seller, connection: connection, application: application, link: made.link,
                        url: made.url))
            }
        }
        let last = affected.last?.seller.id
        do {
            try await store.add([
                changes.change(.panicInvited, subject: last?.description ?? "none", by: caller)
            ])
        } catch { throw Problem(error) }
        return (invitations, affected.count == page.limit ? last : nil)
    }

    private static func admit(_ principal: Principal) throws(Problem) {
        try principal.require(.applicationsAdmin)
        try principal.requireUnbound()
    }

    private func scope(_ reference: SellerReference?) async throws(Problem) -> Quarantine.Scope {
        guard let reference else { return .all }
        let seller: Seller?
        do { seller = try await store.seller(reference) } catch { throw Problem(error) }
        guard let seller, seller.state != .erased else { throw .sellerNotFound }
        return .seller(seller.id)
    }

    private func drilled(_ scope: Quarantine.Scope) async throws(Problem) -> Report {
        do {
            return Report(
                isDrill: true, allSince: nil, reach: try await store.reach(of: scope),
                keyChange: .untouched(id: vault.keyRing.current))
        } catch { throw Problem(error) }
    }

    private func report(keyChange: KeyChange? = nil) async throws(Problem) -> Report {
        do {
            return Report(
                isDrill: false, allSince: try await store.quarantine().allSince, reach: try await store.reach(of: nil),
                keyChange: keyChange ?? .untouched(id: vault.keyRing.current))
        } catch { throw Problem(error) }
    }

    // The quarantine stands by now: whatever keeps the key from being changed must not undo it.
    private func changeKey(by caller: Caller) async throws(Problem) -> KeyChange {
        let single = Caller(principal: caller.principal, request: caller.request)
        do throws(Problem) {
            return .changed(id: try await keyRotation.rotate(clock: clock, random: random, by: single))
        } catch {
            logger.note("Key of the keyring not changed", at: .error, [.code: error.code.rawValue])
            return .refused(id: vault.keyRing.current, reason: error.detail)
        }
    }

    private func affected(page: Page) async throws(Problem) -> [Affected] {
        do {
            let quarantine = try await store.quarantine()
            var affected: [Affected] = []
            for seller in try await store.affectedSellers(page: page) {
                // Lifted between the two reads.
                guard let since = quarantine.since(seller.id) else { continue }
                let connections = try await store.connections(
                    ConnectionFilter(seller: seller.id, states: Set(Connection.State.allCases.filter(\.isActive))),
                    page: Page(limit: 200))
                affected.append(Affected(seller: seller, since: since, connections: connections))
            }
            return affected
        } catch { throw Problem(error) }
    }
}

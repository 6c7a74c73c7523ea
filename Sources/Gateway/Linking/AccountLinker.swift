public import Logging
public import ServiceLifecycle

/// Leads a shop owner's browser from the onboarding link to a connection.
public struct AccountLinker: Service {
    /// For how long a callback may take (SEC C1.1).
    static let attemptLife = Duration.seconds(600)
    /// Between two looks at answers whose account could not be read.
    static let settlingInterval = Duration.seconds(15)
    /// For how long such an answer is kept.
    static let answersKept = Duration.seconds(86_400)

    let store: any LinkStore & ExchangeStore & SellerStore & ConnectionStore & TokenStore & AuditStore
    let vault: Vault
    let applications: Applications
    let connections: Connections
    let oauth: any UpstreamOAuth
    let accounts: any UpstreamAccounts
    let refresher: TokenRefresher
    let spool: AnswerSpool
    let ids: IdentifierSource
    let clock: WallClock
    let changes: ChangeMaker
    let logger: Logger
    private let random: RandomSource
    private let sleeper: any Clock<Duration>
    private let flights = SingleFlight<LinkAttemptID, LinkAttempt.Outcome>()

    /// Takes what it uses; `sleeper` is what it sleeps by.
    public init(
        store: any LinkStore & ExchangeStore & SellerStore & ConnectionStore & TokenStore & AuditStore, vault: Vault,
        applications: Applications, connections: Connections, oauth: any UpstreamOAuth,
        accounts: any UpstreamAccounts, refresher: TokenRefresher, spool: AnswerSpool, ids: IdentifierSource,
        clock: WallClock, sleeper: any Clock<Duration>, random: RandomSource, logger: Logger
    ) {
        self.store = store
        self.vault = vault
        self.applications = applications
        self.connections = connections
        self.oauth = oauth
        self.accounts = accounts
        self.refresher = refresher
        self.spool = spool
        self.ids = ids
        self.clock = clock
        self.sleeper = sleeper
        self.random = random
        self.logger = logger
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Comes back to answers that wait, and at shutdown lets exchanges in hand finish: their codes are used up.
    public func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await settleWaiting()
            await cancelWhenGracefulShutdown { try? await sleeper.sleep(for: Self.settlingInterval) }
        }
        await flights.drain()
    }

    /// What the link's page shows; consumes nothing.
    ///
    /// `nil` for a token that no link has.
    public func page(token: String) async throws(Problem) -> LinkPage? {
        do {
            guard let link = try await store.link(tokenHash: sha256(token)),
                let seller = try await store.seller(.id(link.seller))
            else { return nil }
            let application = try await applications.application(link.application)
            let state = link.state(at: clock.now)
            var relink: RelinkNotice?
            if state == .open, let current = try await connections.inUse(link.seller, with: link.application) {
                relink = RelinkNotice(try await connections.health(of: current), at: clock.now)
            }
            return LinkPage(
                link: link, state: state, seller: seller, application: application, relink: relink)
        } catch {
            throw Self.problem(error)
        }
    }

    /// Starts an attempt for this browser: `state`, PKCE and a cookie that binds them.
    public func begin(token: String) async throws(Problem) -> BeginResult {
        guard let page = try await page(token: token) else { return .unknown }
        guard page.state == .open else { return .notOpen(page) }
        guard page.seller.state == .active else { return .sellerDisabled(page) }
        let state = Secret(base64URL(random.bytes(32)))
        let cookie = Secret(base64URL(random.bytes(32)))
        let verifier: Secret<String>? = page.application.pkce == .required ? PKCE.verifier(random) : nil
        let id: LinkAttemptID = ids.next()
        do {
            let sealer = try await vault.sealer(for: .installation)
            let attempt = LinkAttempt(
                id: id, link: page.link.id, application: page.application.id,
                stateHash: state.reveal { sha256($0) }, cookieHash: cookie.reveal { sha256($0) },
                verifier: try verifier.map { value throws(VaultError) in
                    try sealer.seal(value, .pkceVerifier, row: id.ulid)
                },
                createdAt: clock.now, expiresAt: clock.now + Self.attemptLife)
            try await store.begin(
                attempt, event: try await connections.notices.linkOpened(page.link, page.application))
        } catch StoreError.conflict(rule: .linkNotOpen) {
            return .notOpen(page)
        } catch {
            throw Self.problem(error)
        }
        let url = oauth.authorizationURL(
            for: AuthorizationRequest(
                clientID: page.application.clientID, site: page.application.site,
                redirectURI: applications.redirectURI(of: page.application.id), state: state,
                codeChallenge: verifier.map { PKCE.challenge(for: $0) }))
        return .go(authorizationURL: Secret(url), cookie: cookie, page: page)
    }

    /// Takes a callback: checks state, browser and application before anything is exchanged (SEC C1.1 to C1.5).
    public func finish(_ callback: LinkCallback) async throws(Problem) -> FinishResult {
        guard let state = callback.state, !state.isEmpty else { return .refused(.stateUnknown) }
        let consumed: LinkAttempt?
        do {
            consumed = try await store.consumeAttempt(stateHash: sha256(state), at: clock.now)
        } catch { throw Problem(error) }
        guard let attempt = consumed else { return .refused(.stateUnknown) }
        let cookieHash = callback.cookie.map { sha256($0) } ?? []
        guard isSameDigest(cookieHash, attempt.cookieHash) else {
            return try await refuse(attempt, .otherBrowser)
        }
        guard callback.application == attempt.application else {
            return try await refuse(attempt, .otherApplication)
        }
        if callback.error != nil { return try await end(attempt, .denied) }
        guard let code = callback.code else { return .refused(.missingCode) }
        // A browser that closes the page must not cancel an exchange that is under way.
        let outcome = try await settle(attempt) { () async throws(Problem) in try await link(attempt, code) }
        return .finished(outcome)
    }

    /// Joins the run for an attempt, or starts one.
    func settle(
        _ attempt: LinkAttempt, _ work: @escaping @Sendable () async throws(Problem) -> LinkAttempt.Outcome
    ) async throws(Problem) -> LinkAttempt.Outcome {
        try await flights.run(attempt.id, work)
    }

    func link(of attempt: LinkAttempt) async throws(Problem) -> OnboardingLink? {
        do { return try await store.link(attempt.link) } catch { throw Problem(error) }
    }

    /// What this browser's newest attempt came to, or `nil` for a browser that made none.
    public func result(cookie: String?) async throws(Problem) -> LinkResult? {
        guard let attempt = try await attempt(cookie: cookie) else { return nil }
        do {
            guard let link = try await store.link(attempt.link), let seller = try await store.seller(.id(link.seller))
            else { return nil }
            let application = try await applications.application(link.application)
            var connection: Connection?
            if let id = attempt.connection { connection = try await store.connection(id) }
            guard attempt.outcome == .accountMismatch else {
                return LinkResult(
                    outcome: attempt.outcome, link: link, seller: seller, application: application,
                    connection: connection, endsAt: attempt.createdAt + Self.attemptLife)
            }
            return LinkResult(
                outcome: attempt.outcome, link: link, seller: seller, application: application,
                connection: connection, endsAt: attempt.createdAt + Self.attemptLife,
                refusedAccount: attempt.refusedAccount, expectedAccount: try await expectedAccount(by: link))
        } catch {
            throw Self.problem(error)
        }
    }

    // Masked, because whoever has the link may be somebody else.
    private func expectedAccount(by link: OnboardingLink) async throws(Problem) -> String? {
        let current = try await connections.inUse(link.seller, with: link.application)
        let expected = link.expectedUser ?? current?.upstreamUser
        if let current, current.upstreamUser == expected { return masked(nickname: current.nickname) }
        return expected.map { masked(number: $0) }
    }

    /// Takes back at once what this browser has just linked; `nil` for a browser that linked nothing.
    public func undo(cookie: String?) async throws(Problem) -> LinkResult? {
        guard let attempt = try await attempt(cookie: cookie), attempt.outcome == .linked,
            let connection = attempt.connection
        else { return try await result(cookie: cookie) }
        try await connections.revoke(connection, by: .shopOwner(attempt.link), .undone)
        do {
            try await store.finish(attempt.id, outcome: .undone, connection: connection, as: nil)
        } catch { throw Problem(error) }
        return try await result(cookie: cookie)
    }

    private func attempt(cookie: String?) async throws(Problem) -> LinkAttempt? {
        guard let cookie, !cookie.isEmpty else { return nil }
        do { return try await store.attempt(cookieHash: sha256(cookie), since: clock.now - Self.attemptLife) } catch {
            throw Problem(error)
        }
    }

    private func refuse(
        _ attempt: LinkAttempt, _ refusal: FinishResult.Refusal
    ) async throws(Problem) -> FinishResult {
        logger.note("Callback refused", at: .warning, [.link: attempt.link, .reason: refusal.rawValue])
        do {
            let seller = try await store.link(attempt.link)?.seller
            try await store.add(
                changes.change(
                    .linkStateRefused, subject: attempt.link.description, seller: seller,
                    by: .shopOwner(attempt.link)
                ).audit)
        } catch { throw Problem(error) }
        return .refused(refusal)
    }

    func end(
        _ attempt: LinkAttempt, _ outcome: LinkAttempt.Outcome
    ) async throws(Problem) -> FinishResult {
        do {
            let link = try await store.link(attempt.link)
            let change = outcome.action.map { action in
                changes.change(
                    action, subject: attempt.link.description, seller: link?.seller, by: .shopOwner(attempt.link))
            }
            try await store.finish(
                attempt.id, outcome: outcome, connection: nil, event: try await failure(link, outcome), as: change)
        } catch { throw Self.problem(error) }
        logger.note("Linking ended", [.link: attempt.link, .outcome: outcome.rawValue])
        return .finished(outcome)
    }

    /// What is told of an attempt that ended without a connection.
    func failure(
        _ link: OnboardingLink?, _ outcome: LinkAttempt.Outcome
    ) async throws(Problem) -> EventDraft? {
        guard let link, outcome.action != nil else { return nil }
        let seller: Seller?
        do { seller = try await store.seller(.id(link.seller)) } catch { throw Problem(error) }
        // Of an erased seller nothing is told any more.
        guard let seller, seller.state != .erased else { return nil }
        return try await connections.notices.linkFailed(
            link, try await applications.application(link.application), outcome)
    }

    static func problem(_ error: any Error) -> Problem {
        switch error {
        case let problem as Problem: problem
        case let error as StoreError: Problem(error)
        case let error as VaultError: Problem(error)
        default: Problem(.internalError, "The operator has to look.")
        }
    }
}

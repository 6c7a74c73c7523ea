import Gateway
import Synchronization

/// A provider and a network that answer what the test says, without leaving the process.
final class FakeProvider: Sendable {
    /// What is answered; each value stays until the test changes it.
    struct Answers: Sendable {
        var grant: Result<TokenGrant, UpstreamError>
        var account: Result<UpstreamAccount, UpstreamError>
        var integrator: Result<IntegratorRecord, UpstreamError>
        var setWebhook: Result<Void, UpstreamError> = .success(())
        var checkWebhook: Result<Void, UpstreamError> = .success(())
        var testUser: Result<NewTestUser, UpstreamError>
        var endpointURL: EndpointURLError?
        var terminals: Result<[Terminal], UpstreamError> = .success([])
        var setPDV: Result<Void, UpstreamError> = .success(())
        var places: Result<Bool, UpstreamError> = .success(true)
        /// The terminals that were set to PDV mode, oldest first.
        var setTerminals: [TerminalID] = []
        /// How often the provider was asked about terminals and places.
        var looks = 0
        /// Keeps a list of terminals from ever being answered.
        var isSilent = false
        /// How often a refresh token was posted.
        var refreshes = 0
        /// The webhooks that were set, oldest first.
        var webhooks: [String] = []
        /// The provider's time; none unless told.
        var time: Result<Timestamp?, UpstreamError> = .success(nil)
        /// What the gateway's own address answers, by what is asked.
        var ownAddress: @Sendable (String) async -> ProbeAnswer = { _ in .failed(.connect) }
        var notification = NotificationReading.malformed(reason: "not_an_object")
    }

    private let answers: Mutex<Answers>

    /// Starts with an account of `user` in Argentina that everything works for.
    init(user: Int64 = 4242) {
        let account = UpstreamUserID(rawValue: user)!
        answers = Mutex(
            Answers(
                grant: .success(
                    TokenGrant(
                        access: Secret("access-token-marker"), refresh: Secret("refresh-token-marker"),
                        lifetime: .seconds(180 * 86_400), scopes: ["offline_access", "read", "write"], user: account,
                        liveMode: nil)),
                account: .success(
                    UpstreamAccount(
                        user: account, nickname: "PANADERIA SOL", email: "sol@example.com", site: SiteID("MLA")!,
                        isTestUser: true)),
                integrator: .success(
                    IntegratorRecord(token: Secret("integrator-token-marker"), webhook: "", isValid: false)),
                testUser: .success(
                    NewTestUser(user: account, nickname: "TESTUSER4242", password: Secret("password-marker")))))
    }

    /// Changes what is answered from now on.
    func set(_ change: (inout Answers) -> Void) { answers.withLock { change(&$0) } }

    /// The webhooks that were set, oldest first.
    var webhooks: [String] { now.webhooks }

    /// How often a refresh token was posted.
    var refreshes: Int { now.refreshes }

    /// How often it was asked about terminals and places.
    var looks: Int { now.looks }

    /// The terminals that were set to PDV mode, oldest first.
    var setTerminals: [TerminalID] { now.setTerminals }

    private var now: Answers { answers.withLock { $0 } }
}

extension FakeProvider: UpstreamOAuth {
    func authorizationURL(for request: AuthorizationRequest) -> String {
        let state = request.state.reveal { $0 }
        let challenge = request.codeChallenge.map { "&code_challenge=\($0)" } ?? ""
        return "https://auth.example.com/authorization?client_id=\(request.clientID)&state=\(state)\(challenge)"
    }

    func exchange(_ exchange: CodeExchange, as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        try now.grant.get()
    }

    func refresh(_ token: Secret<String>, as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        set { $0.refreshes += 1 }
        return try now.grant.get()
    }

    func clientCredentials(as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        try now.grant.get()
    }
}

extension FakeProvider: UpstreamAccounts, UpstreamWebhooks {
    func account(with token: Secret<String>) async throws(UpstreamError) -> UpstreamAccount { try now.account.get() }

    func createTestUser(site: SiteID, with token: Secret<String>) async throws(UpstreamError) -> NewTestUser {
        try now.testUser.get()
    }

    func integrator(with token: Secret<String>) async throws(UpstreamError) -> IntegratorRecord {
        try now.integrator.get()
    }

    func setWebhook(_ url: String, with token: Secret<String>) async throws(UpstreamError) {
        try now.setWebhook.get()
        set { $0.webhooks.append(url) }
    }

    func checkWebhook(with token: Secret<String>) async throws(UpstreamError) { try now.checkWebhook.get() }
}

extension FakeProvider: NotificationReader {
    var keptHeaders: Set<String> { ["x-signature", "content-type"] }

    func read(application request: ReceivedRequest, secrets: [Secret<String>]) -> NotificationReading {
        now.notification
    }

    func read(connection request: ReceivedRequest, secrets: [Secret<String>]) -> NotificationReading {
        now.notification
    }

    func need(of topic: String) -> ProofNeed { .nothing }

    func answer(challenge code: String, token: Secret<String>) -> String { String(repeating: "0", count: 64) }
}

extension FakeProvider: WebhookSender {
    func send(_ request: WebhookRequest) async -> WebhookAnswer { WebhookAnswer(status: 204, failure: nil) }

    func check(url: String) async throws(EndpointURLError) {
        if let error = now.endpointURL { throw error }
    }
}

extension FakeProvider: UpstreamTerminals {
    func terminals(with token: Secret<String>) async throws(UpstreamError) -> [Terminal] {
        set { $0.looks += 1 }
        if now.isSilent { await untilCanceled() }
        return try now.terminals.get()
    }

    func setPDV(_ terminal: TerminalID, with token: Secret<String>) async throws(UpstreamError) {
        set { $0.setTerminals.append(terminal) }
        try now.setPDV.get()
    }

    func hasStore(_ user: UpstreamUserID, with token: Secret<String>) async throws(UpstreamError) -> Bool {
        set { $0.looks += 1 }
        return try now.places.get()
    }

    func hasPointOfSale(with token: Secret<String>) async throws(UpstreamError) -> Bool {
        set { $0.looks += 1 }
        return try now.places.get()
    }
}

extension FakeProvider: UpstreamClock, AddressProbe {
    func time() async throws(UpstreamError) -> Timestamp? { try now.time.get() }

    func get(_ url: String) async -> ProbeAnswer { await now.ownAddress(url) }
}

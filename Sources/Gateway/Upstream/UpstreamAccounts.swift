/// What the gateway asks of the provider about accounts.
public protocol UpstreamAccounts: Sendable {
    /// The account that a token belongs to; also the probe of whether the token works.
    func account(with token: Secret<String>) async throws(UpstreamError) -> UpstreamAccount
    /// Makes a user of the provider's test world, with the application's own live token.
    func createTestUser(site: SiteID, with token: Secret<String>) async throws(UpstreamError) -> NewTestUser
}

/// A test user as it was just made; its password is not to be had again.
public struct NewTestUser: Sendable {
    /// The account's number.
    public let user: UpstreamUserID
    /// The name it logs in with.
    public let nickname: String
    /// Its password.
    public let password: Secret<String>

    /// Takes the fields as they were read.
    public init(user: UpstreamUserID, nickname: String, password: Secret<String>) {
        self.user = user
        self.nickname = nickname
        self.password = password
    }
}

/// What the gateway asks of the provider about one connection's webhook: the guide's step 3.
public protocol UpstreamWebhooks: Sendable {
    /// The integrator record of the token's account.
    func integrator(with token: Secret<String>) async throws(UpstreamError) -> IntegratorRecord
    /// Replaces the record's webhook URL.
    func setWebhook(_ url: String, with token: Secret<String>) async throws(UpstreamError)
    /// Makes the provider call the webhook with a challenge; returns once it was answered rightly.
    ///
    /// - Throws: ``UpstreamError/refused(code:status:)`` with `webhook_not_valid` when the provider says so.
    func checkWebhook(with token: Secret<String>) async throws(UpstreamError)
}

/// What the provider keeps about a caller of its Integrations API.
public struct IntegratorRecord: Sendable {
    /// The HMAC key for the challenge.
    public let token: Secret<String>
    /// The webhook URL that is set, empty for none.
    public let webhook: String
    /// Whether the provider has seen it answer a challenge.
    public let isValid: Bool

    /// Takes the fields as they were read.
    public init(token: Secret<String>, webhook: String, isValid: Bool) {
        self.token = token
        self.webhook = webhook
        self.isValid = isValid
    }
}

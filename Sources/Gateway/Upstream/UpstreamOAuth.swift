/// What the gateway asks of the provider's authorization server.
public protocol UpstreamOAuth: Sendable {
    /// The page at which the shop owner allows the link (RFC 6749 §4.1.1).
    func authorizationURL(for request: AuthorizationRequest) -> String
    /// Exchanges a code, once; never retried after bytes were sent (SEC C1.11).
    func exchange(_ exchange: CodeExchange, as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant
    /// Exchanges a refresh token for a new pair, on a fresh connection, 120 s at most.
    func refresh(_ token: Secret<String>, as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant
    /// The application's own token (RFC 6749 §4.4).
    func clientCredentials(as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant
}

/// What an authorization page is asked with.
public struct AuthorizationRequest: Sendable {
    /// The application's number.
    public let clientID: String
    /// Its country, which decides the host.
    public let site: SiteID
    /// The constant redirect URI of the application.
    public let redirectURI: String
    /// The nonce that comes back.
    public let state: Secret<String>
    /// BASE64URL(SHA-256(verifier)), or `nil` without PKCE.
    public let codeChallenge: String?

    /// Takes the fields as they were made.
    public init(clientID: String, site: SiteID, redirectURI: String, state: Secret<String>, codeChallenge: String?) {
        self.clientID = clientID
        self.site = site
        self.redirectURI = redirectURI
        self.state = state
        self.codeChallenge = codeChallenge
    }
}

/// What a code is exchanged with.
public struct CodeExchange: Sendable {
    /// The code from the callback.
    public let code: Secret<String>
    /// The PKCE verifier, or `nil` without PKCE.
    public let verifier: Secret<String>?
    /// The redirect URI that was sent to the authorization page.
    public let redirectURI: String

    /// Takes the fields as they were received.
    public init(code: Secret<String>, verifier: Secret<String>?, redirectURI: String) {
        self.code = code
        self.verifier = verifier
        self.redirectURI = redirectURI
    }
}

/// What an application proves itself with.
public struct ClientCredentials: Sendable {
    /// The application's number.
    public let clientID: String
    /// Its secret.
    public let secret: Secret<String>
    /// Whether the tokens are to be of the test world.
    public let isTest: Bool

    /// Takes the fields as they were opened.
    public init(clientID: String, secret: Secret<String>, isTest: Bool) {
        self.clientID = clientID
        self.secret = secret
        self.isTest = isTest
    }
}

/// What the token endpoint gave.
public struct TokenGrant: Sendable {
    /// The access token.
    public let access: Secret<String>
    /// The refresh token, where one came.
    public let refresh: Secret<String>?
    /// The access token's life from the answer on, already clamped to 1 minute to 400 days.
    public let lifetime: Duration
    /// What was allowed.
    public let scopes: [String]
    /// The account, where it was named.
    public let user: UpstreamUserID?
    /// Whether the tokens move real money, where it was said.
    public let liveMode: Bool?

    /// Takes the fields as they were read.
    public init(
        access: Secret<String>, refresh: Secret<String>?, lifetime: Duration, scopes: [String],
        user: UpstreamUserID?, liveMode: Bool?
    ) {
        self.access = access
        self.refresh = refresh
        self.lifetime = lifetime
        self.scopes = scopes
        self.user = user
        self.liveMode = liveMode
    }
}

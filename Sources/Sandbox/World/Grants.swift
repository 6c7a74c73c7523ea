import Foundation

/// A seller and an application: what tokens, integrator records and ledgers hang on.
struct GrantKey: Hashable, Sendable {
    let userID: Int64
    let clientID: String
}

/// A seller's standing permission to an application.
struct Grant: Sendable {
    var isRevoked = false
    var scopes: [String]
    var publicKey: String
    /// How many refresh tokens were issued so far; the newest one's generation.
    var generation = 0
    /// The generation of the access token that was last called with and accepted.
    var calledWith: Int?
}

/// The tokens that were ever issued to a grant, oldest first.
struct IssuedTokens: Sendable {
    var access: [String] = []
    var refresh: [String] = []
}

/// A bearer token of the API.
struct AccessToken: Sendable {
    let owner: GrantKey
    /// The generation of the refresh token that came with it.
    let generation: Int
    let isLive: Bool
    var expiresAt: Date
    var isRevoked = false
}

/// A token of one refresh, or of several while the knob `reuse_refresh` is on.
struct RefreshToken: Sendable {
    let owner: GrantKey
    let generation: Int
    let isLive: Bool
    let issuedAt: Date
    let expiresAt: Date
    var uses = 0
    var isRevoked = false
}

/// The answer of an approved authorization: ten minutes, one use.
struct AuthorizationCode: Sendable {
    let owner: GrantKey
    let redirectURI: String
    let challenge: PKCE.Challenge?
    let expiresAt: Date
    var isUsed = false
}

/// Whoever is behind a valid bearer token.
struct Caller: Sendable {
    let key: GrantKey
    let isLive: Bool

    /// The seller's number.
    var userID: Int64 { key.userID }
}

/// What the token endpoint gave for a code, sealed for the connection that it is to become.
public struct SealedGrant: Hashable, Sendable {
    /// The first pair; it names the connection.
    public let tokens: StoredTokens
    /// What was allowed.
    public let scopes: [String]
    /// The account, where the answer named it.
    public let user: UpstreamUserID?
    /// Whether the tokens move real money, where the answer said it.
    public let liveMode: Bool?

    /// Whether the pair can be renewed: a refresh token came, and nothing says that `offline_access` was withheld.
    public var isRefreshable: Bool {
        tokens.refresh != nil && (scopes.isEmpty || scopes.contains("offline_access"))
    }

    /// Joins the parts, each behind its length; nothing in it is plain but what the account allowed.
    public var packed: [UInt8] {
        lengthPrefixed([
            KeptPair(tokens).packed, Array(scopes.joined(separator: " ").utf8),
            Array((user?.description ?? "").utf8), Array((liveMode.map { String($0) } ?? "").utf8),
        ])
    }

    /// Takes the parts.
    public init(tokens: StoredTokens, scopes: [String], user: UpstreamUserID?, liveMode: Bool?) {
        self.tokens = tokens
        self.scopes = scopes
        self.user = user
        self.liveMode = liveMode
    }

    /// Seals an answer of the token endpoint that came at `moment`.
    init(
        _ grant: TokenGrant, for connection: ConnectionID, at moment: Timestamp, by sealer: Sealer
    ) throws(VaultError) {
        let refresh = try grant.refresh.map { value throws(VaultError) in
            try sealer.seal(value, .refreshToken, row: connection.ulid)
        }
        self.init(
            tokens: StoredTokens(
                connection: connection, generation: 1,
                access: try sealer.seal(grant.access, .accessToken, row: connection.ulid), refresh: refresh,
                issuedAt: moment, expiresAt: moment + grant.lifetime),
            scopes: grant.scopes.sorted(), user: grant.user, liveMode: grant.liveMode)
    }

    /// Reads what ``packed`` wrote; bytes of another form give `nil`.
    public init?(packed: [UInt8]) {
        let parts = unprefixed(packed)
        guard parts.count == 4, let pair = KeptPair(packed: parts[0]) else { return nil }
        let words = parts.dropFirst().map { String(decoding: $0, as: UTF8.self) }
        self.init(
            tokens: pair.tokens, scopes: words[0].split(separator: " ").map { String($0) },
            user: UpstreamUserID(words[1]), liveMode: Bool(words[2]))
    }
}

/// A grant that a shop gave to another system, as that system hands it over.
public struct ImportedGrant: Sendable {
    /// For how long a pair lives that nobody says the issue of (REF §1.6).
    static let usualLife = Duration.seconds(180 * 86_400)
    /// No pair lives longer.
    static let longestLife = Duration.seconds(400 * 86_400)

    /// The application that it was given to.
    public let application: ApplicationID
    /// The access token.
    public let access: Secret<String>
    /// The refresh token, where there is one.
    public let refresh: Secret<String>?
    /// What was allowed; none where it is not known.
    public let scopes: [String]
    /// The account that it has to be of, where that is known.
    public let expectedUser: UpstreamUserID?
    /// When the pair was issued.
    public let issuedAt: Timestamp
    /// When the access token dies.
    public let expiresAt: Timestamp

    /// Takes what was handed over.
    ///
    /// - Parameters:
    ///   - application: The application that it was given to.
    ///   - access: The access token, 8 to 2048 visible ASCII characters.
    ///   - refresh: The refresh token, likewise.
    ///   - scopes: What was allowed.
    ///   - expectedUser: The account that it has to be of.
    ///   - issuedAt: When the pair was issued; a usual life before its end unless told.
    ///   - expiresAt: When the access token dies.
    ///   - lifetime: The same, from the issue on, or from now on where that is not told; one of both is needed.
    ///   - now: The present moment.
    /// - Throws: ``Problem/Code/invalidRequest`` naming the field.
    public init(
        application: ApplicationID, access: Secret<String>, refresh: Secret<String>?, scopes: [String],
        expectedUser: UpstreamUserID?, issuedAt: Timestamp?, expiresAt: Timestamp?, lifetime: Duration?,
        at now: Timestamp
    ) throws(Problem) {
        self.application = application
        self.access = try Self.checked(access, "access_token")
        self.refresh = try refresh.map { value throws(Problem) in try Self.checked(value, "refresh_token") }
        self.scopes = scopes
        self.expectedUser = expectedUser
        let field = expiresAt == nil ? "expires_in" : "expires_at"
        let end: Timestamp
        switch (expiresAt, lifetime) {
        case (let moment?, nil): end = moment
        case (nil, let lifetime?): end = (issuedAt ?? now) + lifetime
        case (nil, nil), (_?, _?): throw .invalid(field, "Give expires_at, or expires_in in seconds.")
        }
        guard now < end else {
            throw .invalid(field, "The access token has died. Renew it where it comes from, and import the new pair.")
        }
        guard end - now <= Self.longestLife else {
            throw .invalid(field, "No access token lives longer than 400 days.")
        }
        if let issuedAt {
            guard issuedAt <= now, end - issuedAt <= Self.longestLife else {
                throw .invalid("issued_at", "Give when the pair was issued: not in the future, at most 400 days ago.")
            }
        }
        self.issuedAt = issuedAt ?? min(now, end - Self.usualLife)
        self.expiresAt = end
    }

    private static func checked(_ token: Secret<String>, _ field: String) throws(Problem) -> Secret<String> {
        let isUsable = token.reveal {
            (8...2048).contains($0.utf8.count) && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
        guard isUsable else { throw .invalid(field, "Give the token as it was issued, 8 to 2048 visible characters.") }
        return token
    }
}

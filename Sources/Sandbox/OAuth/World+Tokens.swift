import Foundation

extension World {
    /// Answers `POST /oauth/token` and says in the ledger what was decided.
    ///
    /// - Throws: The flat errors of reference §1.7.
    mutating func issueToken(for request: TokenRequest, post: RefreshPost.ID? = nil) throws -> JSON {
        var post = post
        if post == nil, case .refresh(let token) = request.grant { post = noteRefreshPost(of: token) }
        do {
            let answer = try token(for: request)
            if let post, let grant = grants[post.owner] { note(post) { $0.issued = grant.generation } }
            return answer
        } catch let refusal as Refusal {
            note(post) { $0.refusal = refusal.code }
            throw refusal
        }
    }

    private mutating func token(for request: TokenRequest) throws -> JSON {
        let application = try authenticated(request)
        switch request.grant {
        case .code(let code, let redirectURI, let verifier):
            remember("code_verifier", verifier)
            let key = try redeem(code, redirectURI: redirectURI, verifier: verifier, by: application)
            return tokenAnswer(for: key, isLive: !request.wantsTestToken, replacing: nil)
        case .refresh(let token):
            return try refresh(token, by: application, isLive: !request.wantsTestToken)
        case .clientCredentials:
            let key = GrantKey(userID: application.ownerID, clientID: application.clientID)
            if grants[key] == nil { grants[key] = newGrant(scopes: application.scopes) }
            let isLive = !request.wantsTestToken
            let token = issueAccessToken(to: key, isLive: isLive, seconds: 21_600)
            return answer(token, for: key, isLive: isLive, seconds: 21_600, refreshToken: nil)
        }
    }

    /// Gives a seller's application a pair directly, as `/_sim/tokens` does.
    mutating func grantDirectly(_ key: GrantKey, scopes: [String]) -> JSON {
        if grants[key]?.isRevoked ?? true { grants[key] = newGrant(scopes: scopes, after: grants[key]) }
        return tokenAnswer(for: key, isLive: true, replacing: nil)
    }

    /// A grant as it starts, without tokens; generations go on counting from an earlier one of the same two.
    mutating func newGrant(scopes: [String], after earlier: Grant? = nil) -> Grant {
        Grant(
            scopes: scopes.sorted(), publicKey: "APP_USR-" + generator.uuid(), generation: earlier?.generation ?? 0)
    }

    /// Finds out who calls, or refuses as the route family does (reference §2.0, §3.2, §3.5).
    func caller(bearer: String?, family: RouteFamily) throws -> Caller {
        guard let bearer else { throw family.missingToken }
        guard let token = accessTokens[bearer], !token.isRevoked, token.expiresAt > now,
            users[token.owner.userID] != nil
        else { throw family.invalidToken }
        return Caller(key: token.owner, isLive: token.isLive)
    }

    private func authenticated(_ request: TokenRequest) throws -> Application {
        let refusal = Refusal.upstream(400, "invalid_client", "invalid client_id or client_secret")
        guard let application = applications[request.clientID] else { throw refusal }
        if application.clientSecret == request.clientSecret { return application }
        guard knobs.acceptAppTokenAsSecret, let token = accessTokens[request.clientSecret],
            token.owner == GrantKey(userID: application.ownerID, clientID: application.clientID)
        else { throw refusal }
        return application
    }

    private static let invalidGrant =
        "Error validating grant. Your authorization code or refresh token may be expired or it was already used."

    private mutating func redeem(
        _ code: String, redirectURI: String, verifier: String?, by application: Application
    ) throws -> GrantKey {
        let refusal = Refusal.upstream(400, "invalid_grant", Self.invalidGrant)
        guard var found = codes[code], !found.isUsed, found.expiresAt > now,
            found.owner.clientID == application.clientID, found.redirectURI == redirectURI
        else { throw refusal }
        if application.requiresPKCE, verifier == nil {
            throw Refusal.upstream(400, "invalid_request", "code_verifier is a required parameter")
        }
        if let challenge = found.challenge, let verifier {
            guard PKCE.isVerifier(verifier), challenge.isMet(by: verifier) else { throw refusal }
        }
        found.isUsed = true
        codes[code] = found
        if knobs.relinkRevokesOld { revokeTokens(of: found.owner) }
        if grants[found.owner]?.isRevoked ?? true {
            grants[found.owner] = newGrant(scopes: application.scopes, after: grants[found.owner])
        }
        if knobs.notifyAuthorized { notifyConnection(found.owner, action: "application.authorized") }
        return found.owner
    }

    private mutating func refresh(_ value: String, by application: Application, isLive: Bool) throws -> JSON {
        let refusal = Refusal.upstream(400, "invalid_grant", Self.invalidGrant)
        guard var token = refreshTokens[value], token.owner.clientID == application.clientID else { throw refusal }
        if grants[token.owner]?.isRevoked ?? true {
            throw Refusal.upstream(400, knobs.revokedRefreshError, Self.invalidGrant)
        }
        guard !token.isRevoked, token.expiresAt > now else { throw refusal }
        if token.uses > 0, !knobs.reuseRefresh, !knobs.omitRefreshToken {
            if knobs.reuseRevokesGrant { revokeGrant(token.owner) }
            throw refusal
        }
        token.uses += 1
        refreshTokens[value] = token
        return tokenAnswer(for: token.owner, isLive: isLive && token.isLive, replacing: value)
    }

    private mutating func tokenAnswer(for key: GrantKey, isLive: Bool, replacing old: String?) -> JSON {
        if old != nil, knobs.revokeOldAccessOnRefresh { revokeAccessTokens(of: key) }
        let seconds = knobs.accessTokenTTL
        let isRenewable = grants[key]?.scopes.contains("offline_access") ?? false && !knobs.omitRefreshToken
        if isRenewable { grants[key]?.generation += 1 }
        let access = issueAccessToken(to: key, isLive: isLive, seconds: seconds)
        let refresh = isRenewable ? issueRefreshToken(to: key, isLive: isLive) : nil
        return answer(access, for: key, isLive: isLive, seconds: seconds, refreshToken: refresh)
    }

    private mutating func issueAccessToken(to key: GrantKey, isLive: Bool, seconds: Int) -> String {
        let value =
            "APP_USR-\(key.clientID)-\(Timestamp.monthDayHour(now))-\(generator.hex(32))-\(key.userID)"
        accessTokens[value] = AccessToken(
            owner: key, generation: grants[key]?.generation ?? 0, isLive: isLive,
            expiresAt: now.addingTimeInterval(TimeInterval(seconds)))
        issued[key, default: IssuedTokens()].access.append(value)
        remember("access_token", value)
        return value
    }

    private mutating func issueRefreshToken(to key: GrantKey, isLive: Bool) -> String {
        let value = "TG-\(generator.hex(24))-\(key.userID)"
        refreshTokens[value] = RefreshToken(
            owner: key, generation: grants[key]?.generation ?? 0, isLive: isLive, issuedAt: now,
            expiresAt: now.addingTimeInterval(15_552_000))
        issued[key, default: IssuedTokens()].refresh.append(value)
        remember("refresh_token", value)
        return value
    }

    private func answer(
        _ access: String, for key: GrantKey, isLive: Bool, seconds: Int, refreshToken: String?
    ) -> JSON {
        var members: [String: JSON] = [
            "access_token": .string(access), "token_type": "Bearer", "expires_in": .int(Int64(seconds)),
            "scope": .string(grants[key]?.scopes.joined(separator: " ") ?? ""), "user_id": .int(key.userID),
            "public_key": .optional(grants[key]?.publicKey), "live_mode": .bool(isLive),
        ]
        if let refreshToken { members["refresh_token"] = .string(refreshToken) }
        return .object(members)
    }
}

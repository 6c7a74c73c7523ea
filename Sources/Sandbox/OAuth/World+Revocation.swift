extension World {
    /// The seller unlinks the application in the portal: tokens die and `mp-connect` is sent (reference §1.8).
    mutating func deauthorize(_ key: GrantKey) {
        revokeGrant(key)
        notifyConnection(key, action: "application.deauthorized")
    }

    /// The seller changes the password: tokens of every application die and, unless a knob says so, nobody is told.
    mutating func changePassword(of userID: Int64) {
        users[userID]?.password = "qatest" + generator.hex(8)
        remember("password", users[userID]?.password)
        for key in grants.keys where key.userID == userID {
            revokeTokens(of: key)
            if knobs.notifyPasswordChange { notifyConnection(key, action: "application.deauthorized") }
        }
    }

    /// Ends a grant and everything issued under it, without telling.
    mutating func revokeGrant(_ key: GrantKey) {
        grants[key]?.isRevoked = true
        revokeTokens(of: key)
    }

    /// Ends all tokens of a grant that itself stays.
    mutating func revokeTokens(of key: GrantKey) {
        for (value, token) in accessTokens where token.owner == key { accessTokens[value]?.isRevoked = true }
        for (value, token) in refreshTokens where token.owner == key { refreshTokens[value]?.isRevoked = true }
    }

    /// Lets the access tokens of a grant expire at once; its refresh token stays good.
    mutating func expireAccessTokens(of key: GrantKey) {
        let moment = now
        for (value, token) in accessTokens where token.owner == key { accessTokens[value]?.expiresAt = moment }
    }

    /// The refresh tokens of every grant in the order of their generations, for `/_sim/ledger`.
    var ledger: JSON {
        let rows = grants.sorted { ($0.key.userID, $0.key.clientID) < ($1.key.userID, $1.key.clientID) }
        return .array(
            rows.map { key, grant in
                let tokens = refreshTokens.values.filter { $0.owner == key }.sorted { $0.generation < $1.generation }
                return [
                    "user_id": .int(key.userID), "client_id": .string(key.clientID),
                    "revoked": .bool(grant.isRevoked), "issued": .int(Int64(tokens.count)),
                    "used": .int(Int64(tokens.filter { $0.uses > 0 }.count)),
                    "posts": .int(Int64(grant.refreshPosts)),
                    "generations": .array(
                        tokens.map { token in
                            [
                                "generation": .int(Int64(token.generation)), "uses": .int(Int64(token.uses)),
                                "issued_at": .string(Timestamp.utc(token.issuedAt)),
                                "revoked": .bool(token.isRevoked),
                            ]
                        }),
                ]
            })
    }
}

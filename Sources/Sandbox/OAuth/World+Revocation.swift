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
        revokeAccessTokens(of: key)
        for value in issued[key]?.refresh ?? [] { refreshTokens[value]?.isRevoked = true }
    }

    /// Ends the access tokens of a grant; its refresh token stays good.
    mutating func revokeAccessTokens(of key: GrantKey) {
        for value in issued[key]?.access ?? [] { accessTokens[value]?.isRevoked = true }
    }

    /// Lets the access tokens of a grant expire at once; its refresh token stays good.
    mutating func expireAccessTokens(of key: GrantKey) {
        let moment = now
        for value in issued[key]?.access ?? [] { accessTokens[value]?.expiresAt = moment }
    }
}

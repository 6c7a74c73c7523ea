/// An application of the developer panel.
struct Application: Sendable {
    let clientID: String
    /// The account that made the application; client_credentials tokens are its.
    let ownerID: Int64
    var clientSecret: String
    var name: String
    var redirectURIs: [String]
    /// Whether the panel's PKCE switch is on: then a challenge is mandatory.
    var requiresPKCE: Bool
    var scopes: [String]
    /// Where signed notifications go; nil sends none.
    var webhookURL: String?
    var webhookSecret: String
    /// Panel topics that are ticked.
    var topics: [String]

    /// All fields, secrets included, as `/_sim` shows them.
    var json: JSON {
        [
            "client_id": .string(clientID), "client_secret": .string(clientSecret), "owner_id": .int(ownerID),
            "name": .string(name), "redirect_uris": .array(redirectURIs.map(JSON.string)),
            "pkce": .bool(requiresPKCE), "scopes": .array(scopes.map(JSON.string)),
            "webhook_url": .optional(webhookURL), "webhook_secret": .string(webhookSecret),
            "topics": .array(topics.map(JSON.string)),
        ]
    }
}

/// An account of the upstream.
struct User: Sendable {
    let id: Int64
    let nickname: String
    let site: Site
    let email: String
    var password: String
    let isTest: Bool

    /// The body of `GET /users/me`.
    ///
    /// Source: reference §1.9.
    var json: JSON {
        [
            "id": .int(id), "nickname": .string(nickname), "country_id": .string(site.country),
            "site_id": .string(site.rawValue), "email": .string(email), "user_type": "normal",
            "tags": isTest ? ["normal", "test_user"] : ["normal"], "status": ["site_status": "active"],
        ]
    }
}

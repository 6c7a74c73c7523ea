import Gateway

/// What an application is created from.
struct NewApplicationPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, brand, site, mode, pkce, confirm
        case supportContact = "support_contact"
        case clientID = "client_id"
        case clientSecret = "client_secret"
        case webhookSecret = "webhook_secret"
        case returnURLs = "return_urls"
    }
    typealias Fields = CodingKeys
    let name, brand, site, mode, clientID, clientSecret: String
    let pkce, confirm, supportContact, webhookSecret: String?
    let returnURLs: [String]?

    func newApplication() throws(Problem) -> NewApplication {
        NewApplication(
            name: name, brand: brand, supportContact: supportContact,
            site: try shaped(site, "site", "three capital letters such as MLA"), mode: try word(mode, "mode"),
            clientID: clientID, clientSecret: Secret(clientSecret), webhookSecret: webhookSecret.map { Secret($0) },
            pkce: try pkce.map { text throws(Problem) in try word(text, "pkce") } ?? .required,
            confirm: try confirm.map { text throws(Problem) in try word(text, "confirm") } ?? .on,
            returnURLs: returnURLs ?? [])
    }
}

/// What of an application is to be changed; `support_contact: null` takes it away.
struct ApplicationChangesPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, brand, pkce, confirm
        case supportContact = "support_contact"
        case returnURLs = "return_urls"
    }
    typealias Fields = CodingKeys
    let name, brand, pkce, confirm: String?
    let supportContact: String??
    let returnURLs: [String]?

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        brand = try container.decodeIfPresent(String.self, forKey: .brand)
        pkce = try container.decodeIfPresent(String.self, forKey: .pkce)
        confirm = try container.decodeIfPresent(String.self, forKey: .confirm)
        returnURLs = try container.decodeIfPresent([String].self, forKey: .returnURLs)
        supportContact =
            container.contains(.supportContact)
            ? .some(try container.decodeIfPresent(String.self, forKey: .supportContact)) : nil
    }

    func changes() throws(Problem) -> ApplicationChanges {
        ApplicationChanges(
            name: name, brand: brand, supportContact: supportContact,
            pkce: try pkce.map { text throws(Problem) in try word(text, "pkce") },
            confirm: try confirm.map { text throws(Problem) in try word(text, "confirm") }, returnURLs: returnURLs)
    }
}

/// What a secret is added from; those of its kind that are current count for `overlap_seconds` more.
struct NewSecretPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case kind, value
        case overlapSeconds = "overlap_seconds"
    }
    typealias Fields = CodingKeys
    let kind, value: String
    let overlapSeconds: Int?
}

/// What a test user is made from.
struct NewTestUserPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable { case site }
    typealias Fields = CodingKeys
    let site: String
}

/// An application as the API shows it; of its secrets only when they were added and end.
struct ApplicationResource: Encodable {
    struct SecretResource: Encodable {
        let id, kind, createdAt: String
        let expiresAt: String?
    }

    let id, name, brand, site, mode, clientID, pkce, confirm, createdAt, redirectURI, webhookURL: String
    let supportContact, refreshStoppedAt, refreshStopReason: String?
    let returnURLs: [String]
    let heldConnections: Int?
    let secrets: [SecretResource]?

    enum CodingKeys: String, CodingKey {
        case id, name, brand, site, mode, pkce, confirm, createdAt, supportContact, refreshStoppedAt, refreshStopReason
        case secrets, heldConnections
        case clientID = "client_id"
        case redirectURI = "redirect_uri"
        case webhookURL = "webhook_url"
        case returnURLs = "return_urls"
    }

    init(
        _ application: Application, _ applications: Applications, secrets: [ApplicationSecret]?, held: Int? = nil
    ) {
        id = application.id.description
        name = application.name
        brand = application.brand
        site = application.site.description
        mode = application.mode.rawValue
        clientID = application.clientID
        pkce = application.pkce.rawValue
        confirm = application.confirm.rawValue
        createdAt = application.createdAt.description
        redirectURI = applications.redirectURI(of: application.id)
        webhookURL = applications.webhookURL(of: application.id)
        supportContact = application.supportContact
        refreshStoppedAt = application.refreshStop?.at.description
        refreshStopReason = application.refreshStop?.reason
        returnURLs = application.returnURLs
        heldConnections = held
        self.secrets = secrets?.map { secret in
            SecretResource(
                id: secret.id.description, kind: secret.kind.rawValue, createdAt: secret.createdAt.description,
                expiresAt: secret.expiresAt?.description)
        }
    }
}

/// A test user as the API shows it; its password once.
struct TestUserResource: Encodable {
    let id, application, upstreamUserID, nickname, site, createdAt, idleSince, endsAt: String
    let daysLeft: Int
    let password: String?
    let secretAlreadyShown: Bool?

    init(_ user: TestUser, at moment: Timestamp, password: Secret<String>? = nil, isRepeated: Bool = false) {
        id = user.id.description
        application = user.application.description
        upstreamUserID = user.upstreamUser.description
        nickname = user.nickname
        site = user.site.description
        createdAt = user.createdAt.description
        idleSince = user.idleSince.description
        endsAt = user.endsAt.description
        daysLeft = user.daysLeft(at: moment)
        self.password = password?.reveal { $0 }
        secretAlreadyShown = isRepeated ? true : nil
    }
}

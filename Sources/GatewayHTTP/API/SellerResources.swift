import Gateway

extension ExternalRef {
    /// The shape, in the words of an answer.
    static let shape = "1 to 64 of A-Z a-z 0-9 . _ ~ : @ -"
}

/// What a seller is created from.
struct NewSellerPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case name
        case externalRef = "external_ref"
    }
    typealias Fields = CodingKeys
    let name: String
    let externalRef: String?
}

/// What of a seller is to be changed; `external_ref: null` takes it away.
struct SellerChangesPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case name
        case externalRef = "external_ref"
        case state
    }
    typealias Fields = CodingKeys
    let name: String?
    let externalRef: String??
    let state: String?

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        externalRef =
            container.contains(.externalRef)
            ? .some(try container.decodeIfPresent(String.self, forKey: .externalRef)) : nil
        state = try container.decodeIfPresent(String.self, forKey: .state)
    }
}

/// What an onboarding link is created from.
struct NewLinkPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case application, locale, confirm, qr
        case returnURL = "return_url"
        case expectedUserID = "expected_user_id"
        case allowAccountChange = "allow_account_change"
        case expiresInSeconds = "expires_in_seconds"
    }
    typealias Fields = CodingKeys
    let application: String
    let locale: String?
    let returnURL: String?
    let expectedUserID: String?
    let confirm, allowAccountChange: Bool?
    let expiresInSeconds: Int?
    let qr: String?

    func newLink() throws(Problem) -> NewLink {
        var new = NewLink(application: try shaped(application, "application", "an application's id"))
        if let locale { new.locale = try word(locale, "locale") as PageLocale }
        new.returnURL = returnURL
        new.confirm = confirm
        new.allowsAccountChange = allowAccountChange ?? false
        if let expectedUserID {
            guard let user = UpstreamUserID(expectedUserID) else {
                throw .invalid("expected_user_id", "Give the account's number as text.")
            }
            new.expectedUser = user
        }
        if let expiresInSeconds { new.lifetime = .seconds(expiresInSeconds) }
        return new
    }
}

/// What an `own` connection is made from.
struct NewConnectionPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable { case kind, application }
    typealias Fields = CodingKeys
    let kind: String
    let application: String
}

/// A seller as the API shows it.
struct SellerResource: Encodable {
    let id, name, state, createdAt: String
    let externalRef: String?

    init(_ seller: Seller) {
        id = seller.id.description
        name = seller.name
        state = seller.state.rawValue
        createdAt = seller.createdAt.description
        externalRef = seller.externalRef?.description
    }
}

/// An onboarding link as the API shows it; its URL, and what holds the URL, once.
struct LinkResource: Encodable {
    let id, seller, application, state, createdAt, expiresAt: String
    let locale, returnURL, expectedUserID, openedAt: String?
    let confirm, allowAccountChange: Bool
    let secretAlreadyShown: Bool?
    var url, qrSVG: String?
    var messages: [String: LinkMessagesResource]?

    init(_ link: OnboardingLink, at moment: Timestamp, isRepeated: Bool = false) {
        id = link.id.description
        seller = link.seller.description
        application = link.application.description
        state = link.state(at: moment).rawValue
        createdAt = link.createdAt.description
        expiresAt = link.expiresAt.description
        locale = link.locale?.rawValue
        returnURL = link.returnURL
        expectedUserID = link.expectedUser?.description
        openedAt = link.openedAt?.description
        confirm = link.confirm
        allowAccountChange = link.allowsAccountChange
        secretAlreadyShown = isRepeated ? true : nil
    }
}

/// A connection as the API shows it, with what is known of its health where it was asked for alone.
struct ConnectionResource: Encodable {
    let id, seller, application, kind, upstreamUserID, nickname, site, state, webhookState, linkedAt: String
    let email, reason, webhookProblem, webhookCheckedAt, lastProvedAt, provedBy, tokenExpiresAt, worksUntil: String?
    let confirmUntil, revokedBy, revokedReason: String?
    let liveMode, refreshable, refreshUncertain, refreshHeld: Bool
    let scopes: [String]
    let removeAtProvider: [String: String]?

    /// Takes a connection; one that is shown alone comes with its health, or with what is left to do once it is revoked.
    init(_ connection: Connection, health: ConnectionHealth? = nil, isAlone: Bool = false) {
        removeAtProvider = isAlone && connection.state == .revoked ? Self.removeAtProvider : nil
        id = connection.id.description
        seller = connection.seller.description
        application = connection.application.description
        kind = connection.kind.rawValue
        upstreamUserID = connection.upstreamUser.description
        nickname = connection.nickname
        site = connection.site.description
        state = connection.state.rawValue
        webhookState = connection.webhookState.rawValue
        linkedAt = connection.linkedAt.description
        email = connection.maskedEmail
        reason = connection.reason?.rawValue
        webhookProblem = connection.webhookProblem
        webhookCheckedAt = connection.webhookCheckedAt?.description
        lastProvedAt = connection.lastProvedAt?.description
        provedBy = connection.provedBy
        tokenExpiresAt = health?.tokenExpiresAt?.description
        worksUntil = health?.worksUntil?.description
        confirmUntil = connection.confirmUntil?.description
        revokedBy = connection.revocation?.party.rawValue
        revokedReason = connection.revocation?.reason.rawValue
        liveMode = connection.liveMode
        refreshable = connection.refreshable
        refreshUncertain = connection.refreshUncertain
        refreshHeld = connection.refreshHeld
        scopes = connection.scopes
    }

    // The provider has no call that takes a permission away (REF §1.8): the shop owner has to.
    private static let removeAtProvider = Dictionary(
        uniqueKeysWithValues: PageLocale.allCases.map { ($0.rawValue, $0.copy.removeAtProvider) })
}

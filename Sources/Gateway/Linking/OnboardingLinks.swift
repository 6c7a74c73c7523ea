/// What an onboarding link is created from.
public struct NewLink: Sendable {
    /// The application to be linked with.
    public var application: ApplicationID
    /// The language that the integrator wants; `nil` follows the browser.
    public var locale: PageLocale?
    /// Where the last page sends the shop owner; one of the application's.
    public var returnURL: String?
    /// The only account that may be linked.
    public var expectedUser: UpstreamUserID?
    /// Whether the integrator has to confirm the account that was linked; `nil` as the application says.
    public var confirm: Bool?
    /// Whether the account may be another than the one that is linked already.
    public var allowsAccountChange: Bool
    /// For how long it can be used: 5 minutes to 30 days.
    public var lifetime: Duration

    /// Takes what was asked for; 7 days unless told otherwise.
    public init(
        application: ApplicationID, locale: PageLocale? = nil, returnURL: String? = nil,
        expectedUser: UpstreamUserID? = nil, confirm: Bool? = nil, allowsAccountChange: Bool = false,
        lifetime: Duration = .seconds(7 * 86_400)
    ) {
        self.application = application
        self.locale = locale
        self.returnURL = returnURL
        self.expectedUser = expectedUser
        self.confirm = confirm
        self.allowsAccountChange = allowsAccountChange
        self.lifetime = lifetime
    }
}

/// A link that was just made, with all that the message to its shop owner says.
public struct MadeLink: Sendable {
    /// The link as it is stored.
    public let link: OnboardingLink
    /// What the shop owner opens; known at this moment only.
    public let url: Secret<String>
    /// The shop.
    public let seller: Seller
    /// The application to be linked with.
    public let application: Application
}

/// The onboarding links of the installation.
public struct OnboardingLinks: Sendable {
    private let store: any LinkStore
    private let applications: Applications
    private let address: PublicAddress
    private let ids: IdentifierSource
    private let clock: WallClock
    private let random: RandomSource
    private let changes: ChangeMaker

    /// Takes what it uses.
    public init(
        store: any LinkStore, applications: Applications, address: PublicAddress, ids: IdentifierSource,
        clock: WallClock, random: RandomSource
    ) {
        self.store = store
        self.applications = applications
        self.address = address
        self.ids = ids
        self.clock = clock
        self.random = random
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Creates a link; its URL is shown by this answer only.
    public func create(
        _ new: NewLink, for seller: Seller, by caller: Caller
    ) async throws(Problem) -> MadeLink {
        try caller.require(.linksWrite)
        let application = try await applications.application(new.application)
        try caller.principal.requireMode(application.mode)
        guard seller.state == .active else {
            throw Problem(.sellerDisabled, "The operator has disabled this seller. Enable it first.")
        }
        guard (Duration.seconds(300)...Duration.seconds(30 * 86_400)).contains(new.lifetime) else {
            throw .invalid("expires_in_seconds", "Give 300 to 2592000 seconds.")
        }
        if let url = new.returnURL, !application.returnURLs.contains(url) {
            throw .invalid("return_url", "Give one of the application's return_urls, exactly as written there.")
        }
        let token = Secret(base64URL(random.bytes(32)))
        let link = OnboardingLink(
            id: ids.next(), seller: seller.id, application: application.id,
            tokenHash: token.reveal { sha256($0) }, state: .open, locale: new.locale, returnURL: new.returnURL,
            expectedUser: new.expectedUser, confirm: new.confirm ?? (application.confirm == .on),
            allowsAccountChange: new.allowsAccountChange, createdAt: clock.now, expiresAt: clock.now + new.lifetime)
        do {
            try await store.add(
                link,
                as: changes.change(
                    .linkCreated, subject: link.id.description, seller: seller.id, status: 201, by: caller))
        } catch {
            throw Problem(error)
        }
        return MadeLink(link: link, url: address.link(token: token), seller: seller, application: application)
    }

    /// The link with this id, if it lies within reach.
    public func link(_ id: OnboardingLinkID, for principal: Principal) async throws(Problem) -> OnboardingLink {
        let link: OnboardingLink?
        do { link = try await store.link(id) } catch { throw Problem(error) }
        guard let link, principal.reaches(link.seller) else { throw Self.notFound }
        return link
    }

    /// One page of a seller's links.
    public func list(of seller: Seller, page: Page) async throws(Problem) -> [OnboardingLink] {
        do { return try await store.links(of: seller.id, page: page) } catch { throw Problem(error) }
    }

    /// Revokes an open link.
    public func revoke(_ id: OnboardingLinkID, by caller: Caller) async throws(Problem) -> OnboardingLink {
        try caller.require(.linksWrite)
        let link = try await link(id, for: caller.principal)
        let application = try await applications.application(link.application)
        try caller.principal.requireMode(application.mode)
        do {
            try await store.revoke(
                id, as: changes.change(.linkRevoked, subject: id.description, seller: link.seller, by: caller))
        } catch {
            throw Problem(error)
        }
        return try await self.link(id, for: caller.principal)
    }

    private static let notFound = Problem(
        .linkNotFound, "There is no such link within this key's reach. Check the id.")
}

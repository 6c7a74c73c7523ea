/// A single-purpose, expiring, revocable URL that starts the linking of one seller.
public struct OnboardingLink: Identified, Hashable, Sendable {
    /// The letters that its ids begin with.
    public static let idPrefix = "lnk_"

    /// Where a link stands; `expired` is `open` after its time and is never stored.
    public enum State: String, Sendable, CaseIterable {
        case open, used, expired, revoked
    }

    /// The link's id.
    public let id: OnboardingLinkID
    /// The seller to be linked.
    public let seller: SellerID
    /// The application to be linked with.
    public let application: ApplicationID
    /// SHA-256 of the 32 random bytes in its path.
    public let tokenHash: [UInt8]
    /// Where it stands.
    public var state: State
    /// The language that the integrator wants; `nil` follows the browser.
    public let locale: PageLocale?
    /// Where the last page sends the shop owner; one of the application's.
    public let returnURL: String?
    /// The only account that may be linked; `nil` any.
    public let expectedUser: UpstreamUserID?
    /// Whether the integrator has to confirm the account that was linked; an expected account confirms itself.
    public let confirm: Bool
    /// Whether the account may be another than the one that is linked already: the operator's consent.
    public let allowsAccountChange: Bool
    /// When a browser first started by it.
    public let openedAt: Timestamp?
    /// When it was created.
    public let createdAt: Timestamp
    /// From when on it can't be used.
    public let expiresAt: Timestamp
    /// When a shop owner asked for another one in its place.
    public var askedAt: Timestamp?

    /// Takes the fields as they were read or made.
    public init(
        id: OnboardingLinkID, seller: SellerID, application: ApplicationID, tokenHash: [UInt8], state: State,
        locale: PageLocale?, returnURL: String?, expectedUser: UpstreamUserID?, confirm: Bool = false,
        allowsAccountChange: Bool = false, openedAt: Timestamp? = nil, createdAt: Timestamp, expiresAt: Timestamp,
        askedAt: Timestamp? = nil
    ) {
        self.id = id
        self.seller = seller
        self.application = application
        self.tokenHash = tokenHash
        self.state = state
        self.locale = locale
        self.returnURL = returnURL
        self.expectedUser = expectedUser
        self.confirm = confirm
        self.allowsAccountChange = allowsAccountChange
        self.openedAt = openedAt
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.askedAt = askedAt
    }

    /// Where it stands at `moment`: an open link whose time has passed has expired.
    public func state(at moment: Timestamp) -> State {
        state == .open && expiresAt <= moment ? .expired : state
    }
}

/// The id of an onboarding link: `lnk_…`.
public typealias OnboardingLinkID = Identifier<OnboardingLink>

/// The languages of the shop owners' pages.
public enum PageLocale: String, Sendable, CaseIterable {
    case es, pt, en
}

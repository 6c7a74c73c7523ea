/// One application registered at the provider: the integrator's identity towards it in one country.
public struct Application: Identified, Hashable, Sendable {
    /// The letters that its ids begin with.
    public static let idPrefix = "app_"

    /// Whether a code exchange is bound by PKCE; the provider's panel has a switch for it.
    public enum PKCEUse: String, Sendable, CaseIterable {
        case required, off
    }

    /// Whether its links ask the integrator to confirm the account, unless their creator says otherwise.
    public enum Confirming: String, Sendable, CaseIterable {
        /// For links that are sent by message, which may be passed on to somebody else (SEC C1.7).
        case on
        /// For links that only the shop's owner can come by.
        case off
    }

    /// The application's id.
    public let id: ApplicationID
    /// The integrator's name for it, 1 to 120 characters.
    public var name: String
    /// The name that shop owners know: the point-of-sale software's brand, 1 to 120 characters.
    public var brand: String
    /// Whom a shop owner can ask, shown on the pages; an e-mail address, telephone number or URL.
    public var supportContact: String?
    /// The country whose sellers it links.
    public var site: SiteID
    /// Whether it moves real money.
    public var mode: Mode
    /// The provider's number for it, decimal digits.
    public let clientID: String
    /// Whether the code exchange uses PKCE.
    public var pkce: PKCEUse
    /// Whether its links ask for a confirmation.
    public var confirm: Confirming
    /// Where a page may send the shop owner back to, compared exactly.
    public var returnURLs: [String]
    /// When it was created.
    public let createdAt: Timestamp
    /// Why tokens are not renewed ahead of expiry at present; `nil` while they are.
    public let refreshStop: RefreshStop?

    /// Says that the provider refuses the application rather than one shop, and since when.
    public struct RefreshStop: Hashable, Sendable {
        /// When it was stopped.
        public let at: Timestamp
        /// The provider's error code.
        public let reason: String

        /// Takes the fields as they were read or made.
        public init(at: Timestamp, reason: String) {
            self.at = at
            self.reason = reason
        }
    }

    /// Takes the fields as they were read or made.
    public init(
        id: ApplicationID, name: String, brand: String, supportContact: String?, site: SiteID, mode: Mode,
        clientID: String, pkce: PKCEUse, confirm: Confirming = .on, returnURLs: [String], createdAt: Timestamp,
        refreshStop: RefreshStop? = nil
    ) {
        self.id = id
        self.name = name
        self.brand = brand
        self.supportContact = supportContact
        self.site = site
        self.mode = mode
        self.clientID = clientID
        self.pkce = pkce
        self.confirm = confirm
        self.returnURLs = returnURLs
        self.createdAt = createdAt
        self.refreshStop = refreshStop
    }
}

/// The id of an application: `app_…`.
public typealias ApplicationID = Identifier<Application>

/// Whether something moves real money; a key's mode must equal the application's.
public enum Mode: String, Sendable, CaseIterable {
    case live, test
}

/// The provider's code for a country, three capital letters such as `MLA`.
public struct SiteID: Hashable, Sendable, LosslessStringConvertible {
    /// The three letters.
    public let description: String

    /// Accepts three capital letters; anything else gives `nil`.
    public init?(_ text: String) {
        guard text.utf8.count == 3, text.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else { return nil }
        description = text
    }
}

/// One of an application's secrets; two of a kind are active during a rotation.
public struct ApplicationSecret: Identified, Hashable, Sendable {
    /// The letters that its ids begin with.
    public static let idPrefix = "sec_"

    /// What the secret is for.
    public enum Kind: String, Sendable, CaseIterable {
        /// Authenticates the application at the token endpoint.
        case client
        /// Signs the notifications that the provider's panel sends.
        case webhook
    }

    /// The secret's id, the row that its sealed value is bound to.
    public let id: Identifier<ApplicationSecret>
    /// Whose secret.
    public let application: ApplicationID
    /// What it is for.
    public let kind: Kind
    /// The value, sealed for the installation.
    public let sealed: SealedSecret
    /// When it was added; the newest is tried first.
    public let createdAt: Timestamp
    /// From when on it counts no more; `nil` while it is current.
    public let expiresAt: Timestamp?

    /// Takes the fields as they were read or made.
    public init(
        id: Identifier<ApplicationSecret>, application: ApplicationID, kind: Kind, sealed: SealedSecret,
        createdAt: Timestamp, expiresAt: Timestamp?
    ) {
        self.id = id
        self.application = application
        self.kind = kind
        self.sealed = sealed
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// A user of the provider's test world, made for one application; gone there after 60 idle days.
public struct TestUser: Identified, Hashable, Sendable {
    /// The letters that its ids begin with.
    public static let idPrefix = "tus_"
    /// For so long the provider keeps one that nobody uses: 60 days, by its guide.
    public static let idleLife = Duration.seconds(60 * 86_400)

    /// The test user's id, the row that its sealed password is bound to.
    public let id: Identifier<TestUser>
    /// The application it was made for.
    public let application: ApplicationID
    /// The provider's number for it.
    public let upstreamUser: UpstreamUserID
    /// The name it logs in with.
    public let nickname: String
    /// Its country.
    public let site: SiteID
    /// Its password, sealed for the installation; shown once.
    public let sealedPassword: SealedSecret
    /// When it was made.
    public let createdAt: Timestamp
    /// When a connection of its account was last seen to work; `nil` where none ever was.
    public let lastProvedAt: Timestamp?

    /// Takes the fields as they were read or made.
    public init(
        id: Identifier<TestUser>, application: ApplicationID, upstreamUser: UpstreamUserID, nickname: String,
        site: SiteID, sealedPassword: SealedSecret, createdAt: Timestamp, lastProvedAt: Timestamp? = nil
    ) {
        self.id = id
        self.application = application
        self.upstreamUser = upstreamUser
        self.nickname = nickname
        self.site = site
        self.sealedPassword = sealedPassword
        self.createdAt = createdAt
        self.lastProvedAt = lastProvedAt
    }

    /// Since when nothing is known to have been done with it.
    ///
    /// What a person does with it at the provider's own pages is not seen from here.
    public var idleSince: Timestamp { max(createdAt, lastProvedAt ?? createdAt) }
    /// When the provider drops it, if it stays idle.
    public var endsAt: Timestamp { idleSince + Self.idleLife }

    /// Whole days until then, 0 when it is gone.
    public func daysLeft(at moment: Timestamp) -> Int {
        Int(max(0, (endsAt - moment).milliseconds) / 86_400_000)
    }
}

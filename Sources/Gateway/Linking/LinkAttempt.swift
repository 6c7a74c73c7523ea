/// One start of linking by one browser: what its callback has to prove.
///
/// `state` and cookie are 32 random bytes each, of which only SHA-256 is kept. Source: SEC C1.1 to C1.3.
public struct LinkAttempt: Identified, Hashable, Sendable {
    /// The letters that its ids begin with.
    public static let idPrefix = "att_"

    /// How an attempt ended, shown by the last page to the browser that made it.
    public enum Outcome: String, Sendable, CaseIterable {
        case linked, denied
        case exchangeFailed = "exchange_failed"
        case accountMismatch = "account_mismatch"
        case accountTaken = "account_taken"
        case unsupportedSite = "unsupported_site"
        case undone
        case accountUnreadable = "account_unreadable"
        /// The operator disabled the seller while its owner was at the provider: the code was not exchanged.
        case sellerDisabled = "seller_disabled"
    }

    /// The attempt's id, the row that its sealed verifier is bound to.
    public let id: LinkAttemptID
    /// The link that was opened.
    public let link: OnboardingLinkID
    /// The application of the link, which the callback's path must name too.
    public let application: ApplicationID
    /// SHA-256 of `state`.
    public let stateHash: [UInt8]
    /// SHA-256 of the browser's cookie.
    public let cookieHash: [UInt8]
    /// The PKCE verifier, sealed for the installation; `nil` where the application does not use PKCE.
    public let verifier: SealedSecret?
    /// When the browser started.
    public let createdAt: Timestamp
    /// From when on a callback comes too late.
    public let expiresAt: Timestamp
    /// When a callback used it up.
    public var consumedAt: Timestamp?
    /// How it ended; `nil` before that.
    public var outcome: Outcome?
    /// The connection that it made.
    public var connection: ConnectionID?
    /// The masked name of the account that was refused.
    public var refusedAccount: String?

    /// Takes the fields as they were read or made.
    public init(
        id: LinkAttemptID, link: OnboardingLinkID, application: ApplicationID, stateHash: [UInt8],
        cookieHash: [UInt8], verifier: SealedSecret?, createdAt: Timestamp, expiresAt: Timestamp,
        consumedAt: Timestamp? = nil, outcome: Outcome? = nil, connection: ConnectionID? = nil,
        refusedAccount: String? = nil
    ) {
        self.id = id
        self.link = link
        self.application = application
        self.stateHash = stateHash
        self.cookieHash = cookieHash
        self.verifier = verifier
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.consumedAt = consumedAt
        self.outcome = outcome
        self.connection = connection
        self.refusedAccount = refusedAccount
    }
}

/// The id of an attempt: `att_…`, never shown outside.
public typealias LinkAttemptID = Identifier<LinkAttempt>

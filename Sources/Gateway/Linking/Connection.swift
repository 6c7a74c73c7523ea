/// One seller's account at the provider, linked with one application.
public struct Connection: Identified, Hashable, Sendable {
    /// The letters that its ids begin with.
    public static let idPrefix = "con_"

    /// How the tokens were come by.
    public enum Kind: String, Sendable, CaseIterable {
        /// The seller allowed it by OAuth.
        case oauth
        /// The integrator's own account, by client credentials.
        case own
    }

    /// For how long a connection waits to be confirmed; then it ends by itself.
    public static let confirmationLife = Duration.seconds(7 * 86_400)

    /// Where a connection stands.
    public enum State: String, Sendable, CaseIterable {
        /// Its tokens are kept and used for nothing until the integrator confirms whose account it is (SEC C1.7).
        case awaitingConfirmation = "awaiting_confirmation"
        case configuring, linked
        case needsRelink = "needs_relink"
        case revoked, erased

        /// Whether its tokens may be used for calls.
        public var isUsable: Bool { self == .configuring || self == .linked || self == .needsRelink }
        /// Whether it holds its account against another seller's claim.
        public var isActive: Bool { isUsable || self == .awaitingConfirmation }
    }

    /// Why a connection needs its shop owner again.
    public enum RelinkReason: String, Sendable, CaseIterable {
        case refreshRejected = "refresh_rejected"
        /// A refresh went unanswered, and its deliberate last try was refused: the answer with the newest pair was lost.
        case rotationLost = "rotation_lost"
        case expired
    }

    /// What is known of the connection's webhook at the provider.
    public enum WebhookState: String, Sendable, CaseIterable {
        case unset, valid, failed
    }

    /// The connection's id.
    public let id: ConnectionID
    /// Whose account.
    public let seller: SellerID
    /// Linked with which application.
    public let application: ApplicationID
    /// How the tokens were come by.
    public let kind: Kind
    /// The account's number at the provider.
    public let upstreamUser: UpstreamUserID
    /// The account's name as the provider shows it; hostile input.
    public let nickname: String
    /// The account's e-mail address, masked before it was stored.
    public let maskedEmail: String?
    /// The account's country.
    public let site: SiteID
    /// Whether the tokens move real money.
    public let liveMode: Bool
    /// What the seller allowed, as the provider named it.
    public let scopes: [String]
    /// Whether the provider gave a refresh token and `offline_access`.
    public let refreshable: Bool
    /// Where it stands.
    public var state: State
    /// Why it needs the shop owner again, with ``State/needsRelink``.
    public var reason: RelinkReason?
    /// Whether a refresh went unanswered.
    public var refreshUncertain: Bool
    /// Whether the system that it was imported from may still renew its tokens and answer at its webhook.
    ///
    /// Until an operator says that it has stopped, the gateway renews nothing and registers nothing.
    public var refreshHeld: Bool
    /// The HMAC key of the integrator record, sealed for the seller.
    public var integratorToken: SealedSecret?
    /// What is known of its webhook.
    public var webhookState: WebhookState
    /// Why the webhook is not valid, a stable code.
    public var webhookProblem: String?
    /// The webhook URL that stood there before ours, sealed for the seller; put back on revoke and undo.
    public var previousWebhook: SealedSecret?
    /// When the webhook was last checked.
    public var webhookCheckedAt: Timestamp?
    /// When the account was linked.
    public let linkedAt: Timestamp
    /// When the tokens were last seen to work.
    public var lastProvedAt: Timestamp?
    /// What proved it: `proxy_call`, `probe` or `refresh`.
    public var provedBy: String?
    /// Who ended it and why, with ``State/revoked``.
    public var revocation: Revocation?
    /// When the provider said that the shop owner took the permission back; `nil` once that was looked into.
    public var deauthorizedAt: Timestamp?
    /// Counts the changes; a write names the version that it read.
    public var version: Int

    /// Takes the fields as they were read or made.
    public init(
        id: ConnectionID, seller: SellerID, application: ApplicationID, kind: Kind, account: UpstreamAccount,
        maskedEmail: String?, liveMode: Bool, scopes: [String], refreshable: Bool, state: State,
        reason: RelinkReason? = nil, refreshUncertain: Bool = false, refreshHeld: Bool = false,
        integratorToken: SealedSecret? = nil, webhookState: WebhookState = .unset, webhookProblem: String? = nil,
        previousWebhook: SealedSecret? = nil,
        webhookCheckedAt: Timestamp? = nil, linkedAt: Timestamp, lastProvedAt: Timestamp? = nil,
        provedBy: String? = nil, revocation: Revocation? = nil, deauthorizedAt: Timestamp? = nil, version: Int = 1
    ) {
        self.id = id
        self.seller = seller
        self.application = application
        self.kind = kind
        upstreamUser = account.user
        nickname = account.nickname
        self.maskedEmail = maskedEmail
        site = account.site
        self.liveMode = liveMode
        self.scopes = scopes
        self.refreshable = refreshable
        self.state = state
        self.reason = reason
        self.refreshUncertain = refreshUncertain
        self.refreshHeld = refreshHeld
        self.integratorToken = integratorToken
        self.webhookState = webhookState
        self.webhookProblem = webhookProblem
        self.previousWebhook = previousWebhook
        self.webhookCheckedAt = webhookCheckedAt
        self.linkedAt = linkedAt
        self.lastProvedAt = lastProvedAt
        self.provedBy = provedBy
        self.revocation = revocation
        self.deauthorizedAt = deauthorizedAt
        self.version = version
    }
}

extension Connection {
    /// When it ends by itself unless it is confirmed; `nil` for one that waits for nothing.
    public var confirmUntil: Timestamp? {
        state == .awaitingConfirmation ? linkedAt + Self.confirmationLife : nil
    }
}

/// The id of a connection: `con_…`.
public typealias ConnectionID = Identifier<Connection>

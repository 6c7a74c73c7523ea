/// What the page of an onboarding link shows.
public struct LinkPage: Sendable {
    /// The link that was opened.
    public let link: OnboardingLink
    /// Where it stands now.
    public let state: OnboardingLink.State
    /// The shop to be linked.
    public let seller: Seller
    /// The application to be linked with.
    public let application: Application
    /// What to say where the shop is linked already; `nil` where it is not, or where the link can't be used.
    public let relink: RelinkNotice?

    /// Takes what was read.
    public init(
        link: OnboardingLink, state: OnboardingLink.State, seller: Seller, application: Application,
        relink: RelinkNotice? = nil
    ) {
        self.link = link
        self.state = state
        self.seller = seller
        self.application = application
        self.relink = relink
    }
}

/// What starting a link came to.
public enum BeginResult: Sendable {
    /// Go on to the provider, with this cookie in the browser.
    case go(authorizationURL: Secret<String>, cookie: Secret<String>, page: LinkPage)
    /// The link is used, expired or revoked.
    case notOpen(LinkPage)
    /// The operator has disabled the seller.
    case sellerDisabled(LinkPage)
    /// No link has this token.
    case unknown
}

/// What a callback carries.
public struct LinkCallback: Sendable {
    /// The application in the callback's path; `nil` when it is none.
    public let application: ApplicationID?
    /// The nonce that came back.
    public let state: String?
    /// The code to be exchanged.
    public let code: Secret<String>?
    /// The provider's error code; mapped, never shown.
    public let error: String?
    /// The browser's cookie.
    public let cookie: String?

    /// Takes what the query and the cookie said.
    public init(
        application: ApplicationID?, state: String?, code: Secret<String>?, error: String?, cookie: String?
    ) {
        self.application = application
        self.state = state
        self.code = code
        self.error = error
        self.cookie = cookie
    }
}

/// What a callback came to.
public enum FinishResult: Hashable, Sendable {
    /// Why a callback was not even looked at; nothing was changed, except that a known `state` was burnt.
    public enum Refusal: String, Hashable, Sendable {
        case stateUnknown = "state_unknown"
        case otherBrowser = "other_browser"
        case otherApplication = "other_application"
        case missingCode = "missing_code"
    }

    /// The attempt ended; the result page shows how.
    case finished(LinkAttempt.Outcome)
    /// Not this browser, not this state, not this application.
    case refused(Refusal)
}

/// What the result page shows to the browser that made the attempt.
public struct LinkResult: Sendable {
    /// How the attempt ended; `nil` while it has not.
    public let outcome: LinkAttempt.Outcome?
    /// The link that was opened.
    public let link: OnboardingLink
    /// The shop.
    public let seller: Seller
    /// The application.
    public let application: Application
    /// The connection that was made, with the account's name.
    public let connection: Connection?
    /// Until when this browser is told of it and may act on it: as long as its cookie lives.
    public let endsAt: Timestamp
    /// The account that was logged in with where another one is expected, masked.
    public let refusedAccount: String?
    /// The account that is expected then, masked.
    public let expectedAccount: String?

    /// Takes what was read.
    public init(
        outcome: LinkAttempt.Outcome?, link: OnboardingLink, seller: Seller, application: Application,
        connection: Connection?, endsAt: Timestamp, refusedAccount: String? = nil, expectedAccount: String? = nil
    ) {
        self.outcome = outcome
        self.link = link
        self.seller = seller
        self.application = application
        self.connection = connection
        self.endsAt = endsAt
        self.refusedAccount = refusedAccount
        self.expectedAccount = expectedAccount
    }
}

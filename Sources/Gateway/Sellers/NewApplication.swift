/// What an application is created from: what the provider's panel shows.
public struct NewApplication: Sendable {
    /// The integrator's name for it.
    public var name: String
    /// The name that shop owners know.
    public var brand: String
    /// Whom a shop owner can ask.
    public var supportContact: String?
    /// The country whose sellers it links.
    public var site: SiteID
    /// Whether it moves real money.
    public var mode: Mode
    /// The provider's number for it, 1 to 20 decimal digits.
    public var clientID: String
    /// Its secret.
    public var clientSecret: Secret<String>
    /// The secret that signs the panel's notifications; can be added later.
    public var webhookSecret: Secret<String>?
    /// Whether the code exchange uses PKCE.
    public var pkce: Application.PKCEUse
    /// Whether its links ask for a confirmation.
    public var confirm: Application.Confirming
    /// Where a page may send the shop owner back to: `https` URLs without a fragment, at most 20.
    public var returnURLs: [String]

    /// Takes what was asked for.
    public init(
        name: String, brand: String, supportContact: String? = nil, site: SiteID, mode: Mode, clientID: String,
        clientSecret: Secret<String>, webhookSecret: Secret<String>? = nil, pkce: Application.PKCEUse = .required,
        confirm: Application.Confirming = .on, returnURLs: [String] = []
    ) {
        self.name = name
        self.brand = brand
        self.supportContact = supportContact
        self.site = site
        self.mode = mode
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.webhookSecret = webhookSecret
        self.pkce = pkce
        self.confirm = confirm
        self.returnURLs = returnURLs
    }
}

/// What of an application is to be changed; `nil` leaves it.
public struct ApplicationChanges: Sendable {
    /// The integrator's name for it.
    public var name: String?
    /// The name that shop owners know.
    public var brand: String?
    /// Whom a shop owner can ask; `.some(nil)` takes it away.
    public var supportContact: String??
    /// Whether the code exchange uses PKCE.
    public var pkce: Application.PKCEUse?
    /// Whether its links ask for a confirmation; those that were made stay as they are.
    public var confirm: Application.Confirming?
    /// Where a page may send the shop owner back to.
    public var returnURLs: [String]?

    /// Changes nothing until told.
    public init(
        name: String? = nil, brand: String? = nil, supportContact: String?? = nil,
        pkce: Application.PKCEUse? = nil, confirm: Application.Confirming? = nil, returnURLs: [String]? = nil
    ) {
        self.name = name
        self.brand = brand
        self.supportContact = supportContact
        self.pkce = pkce
        self.confirm = confirm
        self.returnURLs = returnURLs
    }
}

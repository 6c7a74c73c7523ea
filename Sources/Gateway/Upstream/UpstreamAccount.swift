/// An account at the provider, as it describes itself to the holder of a token.
public struct UpstreamAccount: Hashable, Sendable {
    /// The account's number.
    public let user: UpstreamUserID
    /// Its name there; hostile input.
    public let nickname: String
    /// Its e-mail address in full; masked before anything keeps it.
    public let email: String?
    /// Its country.
    public let site: SiteID
    /// Whether it belongs to the provider's test world.
    public let isTestUser: Bool

    /// Takes the fields as they were read.
    public init(user: UpstreamUserID, nickname: String, email: String?, site: SiteID, isTestUser: Bool) {
        self.user = user
        self.nickname = nickname
        self.email = email
        self.site = site
        self.isTestUser = isTestUser
    }
}

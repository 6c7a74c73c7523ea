/// The applications' own tokens, by client credentials, kept in memory for at most 6 hours.
public actor ApplicationTokens {
    /// Never kept longer, whatever the provider says (REF §1.6).
    static let longestLife = Duration.seconds(6 * 3600)

    /// What the gateway asks of the provider about accounts.
    nonisolated let accounts: any UpstreamAccounts
    private let applications: Applications
    private let oauth: any UpstreamOAuth
    private let clock: WallClock
    private let flights = SingleFlight<ApplicationID, TokenGrant>()
    private var kept: [ApplicationID: (token: Secret<String>, since: Timestamp, until: Timestamp)] = [:]

    /// Takes what it uses.
    public init(
        applications: Applications, oauth: any UpstreamOAuth, accounts: any UpstreamAccounts, clock: WallClock
    ) {
        self.applications = applications
        self.oauth = oauth
        self.accounts = accounts
        self.clock = clock
    }

    /// The application's token, asked for anew when less than a tenth of its life is left.
    func token(of application: Application) async throws(Problem) -> Secret<String> {
        // One from a future that a clock set back has not reached would be kept for too long.
        if let kept = kept[application.id], kept.since <= clock.now, clock.now < kept.until { return kept.token }
        let grant = try await grant(of: application)
        let now = clock.now
        kept[application.id] = (grant.access, now, now + min(grant.lifetime, Self.longestLife) * 0.9)
        return grant.access
    }

    /// A fresh grant; callers at the same time share one request.
    func grant(of application: Application) async throws(Problem) -> TokenGrant {
        try await flights.run(application.id) { [applications, oauth] () async throws(Problem) in
            let client = try await applications.credentials(of: application)
            do throws(UpstreamError) { return try await oauth.clientCredentials(as: client) } catch {
                throw Problem(error)
            }
        }
    }
}

/// Looks whether an application is set up, here and at the provider, as far as anybody can see from here.
public struct ApplicationCheck: Sendable {
    /// What was found.
    public struct Report: Sendable {
        /// Of which application.
        public let application: ApplicationID
        /// When.
        public let checkedAt: Timestamp
        /// One finding for each thing that was looked at.
        public let findings: [Finding]
        /// What to enter in the provider's panel, which nobody can look at from here.
        public let panel: [PanelEntry]
    }

    private let applications: Applications
    private let tokens: ApplicationTokens
    private let reach: ReachCheck
    private let clockCheck: ClockCheck
    private let topics: [String]
    private let clock: WallClock

    init(
        applications: Applications, tokens: ApplicationTokens, reach: ReachCheck, clockCheck: ClockCheck,
        topics: [String], clock: WallClock
    ) {
        self.applications = applications
        self.tokens = tokens
        self.reach = reach
        self.clockCheck = clockCheck
        self.topics = topics
        self.clock = clock
    }

    /// Looks at everything at once; asks the provider for a token, for the account and for the time.
    ///
    /// Takes up to 40 seconds where the provider is silent. Changes nothing.
    ///
    /// - Throws: ``Problem`` for a caller that may not, and for an application that there is not.
    public func run(_ id: ApplicationID, by caller: Caller) async throws(Problem) -> Report {
        try caller.require(.applicationsAdmin)
        try caller.principal.requireUnbound()
        let application = try await applications.application(id, for: caller)
        let secrets = try await applications.secrets(of: id)
        async let atProvider = provider(application)
        async let address = reach.finding(.redirectURI, application: id.description)
        async let time = clockCheck.findings().filter { $0.check == .clock }
        let own = [
            Self.pkce(application), Self.webhookSecret(secrets, of: id), Self.renewal(application),
        ]
        let findings = await atProvider + [address] + time + own
        return Report(
            application: id, checkedAt: clock.now, findings: findings,
            panel: PanelEntry.all(of: application, applications, topics: topics))
    }

    private func provider(_ application: Application) async -> [Finding] {
        let grant: TokenGrant
        do throws(Problem) { grant = try await tokens.grant(of: application) } catch {
            return Self.refusal(error, of: application.id)
        }
        return [
            Finding(.tokenEndpoint, .ok, "The provider's token endpoint answers."),
            Finding(.clientCredentials, .ok, "The provider accepts client id and client secret."),
            Self.mode(grant, application),
            await site(grant, application),
        ]
    }

    private static func refusal(_ problem: Problem, of application: ApplicationID) -> [Finding] {
        let unasked = [Finding.Check.applicationMode, .applicationSite].map {
            Finding($0, .notChecked, "Without a token the provider says nothing about it.")
        }
        switch problem.code {
        case .upstreamRefused:
            let answers = Finding(.tokenEndpoint, .ok, "The provider's token endpoint answers.")
            return [answers, ProviderWords.refused(problem.extra["upstream_code"] ?? "", of: application)] + unasked
        case .upstreamUnreachable, .upstreamTimeout, .upstreamLimited:
            let unknown = Finding(.clientCredentials, .notChecked, "The token endpoint gave no answer about them.")
            return [ProviderWords.unreachable(.tokenEndpoint, problem), unknown] + unasked
        default:
            let unposted = Finding(.tokenEndpoint, .notChecked, "Nothing could be sent to it.")
            let sealed = Finding(
                .clientCredentials, .failure, "The client secret can't be read here.",
                fix: "Look at the keyring and the database; then add the secret anew: `enlace applications add-secret "
                    + "\(application) --kind client`.")
            return [unposted, sealed] + unasked
        }
    }

    private static func mode(_ grant: TokenGrant, _ application: Application) -> Finding {
        guard let isLive = grant.liveMode else {
            return Finding(.applicationMode, .notChecked, "The provider does not say whether its tokens move money.")
        }
        guard isLive == (application.mode == .live) else {
            return Finding(
                .applicationMode, .failure,
                "It is registered here as \(application.mode.rawValue), and the provider gives it "
                    + "\(isLive ? "live" : "test") tokens.",
                fix: "Copy the credentials of the other mode from the provider's panel, or register it anew with "
                    + "`--mode \(isLive ? "live" : "test")`.")
        }
        return Finding(.applicationMode, .ok, "The provider gives it \(application.mode.rawValue) tokens.")
    }

    private func site(_ grant: TokenGrant, _ application: Application) async -> Finding {
        let account: UpstreamAccount
        do throws(UpstreamError) { account = try await tokens.accounts.account(with: grant.access) } catch {
            return Finding(.applicationSite, .notChecked, "The provider does not show its account (\(error.code)).")
        }
        guard account.site == application.site else {
            return Finding(
                .applicationSite, .failure,
                "It belongs to an account of \(account.site), and is registered here for \(application.site).",
                fix: "Make an application in the panel of \(application.site), or register this one anew with "
                    + "`--site \(account.site)`: it links shops of its own country.")
        }
        return Finding(.applicationSite, .ok, "It belongs to an account of \(account.site).")
    }

    private static func pkce(_ application: Application) -> Finding {
        guard application.pkce == .off else {
            return Finding(.pkce, .ok, "Each linking carries a PKCE proof. Its switch in the panel should be on, too.")
        }
        return Finding(
            .pkce, .warning, "Linkings carry no PKCE proof: an intercepted code could be used by somebody else.",
            fix: "Switch PKCE on in the provider's panel, then `enlace applications update \(application.id) "
                + "--pkce required`.")
    }

    private static func webhookSecret(_ secrets: [ApplicationSecret], of application: ApplicationID) -> Finding {
        switch secrets.count(where: { $0.kind == .webhook }) {
        case 0:
            Finding(
                .webhookSecret, .warning,
                "There is no webhook secret: whatever the panel's webhook sends is refused with 401.",
                fix: "Copy it from the webhook's page of the provider's panel: `enlace applications add-secret "
                    + "\(application) --kind webhook`.")
        case 1: Finding(.webhookSecret, .ok, "The panel's notifications are verified.")
        default: Finding(.webhookSecret, .ok, "The panel's notifications are verified, with two secrets for a while.")
        }
    }

    private static func renewal(_ application: Application) -> Finding {
        guard let stop = application.refreshStop else {
            return Finding(.renewal, .ok, "Tokens are renewed ahead of their end.")
        }
        return Finding(
            .renewal, .failure, "Since \(stop.at) no token is renewed ahead of its end (\(stop.reason)).",
            fix: "Put right what the other findings name, then `enlace applications resume \(application.id)`.")
    }
}

import ArgumentParser
import Gateway

extension View {
    /// Onboarding links.
    static let link = View(
        [
            "id", "seller", "application", "state", "locale", "expected_user_id", "confirm", "opened_at", "created_at",
            "expires_at",
        ],
        secret: Column("url", "URL"))
}

extension SellersCommand {
    /// `enlace sellers link`.
    struct Link: APICommand {
        static let configuration = CommandConfiguration(
            "link", "Make an onboarding link for a seller; its URL is shown once.",
            about: """
                Send the URL to the shop's owner. It works once, and for seven days unless told otherwise. A message can \
                be passed on, so the account that was linked has to be confirmed (`enlace sellers confirm`) unless its \
                number was expected, the application says otherwise, or the link was made with --no-confirm.
                """,
            examples: "enlace sellers link ref:shop-12 --application app_01JD0000000000000000000000 --locale es")
        static let view = View.link

        @Argument(help: .seller) var seller: SellerReference
        @Option(help: "The application to link with: app_….") var application: ApplicationID
        @Option(help: "The pages' language (default: the browser's).") var locale: PageLocale?
        @Option(help: "Where the last page leads; one of the application's return URLs.") var returnURL: String?
        @Option(help: "For how many seconds it works.") var expiresIn: Int?
        @Option(help: "The number of the only account that may be linked.") var expectedUserID: UpstreamUserID?
        @Flag(inversion: .prefixedNo, help: "Have the account confirmed (default: as the application says).")
        var confirm: Bool?
        @Flag(help: "Let another account take the place of the one that is linked.") var allowAccountChange = false
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post(
                "/v1/sellers/\(seller)/links",
                body: .members([
                    "application": .of(application), "locale": .of(locale), "return_url": .of(returnURL),
                    "expires_in_seconds": .of(expiresIn), "expected_user_id": .of(expectedUserID),
                    "confirm": confirm.map { .bool($0) },
                    "allow_account_change": allowAccountChange ? .bool(true) : nil,
                ]))
        }
    }

    /// `enlace sellers links`.
    struct Links: APICommand {
        static let configuration = CommandConfiguration(
            "links", "List a seller's onboarding links.", examples: "enlace sellers links ref:shop-12")
        static let view = View.link

        @OptionGroup var page: PageOptions
        @Argument(help: .seller) var seller: SellerReference
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get("/v1/sellers/\(seller)/links", query: page.query)
        }
    }

    /// `enlace sellers revoke-link`.
    struct RevokeLink: APICommand {
        static let configuration = CommandConfiguration(
            "revoke-link", "Revoke an onboarding link.",
            examples: "enlace sellers revoke-link lnk_01JD0000000000000000000000")
        static let view = View.link

        @Argument(help: .link) var link: OnboardingLinkID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post("/v1/links/\(link)/revoke")
        }
    }
}

import ArgumentParser
import Gateway

/// `enlace applications`: the applications registered with the provider, their secrets and test users.
struct ApplicationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "applications", abstract: "Register and see applications, their secrets and test users.",
        subcommands: [
            Create.self, List.self, Show.self, Update.self, Remove.self, Resume.self, Adopt.self, AddSecret.self,
            Check.self, TestUsers.self,
        ])
}

extension View {
    /// Applications; of their secrets only when they were added and end.
    static let application = View(
        ["id", "name", "brand", "site", "mode", "client_id", "pkce", "refresh_stop_reason", "created_at"],
        lists: ["secrets": ["id", "kind", "created_at", "expires_at"]])
}

extension SecretInput {
    /// What authenticates an application.
    static let client = SecretInput(
        name: "client secret", environment: "ENLACE_CLIENT_SECRET", option: "client-secret-file")
    /// What signs the notifications of the provider's panel.
    static let webhook = SecretInput(
        name: "webhook secret", environment: "ENLACE_WEBHOOK_SECRET", option: "webhook-secret-file")
}

extension ApplicationsCommand {
    /// `enlace applications create`.
    struct Create: APICommand {
        static let configuration = CommandConfiguration(
            "create", "Register an application that exists in the provider's panel.",
            about: """
                The client secret is read from ENLACE_CLIENT_SECRET or a file, else you are asked for it. The webhook \
                secret may be given in the same ways, or later with add-secret.
                """,
            examples: "enlace applications create --name \"Till AR\" --brand Till --site MLA --mode live "
                + "--client-id 1234567890 --return-url https://till.example/linked")
        static let view = View.application

        @Option(help: "Your name for it, 1 to 120 characters.") var name: String
        @Option(help: "The name that shop owners know.") var brand: String
        @Option(help: "The country whose sellers it links, as MLA.") var site: SiteID
        @Option(help: "Whether it moves real money.") var mode: Mode
        @Option(help: "The number that the panel shows.") var clientID: String
        @Option(help: "As the panel's switch stands (default: required).") var pkce: Application.PKCEUse?
        @Option(help: "Where shop owners may be sent back to; give none, one or several.") var returnURL: [String] = []
        @Option(help: "Whom a shop owner can ask.") var supportContact: String?
        @Option(help: "File with the client secret; /dev/stdin reads a pipe.", completion: .file())
        var clientSecretFile: String?
        @Option(help: "File with the webhook secret.", completion: .file()) var webhookSecretFile: String?
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            let webhookSecret = try SecretInput.webhook.given(file: webhookSecretFile)
            let clientSecret = try SecretInput.client.required(file: clientSecretFile)
            return try await api.post(
                "/v1/applications",
                body: .members([
                    "name": .string(name), "brand": .string(brand), "site": .of(site), "mode": .of(mode),
                    "client_id": .string(clientID), "pkce": .of(pkce), "support_contact": .of(supportContact),
                    "return_urls": .list(returnURL),
                    "client_secret": clientSecret.reveal { .string($0) },
                    "webhook_secret": webhookSecret?.reveal { .string($0) },
                ]))
        }

        func note(on answer: JSONValue) -> String? {
            "Enter in the provider's panel:\n"
                + Table([
                    ["  redirect URI", (answer["redirect_uri"] ?? .null).cell],
                    ["  webhook URL", (answer["webhook_url"] ?? .null).cell],
                ]).text
        }
    }

    /// `enlace applications list`.
    struct List: APICommand {
        static let configuration = CommandConfiguration(
            "list", "List the applications.", examples: "enlace applications list")
        static let view = View.application

        @OptionGroup var page: PageOptions
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get("/v1/applications", query: page.query)
        }
    }

    /// `enlace applications show`.
    struct Show: APICommand {
        static let configuration = CommandConfiguration(
            "show", "Show an application with the addresses to enter in the panel.",
            examples: "enlace applications show app_01JD0000000000000000000000")
        static let view = View.application

        @Argument(help: .application) var application: ApplicationID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get("/v1/applications/\(application)")
        }
    }

    /// `enlace applications update`.
    struct Update: ChangeCommand {
        static let configuration = CommandConfiguration(
            "update", "Change an application.",
            examples: "enlace applications update app_01JD0000000000000000000000 --brand Till")
        static let view = View.application

        @Argument(help: .application) var application: ApplicationID
        @Option(help: "Your new name for it.") var name: String?
        @Option(help: "The new name that shop owners know.") var brand: String?
        @Option(help: "As the panel's switch stands.") var pkce: Application.PKCEUse?
        @Option(help: "Where shop owners may be sent back to, in place of all before.") var returnURL: [String] = []
        @Flag(name: .customLong("remove-return-urls"), help: "Send shop owners nowhere.") var removeReturnURLs = false
        @Option(help: "Whom a shop owner can ask.") var supportContact: String?
        @Flag(help: "Take the support contact away.") var removeSupportContact = false
        @OptionGroup(title: "Gateway") var client: ClientOptions

        var path: APIPath { "/v1/applications/\(application)" }

        func changes() throws -> JSONValue {
            .members([
                "name": .of(name), "brand": .of(brand), "pkce": .of(pkce),
                "return_urls": try .change(
                    to: .list(returnURL), removing: "remove-return-urls", removeReturnURLs, with: []),
                "support_contact": try .change(
                    to: .of(supportContact), removing: "remove-support-contact", removeSupportContact),
            ])
        }
    }

    /// `enlace applications remove`.
    struct Remove: APICommand {
        static let configuration = CommandConfiguration(
            "remove", "Remove an application that nothing uses.",
            examples: "enlace applications remove app_01JD0000000000000000000000")
        static let view = View.application

        @Argument(help: .application) var application: ApplicationID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.delete("/v1/applications/\(application)")
        }

        func note(on answer: JSONValue) -> String? { "Removed \(application)." }
    }
}

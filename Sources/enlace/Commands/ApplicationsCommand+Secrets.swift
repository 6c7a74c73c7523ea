import ArgumentParser
import Gateway

extension View {
    /// Users of the provider's test world.
    static let testUser = View(
        ["id", "nickname", "upstream_user_id", "site", "days_left", "idle_since", "ends_at"], secret: "password")
}

extension ApplicationsCommand {
    /// `enlace applications add-secret`.
    struct AddSecret: APICommand {
        static let configuration = CommandConfiguration(
            "add-secret", "Add the secret that the panel made anew.",
            about: """
                The secret before it still counts for the overlap. The value is read from ENLACE_CLIENT_SECRET or \
                ENLACE_WEBHOOK_SECRET or a file, else you are asked for it.
                """,
            examples: "enlace applications add-secret app_01JD0000000000000000000000 --kind webhook")
        static let view = View.application

        @Argument(help: .application) var application: ApplicationID
        @Option(help: "What it is for.") var kind: ApplicationSecret.Kind
        @Option(help: "For how many seconds the one before still counts (default: a day).") var overlapSeconds: Int?
        @Option(help: "File with the secret; /dev/stdin reads a pipe.", completion: .file()) var secretFile: String?
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            let of: SecretInput = kind == .client ? .client : .webhook
            let input = SecretInput(name: of.name, environment: of.environment, option: "secret-file")
            let secret = try input.required(file: secretFile)
            return try await api.post(
                "/v1/applications/\(application)/secrets",
                body: .members([
                    "kind": .of(kind), "value": secret.reveal { .string($0) }, "overlap_seconds": .of(overlapSeconds),
                ]))
        }
    }

    /// `enlace applications resume`.
    struct Resume: APICommand {
        static let configuration = CommandConfiguration(
            "resume", "Renew an application's tokens ahead of expiry again.",
            about: """
                It stops by itself when the provider refuses the application rather than one shop. Put that right \
                first: the client secret, or the switches in the provider's panel.
                """,
            examples: "enlace applications resume app_01JD0000000000000000000000")
        static let view = View.application

        @Argument(help: .application) var application: ApplicationID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post("/v1/applications/\(application)/resume")
        }
    }

    /// `enlace applications adopt`.
    struct Adopt: APICommand {
        static let configuration = CommandConfiguration(
            "adopt", "Take over the grants that were imported for an application.",
            about: """
                Say so once the system that they came from has stopped for good: a refresh token is of one use, and two \
                systems that renew the same one end the shop's grant. From then on tokens are renewed here, and each \
                shop's webhook is set to this gateway.
                """,
            examples: "enlace applications adopt app_01JD0000000000000000000000")
        static let view = View.application

        @Argument(help: .application) var application: ApplicationID
        @Flag(help: "Don't ask.") var yes = false
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            if !yes {
                guard Prompt.line("Has the other system stopped for good? Type yes") == "yes" else {
                    throw ValidationError("Nothing was adopted. Give --yes where nobody can be asked.")
                }
            }
            return try await api.post("/v1/applications/\(application)/adopt")
        }
    }

    /// `enlace applications test-users`.
    struct TestUsers: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test-users", abstract: "Make and see users of the provider's test world.",
            subcommands: [Create.self, List.self])

        /// `enlace applications test-users create`.
        struct Create: APICommand {
            static let configuration = CommandConfiguration(
                "create", "Make a test user; the password is shown once.",
                examples: "enlace applications test-users create app_01JD0000000000000000000000 --site MLA")
            static let view = View.testUser

            @Argument(help: .application) var application: ApplicationID
            @Option(help: "The country, as MLA.") var site: SiteID
            @OptionGroup(title: "Gateway") var client: ClientOptions

            func ask(_ api: APIClient) async throws -> JSONValue {
                try await api.post(
                    "/v1/applications/\(application)/test-users", body: .members(["site": .of(site)]))
            }
        }

        /// `enlace applications test-users list`.
        struct List: APICommand {
            static let configuration = CommandConfiguration(
                "list", "List an application's test users, and how long each will be there.",
                about: """
                    The provider drops one that nobody uses for 60 days. Days are counted from when it was made, or \
                    from when its connection was last seen to work; what is done at the provider's pages is not seen.
                    """,
                examples: "enlace applications test-users list app_01JD0000000000000000000000")
            static let view = View.testUser

            @Argument(help: .application) var application: ApplicationID
            @OptionGroup(title: "Gateway") var client: ClientOptions

            func ask(_ api: APIClient) async throws -> JSONValue {
                try await api.get("/v1/applications/\(application)/test-users")
            }
        }
    }
}

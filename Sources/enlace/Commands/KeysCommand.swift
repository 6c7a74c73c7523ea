import ArgumentParser
import Gateway

/// `enlace keys`: the API keys.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make, see and revoke API keys.",
        subcommands: [Create.self, List.self, Show.self, Revoke.self])
}

extension View {
    /// API keys.
    static let key = View(
        ["id", "name", "mode", "scopes", "seller", "created_at", "expires_at", "revoked_at"], secret: "key")
}

extension KeysCommand {
    /// `enlace keys create`.
    struct Create: APICommand {
        static let configuration = CommandConfiguration(
            "create", "Make a key; its text is shown once.",
            about: "A key grants no more than the key that makes it has, and is of that key's mode.",
            examples: "enlace keys create --name till --mode live --scope read --scope proxy:read --scope proxy:write",
            "enlace keys create --name shop-12 --mode test --scope read --seller ref:shop-12")
        static let view = View.key

        @Option(help: "What it is called, 1 to 120 characters.") var name: String
        @Option(help: "The world it reaches; that of the key that makes it.") var mode: Mode
        @Option(help: "What it may do; give one or several.") var scope: [Scope]
        @Option(help: "The only seller it reaches: sel_…, or ref: and your own id.") var seller: SellerReference?
        @Option(help: "From when on it is refused, as 2027-01-31T00:00:00Z.") var expiresAt: Timestamp?
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post(
                "/v1/keys",
                body: .members([
                    "name": .string(name), "mode": .of(mode), "scopes": .array(scope.compactMap { .of($0) }),
                    "seller": .of(try await api.id(of: seller)), "expires_at": .of(expiresAt),
                ]))
        }
    }

    /// `enlace keys list`.
    struct List: APICommand {
        static let configuration = CommandConfiguration("list", "List the keys.", examples: "enlace keys list")
        static let view = View.key

        @OptionGroup var page: PageOptions
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get("/v1/keys", query: page.query)
        }
    }

    /// `enlace keys show`.
    struct Show: APICommand {
        static let configuration = CommandConfiguration(
            "show", "Show a key, never its text.", examples: "enlace keys show key_01JD0000000000000000000000")
        static let view = View.key

        @Argument(help: .key) var key: APIKeyID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get("/v1/keys/\(key)")
        }
    }

    /// `enlace keys revoke`.
    struct Revoke: APICommand {
        static let configuration = CommandConfiguration(
            "revoke", "Revoke a key; it is refused from the next request on.",
            examples: "enlace keys revoke key_01JD0000000000000000000000")
        static let view = View.key

        @Argument(help: .key) var key: APIKeyID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.delete("/v1/keys/\(key)")
        }

        func note(on answer: JSONValue) -> String? { "Revoked \(key)." }
    }
}

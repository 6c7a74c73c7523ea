import ArgumentParser
import Gateway
import NIOCore

extension View {
    /// Connections of a seller's account with an application.
    static let connection = View([
        "id", "application", "kind", "upstream_user_id", "nickname", "email", "site", "state", "reason",
        "confirm_until",
        "webhook_state", "linked_at",
    ])
}

/// Names one connection of a seller.
struct ConnectionArguments: ParsableArguments {
    /// Whose connection.
    @Argument(help: .seller) var seller: SellerReference
    /// Which one.
    @Argument(help: .connection) var connection: ConnectionID

    /// Where it is in the API.
    var path: APIPath { "/v1/sellers/\(seller)/connections/\(connection)" }
}

extension SellersCommand {
    /// `enlace sellers connections`.
    struct Connections: APICommand {
        static let configuration = CommandConfiguration(
            "connections", "List a seller's connections.", examples: "enlace sellers connections ref:shop-12")
        static let view = View.connection

        @OptionGroup var page: PageOptions
        @Argument(help: .seller) var seller: SellerReference
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get("/v1/sellers/\(seller)/connections", query: page.query)
        }
    }

    /// `enlace sellers show-connection`.
    struct ShowConnection: APICommand {
        static let configuration = CommandConfiguration(
            "show-connection", "Show a connection with what is known of its health.",
            examples: "enlace sellers show-connection ref:shop-12 con_01JD0000000000000000000000")
        static let view = View.connection

        @OptionGroup var one: ConnectionArguments
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get(one.path)
        }
    }

    /// `enlace sellers connect-own`.
    struct ConnectOwn: APICommand {
        static let configuration = CommandConfiguration(
            "connect-own", "Connect the application's own account with a seller, without OAuth.",
            examples: "enlace sellers connect-own ref:our-shop --application app_01JD0000000000000000000000")
        static let view = View.connection

        @Argument(help: .seller) var seller: SellerReference
        @Option(help: .application) var application: ApplicationID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post(
                "/v1/sellers/\(seller)/connections",
                body: .members(["kind": "own", "application": .of(application)]))
        }
    }

    /// `enlace sellers confirm`.
    struct Confirm: APICommand {
        static let configuration = CommandConfiguration(
            "confirm", "Confirm that the account that was linked is the seller's.",
            about: """
                Until then its tokens are used for nothing. Look first whose account it is, with `enlace sellers \
                connections`: whoever had the link may have passed it on. What is wrong is revoked instead; what nobody \
                confirms within seven days ends by itself.
                """,
            examples: "enlace sellers confirm ref:shop-12 con_01JD0000000000000000000000")
        static let view = View.connection

        @OptionGroup var one: ConnectionArguments
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post("\(one.path)/confirm")
        }
    }

    /// `enlace sellers refresh`.
    struct Refresh: APICommand {
        static let configuration = CommandConfiguration(
            "refresh", "Refresh a connection's tokens now.",
            examples: "enlace sellers refresh ref:shop-12 con_01JD0000000000000000000000")
        static let view = View.connection

        @OptionGroup var one: ConnectionArguments
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            // The gateway itself waits up to two minutes, so that no answer is lost (invariant 4).
            try await api.post("\(one.path)/refresh", within: .seconds(130))
        }
    }

    /// `enlace sellers revoke`.
    struct Revoke: APICommand {
        static let configuration = CommandConfiguration(
            "revoke", "Revoke a connection: its tokens are destroyed.",
            examples: "enlace sellers revoke ref:shop-12 con_01JD0000000000000000000000")
        static let view = View.connection

        @OptionGroup var one: ConnectionArguments
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post("\(one.path)/revoke")
        }

        func note(on answer: JSONValue) -> String? {
            guard let texts = answer["remove_at_provider"] else { return nil }
            let lines = ["es", "pt", "en"].compactMap { texts[$0]?.string.map { "  " + $0 } }
            return "Tell the shop's owner:\n" + lines.joined(separator: "\n")
        }
    }

    /// `enlace sellers register-webhook`.
    struct RegisterWebhook: APICommand {
        static let configuration = CommandConfiguration(
            "register-webhook", "Register a connection's webhook with the provider again and check it.",
            examples: "enlace sellers register-webhook ref:shop-12 con_01JD0000000000000000000000")
        static let view = View.connection

        @OptionGroup var one: ConnectionArguments
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post("\(one.path)/webhook")
        }
    }
}

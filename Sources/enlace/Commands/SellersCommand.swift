import ArgumentParser
import Gateway

/// `enlace sellers`: the sellers, their onboarding links and connections.
struct SellersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sellers", abstract: "Create, link and see sellers.",
        discussion: """
            A seller is one shop. Send it an onboarding link; once its owner has agreed, there is a connection.

            Example:
              enlace sellers create --name "Kiosco Sol" --external-ref shop-12
              enlace sellers link ref:shop-12 --application app_01JD0000000000000000000000
              enlace sellers connections ref:shop-12
            """,
        subcommands: [
            Create.self, List.self, Show.self, Update.self, Disable.self, Enable.self, Link.self, Links.self,
            RevokeLink.self, StatusLink.self,
            Connections.self, ShowConnection.self, ConnectOwn.self, Confirm.self, Refresh.self, Revoke.self,
            RegisterWebhook.self, Readiness.self, SetPDV.self,
            Import.self, Erase.self, Export.self,
        ])
}

extension View {
    /// Sellers.
    static let seller = View(["id", "external_ref", "name", "state", "created_at"])
}

extension APIClient {
    /// The id of a seller, asked for where only the integrator's own id is known; `nil` for none.
    ///
    /// - Throws: ``APIError``, also for an answer without an id: what is meant for one seller is never done for all.
    func id(of seller: SellerReference?) async throws -> SellerID? {
        switch seller {
        case nil: return nil
        case .id(let id): return id
        case .external(let ref):
            let found = try await get("/v1/sellers/\(SellerReference.external(ref))")
            guard let id = found["id"]?.string.flatMap({ SellerID($0) }) else {
                throw APIError(status: 200, nil, from: url)
            }
            return id
        }
    }
}

extension SellersCommand {
    /// `enlace sellers create`.
    struct Create: APICommand {
        static let configuration = CommandConfiguration(
            "create", "Create a seller.",
            examples: "enlace sellers create --name \"Kiosco Sol\" --external-ref shop-12")
        static let view = View.seller

        @Option(help: "The shop's name as its owner sees it, 1 to 120 characters.") var name: String
        @Option(help: "Your own id for it: 1 to 64 of A-Z a-z 0-9 . _ ~ : @ -") var externalRef: ExternalRef?
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post(
                "/v1/sellers", body: .members(["name": .string(name), "external_ref": .of(externalRef)]))
        }
    }

    /// `enlace sellers list`.
    struct List: APICommand {
        static let configuration = CommandConfiguration(
            "list", "List the sellers.", examples: "enlace sellers list --state active --search sol --limit 20")
        static let view = View.seller

        @OptionGroup var page: PageOptions
        @Option(help: "Only those in this state.") var state: Seller.State?
        @Option(help: "Only the one with this id of yours.") var externalRef: ExternalRef?
        @Option(help: "Only those whose name contains this.") var search: String?
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get(
                "/v1/sellers",
                query: [
                    ("state", state?.rawValue), ("external_ref", externalRef?.description), ("search", search),
                ] + page.query)
        }
    }

    /// `enlace sellers show`.
    struct Show: APICommand {
        static let configuration = CommandConfiguration(
            "show", "Show a seller.", examples: "enlace sellers show ref:shop-12")
        static let view = View.seller

        @Argument(help: .seller) var seller: SellerReference
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get("/v1/sellers/\(seller)")
        }
    }

    /// `enlace sellers update`.
    struct Update: ChangeCommand {
        static let configuration = CommandConfiguration(
            "update", "Change a seller.",
            about: "While a seller is disabled its calls are refused and its notifications are kept.",
            examples: "enlace sellers update ref:shop-12 --state disabled")
        static let view = View.seller

        @Argument(help: .seller) var seller: SellerReference
        @Option(help: "The shop's new name.") var name: String?
        @Option(help: "Your new id for it.") var externalRef: ExternalRef?
        @Flag(help: "Take your id for it away.") var removeExternalRef = false
        @Option(help: "Whether it is served.") var state: Seller.State?
        @OptionGroup(title: "Gateway") var client: ClientOptions

        var path: APIPath { "/v1/sellers/\(seller)" }

        func changes() throws -> JSONValue {
            .members([
                "name": .of(name), "state": .of(state),
                "external_ref": try .change(
                    to: .of(externalRef), removing: "remove-external-ref", removeExternalRef),
            ])
        }
    }
}

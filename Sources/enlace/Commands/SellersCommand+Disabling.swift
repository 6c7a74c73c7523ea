import ArgumentParser
import Gateway

extension SellersCommand {
    /// `enlace sellers disable`.
    struct Disable: APICommand {
        static let configuration = CommandConfiguration(
            "disable", "Switch a seller off: its calls are refused and no link starts.",
            about: """
                Its notifications are kept and delivered, its tokens are renewed as before, and its connections stay; \
                `enlace sellers enable` takes it back.
                """,
            examples: "enlace sellers disable ref:shop-12")
        static let view = View.seller

        @Argument(help: .seller) var seller: SellerReference
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.patch("/v1/sellers/\(seller)", body: .members(["state": .of(Seller.State.disabled)]))
        }
    }

    /// `enlace sellers enable`.
    struct Enable: APICommand {
        static let configuration = CommandConfiguration(
            "enable", "Switch a disabled seller on again.", examples: "enlace sellers enable ref:shop-12")
        static let view = View.seller

        @Argument(help: .seller) var seller: SellerReference
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.patch("/v1/sellers/\(seller)", body: .members(["state": .of(Seller.State.active)]))
        }
    }
}

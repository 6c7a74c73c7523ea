import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("Confirming an account")
    struct ConfirmationTests {
        @Test("keeps a forwarded invitation's victim out of reach until somebody confirms")
        func forwarded() async throws {
            try await withAPI { stack, api in
                let (user, _) = try await stack.account("VICTIM")
                let seller = try await stack.seller(api)
                // The attacker passes his own link on; the victim opens it and agrees.
                let link = try await stack.link(api, of: seller, ["confirm": true])
                let page = try await ShopOwner(nickname: "VICTIM").follow(link)
                #expect(page.status == 200 && page.shows("VICTIM"))
                let waiting = try #require(try await stack.connection(api, of: seller))
                #expect(waiting["state"]?.string == "awaiting_confirmation")
                let id = try #require(waiting["id"]?.string)
                let refused = try await refusal { try await api.call(.GET, "/v1/sellers/\(seller)/proxy/users/me") }
                #expect((refused.status, refused.code) == (409, "connection_not_confirmed"))
                // Another shop's linking is finished meanwhile; the registrar has had its turn.
                _ = try await stack.linkedShop(api, nickname: "OTHER")
                #expect(try await Self.calls(stack, user) == 0)
                let one: APIPath = "/v1/sellers/\(seller)/connections/\(id)"
                #expect(try await api.call(.GET, one)["webhook_state"]?.string == "unset")
                _ = try await api.call(.POST, "\(one)/confirm", body: [:])
                try await enlace.waiting(for: "the confirmed shop to be linked") {
                    try await api.call(.GET, one)["state"]?.string == "linked" ? () : nil
                }
                let me = try await api.call(.GET, "/v1/sellers/\(seller)/proxy/users/me")
                #expect(me["nickname"]?.string == "VICTIM")
            }
        }

        @Test("ends a connection that its owner takes back at the provider, and links anew")
        func deauthorized() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api, nickname: "LEAVER")
                try await stack.withEndpoint(api, of: shop.seller) { receiver, _ in
                    let client = try await stack.panel.application().clientID
                    try await stack.panel.call(
                        .POST, "/grants/revoke", ["user_id": .string(shop.user), "client_id": .string(client)])
                    try await enlace.waiting(for: "the connection to end") {
                        let connection = try await stack.connection(api, of: shop.seller)
                        return connection?["revoked_reason"]?.string == "deauthorized" ? () : nil
                    }
                    try await enlace.waiting(for: "the shop to be told") {
                        receiver.posts.contains { $0.type == "seller.revoked" && receiver.verifies($0) } ? () : nil
                    }
                    _ = try await ShopOwner(nickname: "LEAVER").follow(try await stack.link(api, of: shop.seller))
                    try await enlace.waiting(for: "the shop to be linked again") {
                        try await stack.connection(api, of: shop.seller)?["state"]?.string == "linked" ? () : nil
                    }
                }
            }
        }

        /// How often the provider was asked for the integrator record, the first step of a registration, by this account.
        private static func calls(_ stack: LocalStack, _ user: String) async throws -> Int {
            let sent = try await stack.panel.call(.GET, "/requests?path_prefix=/point/integration-api/integrators")
            return sent["requests"]?.array?.count { $0["token_of_user"]?.int.map(String.init) == user } ?? 0
        }
    }
}

import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("A disabled seller")
struct DisabledSellerTests {
    private static func set(_ state: String, _ shop: Shop, _ client: any TestClientProtocol) async throws {
        let changed = try await client.call(
            .patch, "/v1/sellers/\(shop.seller)", key: shop.key, body: #"{"state": "\#(state)"}"#)
        #expect(changed.body["state"].string == state)
    }

    @Test("gets no link and starts none, with a page that says why, and the same link works once it is enabled")
    func links() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let walk = try await LinkWalk.make(client, shop)
            try await Self.set("disabled", shop, client)
            let refused = try await client.call(
                .post, "/v1/sellers/\(shop.seller)/links", key: shop.key,
                body: #"{"application": "\#(shop.application)"}"#)
            #expect(refused.status == 403)
            #expect(refused.body["code"].string == "seller_disabled")
            for method in [HTTPRequest.Method.get, .post] {
                let page = try await LinkWalk.page(client, method, walk.path)
                #expect(page.status == 403)
                #expect(page.headers[.setCookie] == nil)
                #expect(page.html.contains(SpanishCopy().sellerDisabled("Caja Feliz", shop: "Panadería Sol").title))
            }
            try await Self.set("active", shop, client)
            try await walk.finish(client)
            #expect(try await shop.connection(client)["nickname"].string == "PANADERIA SOL")
        }
    }

    @Test("links nothing when it was disabled while its owner was at the provider")
    func meanwhile() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let walk = try await LinkWalk.make(client, shop)
            let (state, cookie) = try await walk.begin(client)
            try await Self.set("disabled", shop, client)
            #expect(try await walk.comeBack(client, state: state, cookie: cookie) == 303)
            let done = try await LinkWalk.page(client, .get, walk.path + "/done", cookie: cookie)
            #expect(done.html.contains(SpanishCopy().sellerDisabled("Caja Feliz", shop: "Panadería Sol").title))
            #expect(try await shop.connection(client) == .null)
        }
    }

    @Test("leaves lines of its own in the audit, and only when something changed")
    func audit() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            for state in ["disabled", "disabled", "active"] { try await Self.set(state, shop, client) }
            let lines = try await client.call(.get, "/v1/audit?seller=\(shop.seller)", key: shop.key)
            #expect(
                lines.body["data"].elements.map { $0["action"].string }
                    == ["seller.enabled", "seller.updated", "seller.disabled", "seller.created"])
        }
    }

    @Test("goes on being refreshed while its calls are refused")
    func refreshed() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let walk = try await LinkWalk.make(client, shop)
            try await walk.finish(client)
            try await Self.set("disabled", shop, client)
            gateway.clock.advance(by: .seconds(150 * 86_400))
            _ = await gateway.sweep.sweep()
            #expect(gateway.provider.refreshes == 1)
            let refused = try await client.call(.get, "/v1/sellers/\(shop.seller)/proxy/users/me", key: shop.key)
            #expect(refused.status == 403)
            #expect(refused.body["code"].string == "seller_disabled")
        }
    }
}

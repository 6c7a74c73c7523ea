import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("A seller that links again")
struct AccountChangeTests {
    private static let earlier = "https://till.example.com/mp"
    private static let agreed = #""allow_account_change": true"#

    /// A seller that is linked with its first account, whose earlier webhook is known.
    private static func linked(
        _ gateway: TestGateway, _ client: any TestClientProtocol
    ) async throws -> (shop: Shop, first: String) {
        let shop = try await Shop.open(gateway, client)
        gateway.provider.set {
            $0.integrator = .success(
                IntegratorRecord(token: Secret("integrator-token-marker"), webhook: earlier, isValid: false))
        }
        try await LinkWalk.make(client, shop).finish(client)
        let first = try #require(try await shop.connection(client)["id"].string)
        let one = "/v1/sellers/\(shop.seller)/connections/\(first)/webhook"
        #expect(try await client.call(.post, one, key: shop.key).body["state"].string == "linked")
        return (shop, first)
    }

    private static func state(_ id: String, _ shop: Shop, _ client: any TestClientProtocol) async throws -> String? {
        try await client.call(.get, "/v1/sellers/\(shop.seller)/connections/\(id)", key: shop.key)
            .body["state"].string
    }

    @Test("with another account is refused without consent, and nothing is changed")
    func refused() async throws {
        try await withGateway { gateway, client in
            let (shop, first) = try await Self.linked(gateway, client)
            try gateway.logIn(77, "OTRA")
            let walk = try await LinkWalk.make(client, shop)
            let (html, _) = try await walk.finish(client)
            #expect(html.contains(SpanishCopy().accountMismatch("Caja Feliz", shop: "Panadería Sol").title))
            #expect(try await Self.state(first, shop, client) == "linked")
            let told = try #require(try await shop.events(client, "seller.link_failed").first)
            #expect(told["reason"].string == "account_mismatch" && told["link_id"].string == walk.id)
        }
    }

    @Test("with another account by consent ends the earlier connection, its webhook put back")
    func changed() async throws {
        try await withGateway { gateway, client in
            let (shop, first) = try await Self.linked(gateway, client)
            try gateway.logIn(77, "OTRA")
            try await LinkWalk.make(client, shop, Self.agreed).finish(client)
            let second = try await shop.connection(client)
            #expect(second["nickname"].string == "OTRA" && second["state"].string == "configuring")
            let ended = try await client.call(
                .get, "/v1/sellers/\(shop.seller)/connections/\(first)", key: shop.key)
            #expect(ended.body["state"].string == "revoked")
            #expect(ended.body["revoked_reason"].string == "replaced")
            #expect(gateway.provider.webhooks.last == Self.earlier)
            let id = try #require(ConnectionID(first))
            #expect(try await gateway.services.store.tokens(of: id) == nil)
            let told = try #require(try await shop.events(client, "seller.relinked").first)
            #expect(told["same_account"].string == "false" && told["previous_connection_id"].string == first)
        }
    }

    @Test("with another account that waits to be confirmed goes on with the earlier one until then")
    func besideAnother() async throws {
        try await withGateway { gateway, client in
            let (shop, first) = try await Self.linked(gateway, client)
            try gateway.logIn(77, "OTRA")
            try await LinkWalk.make(client, shop, Self.agreed + #", "confirm": true"#).finish(client)
            let second = try #require(try await shop.connection(client)["id"].string)
            #expect(try await Self.state(second, shop, client) == "awaiting_confirmation")
            #expect(try await Self.state(first, shop, client) == "linked")
            #expect(gateway.provider.webhooks.last?.contains("/hooks/con/") == true)
            #expect(try await shop.events(client, "seller.relinked").isEmpty)
            let all = "/v1/sellers/\(shop.seller)/connections"
            // Refused once: what worked works on.
            _ = try await client.call(.post, "\(all)/\(second)/revoke", key: shop.key)
            #expect(try await Self.state(first, shop, client) == "linked")
            try await LinkWalk.make(client, shop, Self.agreed + #", "confirm": true"#).finish(client)
            let third = try #require(try await shop.connection(client)["id"].string)
            let confirmed = try await client.call(.post, "\(all)/\(third)/confirm", key: shop.key)
            #expect(confirmed.body["state"].string == "configuring")
            #expect(try await Self.state(first, shop, client) == "revoked")
            #expect(gateway.provider.webhooks.last == Self.earlier)
            let told = try #require(try await shop.events(client, "seller.relinked").first)
            #expect(told["previous_connection_id"].string == first)
        }
    }

    @Test("with the same account needs no confirmation, and repairs what needed it")
    func sameAccount() async throws {
        try await withGateway { gateway, client in
            let (shop, first) = try await Self.linked(gateway, client)
            let id = try #require(ConnectionID(first))
            var lost = try #require(try await gateway.services.store.connection(id))
            lost.state = .needsRelink
            lost.reason = .refreshRejected
            try await gateway.services.store.update(lost, event: nil, as: nil)
            try await LinkWalk.make(client, shop, #""confirm": true"#).finish(client)
            #expect(try await shop.connection(client)["state"].string == "configuring")
            let told = try await shop.events(client, "seller.relinked")
            #expect(told.map { $0["same_account"].string } == ["true"])
            #expect(try await shop.events(client, "seller.repaired").count == 1)
        }
    }

    @Test("is told of when a browser starts by the link, once, and never for a preview")
    func opened() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let walk = try await LinkWalk.make(client, shop)
            for _ in 0..<3 { _ = try await LinkWalk.page(client, .get, walk.path) }
            _ = try await LinkWalk.page(client, .head, walk.path)
            #expect(try await shop.events(client, "seller.link_opened").isEmpty)
            let (state, cookie) = try await walk.begin(client)
            #expect(try await walk.comeBack(client, state: state, cookie: cookie, query: "error=access_denied") == 303)
            try await walk.finish(client)
            #expect(try await shop.events(client, "seller.link_opened").map { $0["link_id"].string } == [walk.id])
            #expect(try await shop.events(client, "seller.link_failed").map { $0["reason"].string } == ["denied"])
            let link = try await client.call(.get, "/v1/links/\(walk.id)", key: shop.key)
            #expect(link.body["opened_at"].string != nil)
        }
    }
}

import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("A permission that was taken back at the provider")
struct DeauthorizationTests {
    private static func linked(_ gateway: TestGateway, _ client: any TestClientProtocol) async throws -> Shop {
        let shop = try await Shop.open(gateway, client)
        try await LinkWalk.make(client, shop).finish(client)
        return shop
    }

    @Test("ends the connection once the access token is refused, with its tokens")
    func ended() async throws {
        try await withGateway { gateway, client in
            let shop = try await Self.linked(gateway, client)
            let id = try #require(ConnectionID(try await shop.connection(client)["id"].string ?? ""))
            try await gateway.notify(client, shop, of: 4242, deauthorization: .init(at: gateway.clock.now))
            gateway.provider.set { $0.account = .failure(.unauthorized) }
            let webhooks = gateway.provider.webhooks
            await gateway.endings.look()
            let connection = try await shop.connection(client)
            #expect(connection["state"].string == "revoked")
            #expect(connection["revoked_by"].string == "shop_owner")
            #expect(connection["revoked_reason"].string == "deauthorized")
            #expect(try await gateway.services.store.tokens(of: id) == nil)
            #expect(gateway.provider.webhooks == webhooks)
            let told = try #require(try await shop.events(client, "seller.revoked").first)
            #expect(told["by"].string == "shop_owner" && told["reason"].string == "deauthorized")
            let refused = try await client.call(.get, "/v1/sellers/\(shop.seller)/proxy/users/me", key: shop.key)
            #expect(refused.body["code"].string == "seller_not_linked")
        }
    }

    @Test("is not believed while the access token works, nor asked about twice")
    func works() async throws {
        try await withGateway { gateway, client in
            let shop = try await Self.linked(gateway, client)
            try await gateway.notify(client, shop, of: 4242, deauthorization: .init(at: nil))
            await gateway.endings.look()
            #expect(try await shop.connection(client)["state"].string == "configuring")
            gateway.provider.set { $0.account = .failure(.unauthorized) }
            await gateway.endings.look()
            #expect(try await shop.connection(client)["state"].string == "configuring")
        }
    }

    @Test("waits until the provider can be asked")
    func unanswered() async throws {
        try await withGateway { gateway, client in
            let shop = try await Self.linked(gateway, client)
            try await gateway.notify(client, shop, of: 4242, deauthorization: .init(at: gateway.clock.now))
            gateway.provider.set { $0.account = .failure(.unanswered(status: 502)) }
            await gateway.endings.look()
            #expect(try await shop.connection(client)["state"].string == "configuring")
            gateway.provider.set { $0.account = .failure(.unauthorized) }
            await gateway.endings.look()
            #expect(try await shop.connection(client)["state"].string == "revoked")
        }
    }

    @Test("is ignored where it is older than the link, or nothing but its path vouches for it")
    func ignored() async throws {
        try await withGateway { gateway, client in
            let shop = try await Self.linked(gateway, client)
            let earlier = gateway.clock.now + .seconds(-60)
            try await gateway.notify(client, shop, of: 4242, deauthorization: .init(at: earlier))
            gateway.clock.advance(by: .seconds(1))
            try await gateway.notify(
                client, shop, of: 4242, deauthorization: .init(at: gateway.clock.now), proof: .path)
            gateway.clock.advance(by: .seconds(1))
            try await gateway.notify(client, shop, of: 77, deauthorization: .init(at: gateway.clock.now))
            gateway.provider.set { $0.account = .failure(.unauthorized) }
            await gateway.endings.look()
            #expect(try await shop.connection(client)["state"].string == "configuring")
        }
    }

    @Test("ends a connection that waits to be confirmed too")
    func awaiting() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            try await LinkWalk.make(client, shop, #""confirm": true"#).finish(client)
            try await gateway.notify(client, shop, of: 4242, deauthorization: .init(at: gateway.clock.now))
            gateway.provider.set { $0.account = .failure(.unauthorized) }
            await gateway.endings.look()
            #expect(try await shop.connection(client)["revoked_reason"].string == "deauthorized")
        }
    }
}

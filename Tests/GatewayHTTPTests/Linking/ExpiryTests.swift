import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("The end of a connection that nothing renews")
struct ExpiryTests {
    private static let day = Duration.seconds(86_400)

    @Test("is told 30, 14, 7 and 1 day before, once each, whatever the clock does")
    func warned() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let made = try await ImportTests.bring(shop, client, #""expires_in": \#(40 * 86_400)"#)
            #expect(made.status == 200)
            func told() async throws -> [String] {
                for _ in 0..<2 { _ = await gateway.expiries.look() }
                return try await Self.events(shop, client, "seller.expiring").compactMap { $0["days"].string }
            }
            #expect(try await told() == [])
            gateway.clock.advance(by: Self.day * 10)
            #expect(try await told() == ["30"])
            // Past two of them at once: the nearest alone.
            gateway.clock.advance(by: Self.day * 24)
            #expect(try await told() == ["30", "7"])
            gateway.clock.advance(by: Self.day * -20)
            #expect(try await told() == ["30", "7"])
            gateway.clock.advance(by: Self.day * 25)
            #expect(try await told() == ["30", "7", "1"])
            let event = try #require(try await Self.events(shop, client, "seller.expiring").last)
            #expect(event["reason"].string == "refresh_held")
            let one = "/v1/sellers/\(shop.seller)/connections/\(try #require(made.body["connection"]["id"].string))"
            let shown = try await client.call(.get, one, key: shop.key)
            #expect(event["works_until"] == shown.body["token_expires_at"])
            // Once it is renewed a new life begins.
            _ = try await client.call(.post, "/v1/applications/\(shop.application)/adopt", key: shop.key)
            #expect(try await client.call(.post, "\(one)/refresh", key: shop.key).status == 200)
            #expect(try await told() == ["30", "7", "1"])
            gateway.clock.advance(by: Self.day * 160)
            #expect(try await told() == ["30", "7", "1"])
            _ = try await client.call(.post, "\(one)/revoke", key: shop.key)
            gateway.clock.advance(by: Self.day * 19)
            #expect(try await told() == ["30", "7", "1"])
        }
    }

    @Test("is told at linking, and when it has come the shop owner is asked again")
    func notRefreshable() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let made = try await ImportTests.bring(shop, client, #""expires_in": 864000"#, refresh: nil)
            let connection = made.body["connection"]
            #expect(connection["refreshable"] == .bool(false))
            let alarm = try #require(try await Self.events(shop, client, "seller.not_refreshable").first)
            #expect(alarm["connection_id"] == connection["id"])
            #expect(gateway.logs.text.contains("Linked without a usable refresh token"))
            _ = await gateway.expiries.look()
            #expect(
                try await Self.events(shop, client, "seller.expiring").map { $0["reason"].string } == [
                    "not_refreshable"
                ])

            gateway.clock.advance(by: Self.day * 11)
            // The clock alone ends no shop: the provider is asked.
            _ = await gateway.expiries.look()
            #expect(try await Self.events(shop, client, "seller.needs_relink").isEmpty)
            gateway.provider.set { $0.account = .failure(.unanswered(status: 502)) }
            _ = await gateway.expiries.look()
            #expect(try await Self.events(shop, client, "seller.needs_relink").isEmpty)
            gateway.provider.set { $0.account = .failure(.unauthorized) }
            for _ in 0..<2 { _ = await gateway.expiries.look() }
            #expect(
                try await Self.events(shop, client, "seller.needs_relink").map { $0["reason"].string } == ["expired"])
            let all = try await client.call(.get, "/v1/sellers/\(shop.seller)/connections", key: shop.key)
            #expect(all.body["data"]["0"]["state"].string == "needs_relink")
        }
    }

    @Test("is not told of an account whose tokens are renewed, or come by client credentials")
    func renewed() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            _ = try await client.call(
                .post, "/v1/sellers/\(shop.other)/connections", key: shop.key,
                body: #"{"kind": "own", "application": "\#(shop.application)"}"#)
            for days in [150, 20, 9, 2] {
                gateway.clock.advance(by: Self.day * days)
                _ = await gateway.expiries.look()
            }
            let events = try await client.call(.get, "/v1/events", key: shop.key)
            #expect(events.body["data"].elements.isEmpty)
        }
    }

    /// The data of a seller's events of a type, oldest first.
    private static func events(
        _ shop: Shop, _ client: any TestClientProtocol, _ type: String
    ) async throws -> [JSONValue] {
        let page = try await client.call(.get, "/v1/events?seller=\(shop.seller)&type=\(type)", key: shop.key)
        var found: [JSONValue] = []
        for event in page.body["data"].elements.reversed() {
            let one = try await client.call(.get, "/v1/events/\(try #require(event["id"].string))", key: shop.key)
            found.append(try JSONValue(json: try #require(one.body["body"].string))["data"])
        }
        return found
    }
}

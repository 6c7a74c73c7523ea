import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("Sending an event again over the API")
struct EventReplayTests {
    private static let hook = #"{"url": "https://a.example.com/hook"}"#

    /// An event of the shop, its path, and a later endpoint of the shop and of the integrator.
    private static func scene(
        _ gateway: TestGateway, _ client: any TestClientProtocol, _ shop: Shop
    ) async throws -> (path: String, own: String, integrators: String) {
        let event = Fixtures(clock: gateway.clock).notice(of: shop.sellerID)
        _ = try await gateway.services.store.record(event)
        let own = try await client.call(.post, "/v1/sellers/\(shop.seller)/endpoints", key: shop.key, body: hook)
        let integrators = try await client.call(.post, "/v1/endpoints", key: shop.key, body: hook)
        return (
            "/v1/events/\(event.id)/replay", try #require(own.body["id"].string),
            try #require(integrators.body["id"].string)
        )
    }

    @Test("reaches what the key reaches: a bound one its seller's endpoints, and no other seller's event")
    func reach() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let (path, own, integrators) = try await Self.scene(gateway, client, shop)
            let bound = try await gateway.key(seller: shop.sellerID)
            let seen = try await client.call(.post, path, key: bound)
            #expect(seen.status == 200)
            #expect(seen.body["data"].elements.map { $0["endpoint"].string } == [own])
            let named = try await client.call(.post, path, key: bound, body: #"{"endpoint": "\#(integrators)"}"#)
            #expect(named.status == 404)
            #expect(named.body["code"].string == "endpoint_not_found")
            let foreign = try await client.call(.post, path, key: try await gateway.key(seller: SellerID(shop.other)))
            #expect(foreign.status == 404)
            #expect(foreign.body["code"].string == "event_not_found")
            let reader = try await client.call(.post, path, key: try await gateway.key([.read]))
            #expect(reader.status == 403)
            let all = try await client.call(.post, path, key: shop.key)
            #expect(Set(all.body["data"].elements.map { $0["endpoint"].string }) == [own, integrators])
        }
    }

    @Test("is done once for an Idempotency-Key, and leaves one audit line")
    func repetition() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let (path, own, _) = try await Self.scene(gateway, client, shop)
            let body = #"{"endpoint": "\#(own)"}"#
            let headers: HTTPFields = [.idempotencyKey: "once"]
            let first = try await client.call(.post, path, key: shop.key, body: body, headers: headers)
            let again = try await client.call(.post, path, key: shop.key, body: body, headers: headers)
            #expect(first.status == 200)
            #expect(again.headers[.idempotencyReplayed] == "true")
            #expect(again.body == first.body)
            let lines = try await client.call(.get, "/v1/audit?action=event.replayed", key: shop.key)
            #expect(lines.body["data"].elements.count == 1)
        }
    }

    @Test("is refused for a test event, with the state conflict's code")
    func tests() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            _ = try await Self.scene(gateway, client, shop)
            let tests = try await client.call(.get, "/v1/events?type=endpoint.test", key: shop.key)
            let test = try #require(tests.body["data"]["0"]["id"].string)
            let answer = try await client.call(.post, "/v1/events/\(test)/replay", key: shop.key)
            #expect(answer.status == 409)
            #expect(answer.body["code"].string == "state_conflict")
        }
    }
}

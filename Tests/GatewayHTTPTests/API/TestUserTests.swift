import Gateway
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import GatewayHTTP

@Suite("A test user")
struct TestUserTests {
    @Test("has 60 days from when it was made or last seen to work, and none when they are over")
    func days() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let path = "/v1/applications/\(shop.application)/test-users"
            let made = try await client.call(.post, path, key: shop.key, body: #"{"site": "MLA"}"#)
            #expect(made.body["days_left"] == .number(60))
            #expect(made.body["password"].string == "password-marker")
            func listed() async throws -> JSONValue {
                try await client.call(.get, path, key: shop.key).body["data"]["0"]
            }
            gateway.clock.advance(by: .seconds(10 * 86_400 + 1))
            let later = try await listed()
            #expect(later["days_left"] == .number(49))
            #expect(later["password"] == .null)
            #expect(later["idle_since"] == later["created_at"])

            // Its account is the one that the made-up provider gives every token for.
            let connected = try await client.call(
                .post, "/v1/sellers/\(shop.seller)/connections", key: shop.key,
                body: #"{"kind": "own", "application": "\#(shop.application)"}"#)
            #expect(connected.status == 201)
            let used = try await listed()
            #expect(used["days_left"] == .number(60))
            #expect(used["idle_since"] != used["created_at"])

            gateway.clock.advance(by: .seconds(61 * 86_400))
            #expect(try await listed()["days_left"] == .number(0))
        }
    }

    @Test("that the provider does not make leaves nothing, and says how many there may be")
    func refused() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            gateway.provider.set { $0.testUser = .failure(.refused(code: "bad_request", status: 400)) }
            let path = "/v1/applications/\(shop.application)/test-users"
            let refused = try await client.call(.post, path, key: shop.key, body: #"{"site": "MLA"}"#)
            #expect(refused.status == 502)
            #expect(refused.body["code"].string == "upstream_refused")
            #expect(refused.body["upstream_code"].string == "bad_request")
            #expect(refused.body["detail"].string?.contains("10 for each application") == true)
            let listed = try await client.call(.get, path, key: shop.key)
            #expect(listed.body["data"].elements.isEmpty)
        }
    }
}

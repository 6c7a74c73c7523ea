import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("Jobs over the API", .timeLimit(.minutes(1)))
struct JobTests {
    /// A shop with a key of its own and an endpoint whose test delivery is canceled.
    private struct Shop: Sendable {
        let key: String
        let endpoint: String
    }

    private static func shop(
        _ gateway: TestGateway, _ client: any TestClientProtocol, _ name: String
    ) async throws -> Shop {
        let owner = try await gateway.key()
        let made = try await client.call(.post, "/v1/sellers", key: owner, body: "{\"name\":\"\(name)\"}")
        let seller = try #require(made.body["id"].string.flatMap { SellerID($0) })
        let endpoint = try await client.call(
            .post, "/v1/sellers/\(seller)/endpoints", key: owner, body: #"{"url": "https://a.example.com/hook"}"#)
        return Shop(
            key: try await gateway.key([.read, .webhooks], seller: seller),
            endpoint: try #require(endpoint.body["id"].string))
    }

    private static func replay(
        _ client: any TestClientProtocol, _ shop: Shop, endpoint: String? = nil, _ more: String = ""
    ) async throws -> Answer {
        let since = #""since": "2020-01-01T00:00:00.000Z""#
        return try await client.call(
            .post, "/v1/deliveries/retry", key: shop.key,
            body: "{\"endpoint\": \"\(endpoint ?? shop.endpoint)\", \(since)\(more)}")
    }

    @Test("DLV 16: a replay counts first, begins when it is told to, shows how far it is, and can be ended")
    func life() async throws {
        try await withGateway { gateway, client in
            let shop = try await Self.shop(gateway, client, "Kiosco")
            let dry = try await Self.replay(client, shop)
            #expect(dry.status == 200)
            #expect(dry.body["dry_run"] == .bool(true))
            #expect(dry.body["deliveries"] == .number(0))
            #expect(dry.body["job"] == .null)
            let none = try await client.call(.get, "/v1/jobs", key: shop.key)
            #expect(none.body["data"].elements.isEmpty)

            let begun = try await Self.replay(client, shop, ", \"dry_run\": false")
            #expect(begun.status == 200)
            let job = try #require(begun.body["job"]["id"].string)
            #expect(begun.body["job"]["state"].string == "running")
            #expect(begun.body["job"]["delivery_states"].strings == ["exhausted"])
            let second = try await Self.replay(client, shop, ", \"dry_run\": false")
            #expect(second.status == 409)
            #expect(second.body["code"].string == "state_conflict")

            let shown = try await client.call(.get, "/v1/jobs/\(job)", key: shop.key)
            #expect(shown.body["id"].string == job)
            let ended = try await client.call(.post, "/v1/jobs/\(job)/cancel", key: shop.key, body: "{}")
            #expect(ended.body["state"].string == "canceled")
            let again = try await client.call(.post, "/v1/jobs/\(job)/cancel", key: shop.key, body: "{}")
            #expect(again.status == 409)
        }
    }

    @Test("are nobody else's business: another shop's endpoint and job are answered like unknown ones")
    func foreign() async throws {
        try await withGateway { gateway, client in
            let shop = try await Self.shop(gateway, client, "Kiosco")
            let other = try await Self.shop(gateway, client, "Otra")
            for endpoint in [other.endpoint, "ep_01JZ8Q4T6M0000000000000005"] {
                let refused = try await Self.replay(client, shop, endpoint: endpoint, ", \"dry_run\": false")
                #expect(refused.status == 404)
                #expect(refused.body["code"].string == "endpoint_not_found")
            }
            let begun = try await Self.replay(client, other, ", \"dry_run\": false")
            let job = try #require(begun.body["job"]["id"].string)
            for path in ["/v1/jobs/\(job)", "/v1/jobs/job_01JZ8Q4T6M0000000000000005"] {
                let refused = try await client.call(.get, path, key: shop.key)
                #expect(refused.status == 404)
                #expect(refused.body["code"].string == "job_not_found")
            }
            #expect(try await client.call(.get, "/v1/jobs", key: shop.key).body["data"].elements.isEmpty)
        }
    }

    @Test("are not begun by what makes no sense")
    func invalid() async throws {
        try await withGateway { gateway, client in
            let shop = try await Self.shop(gateway, client, "Kiosco")
            for more in [
                #", "states": ["sending"]"#, #", "states": []"#, #", "states": ["lost"]"#,
                #", "until": "2019-01-01T00:00:00.000Z""#, #", "until": "yesterday""#, #", "dry": true"#,
            ] {
                let refused = try await Self.replay(client, shop, more + #", "dry_run": false"#)
                #expect(refused.status == 400, "\(more)")
            }
            let recover = try await client.call(
                .post, "/v1/endpoints/\(shop.endpoint)/recover", key: shop.key,
                body: #"{"since": "2999-01-01T00:00:00Z"}"#)
            #expect(recover.status == 400)
            #expect(try await client.call(.get, "/v1/jobs", key: shop.key).body["data"].elements.isEmpty)
        }
    }

    @Test("recover an endpoint, once however often the request is sent")
    func recovery() async throws {
        try await withGateway { gateway, client in
            let shop = try await Self.shop(gateway, client, "Kiosco")
            let path = "/v1/endpoints/\(shop.endpoint)/recover"
            let body = #"{"since": "2020-01-01T00:00:00Z", "dry_run": false}"#
            let first = try await client.call(.post, path, key: shop.key, body: body, headers: [.idempotencyKey: "one"])
            let again = try await client.call(.post, path, key: shop.key, body: body, headers: [.idempotencyKey: "one"])
            #expect(first.status == 200)
            #expect(again.body["job"]["id"] == first.body["job"]["id"])
        }
    }
}

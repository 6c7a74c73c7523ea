import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway

@Suite("Endpoints over the API", .timeLimit(.minutes(1)))
struct EndpointTests {
    private static func create(
        _ client: any TestClientProtocol, _ key: String, _ path: String, _ more: String = ""
    ) async throws -> Answer {
        try await client.call(.post, path, key: key, body: "{\"url\": \"https://a.example.com/hook\"\(more)}")
    }

    @Test("keep form, order, concurrency and rate, and change what may change")
    func pace() async throws {
        try await withGateway { gateway, client in
            let key = try await gateway.key()
            let plain = try await Self.create(client, key, "/v1/endpoints")
            #expect(plain.status == 201)
            #expect(plain.body["format"].string == "envelope")
            #expect(plain.body["ordering"].string == "relaxed")
            #expect(plain.body["health"]["state"].string == "healthy")
            let made = try await Self.create(
                client, key, "/v1/endpoints",
                ", \"format\": \"passthrough\", \"ordering\": \"strict\", \"concurrency\": 64, \"rate_per_second\": 1000"
            )
            #expect(made.body["format"].string == "passthrough")
            #expect(made.body["ordering"].string == "strict")
            let path = "/v1/endpoints/\(made.body["id"].string ?? "")"
            let changed = try await client.call(
                .patch, path, key: key, body: "{\"ordering\": \"none\", \"concurrency\": 1, \"rate_per_second\": 0}")
            #expect(changed.status == 200)
            #expect(changed.body["ordering"].string == "none")
            #expect(changed.body["format"].string == "passthrough")
            for wrong in [
                "\"ordering\": \"fifo\"", "\"concurrency\": 0", "\"concurrency\": 65", "\"rate_per_second\": 1001",
                "\"rate_per_second\": -1", "\"format\": \"envelope\"",
            ] {
                #expect(try await client.call(.patch, path, key: key, body: "{\(wrong)}").status == 400, "\(wrong)")
            }
            for wrong in ["\"rate_per_second\": 0", "\"format\": \"xml\"", "\"concurrency\": 65"] {
                #expect(try await Self.create(client, key, "/v1/endpoints", ", \(wrong)").status == 400, "\(wrong)")
            }
        }
    }

    @Test("are sixteen of one owner at most")
    func limit() async throws {
        try await withGateway { gateway, client in
            let key = try await gateway.key()
            let shop = try await client.call(.post, "/v1/sellers", key: key, body: "{\"name\":\"Kiosco\"}")
            let path = "/v1/sellers/\(shop.body["id"].string ?? "")/endpoints"
            var last = ""
            for _ in 0..<16 {
                let made = try await Self.create(client, key, path)
                #expect(made.status == 201)
                last = made.body["id"].string ?? ""
            }
            let refused = try await Self.create(client, key, path)
            #expect((refused.status, refused.body["code"].string) == (409, "endpoint_limit"))
            // Another owner has room, and so has this one once an endpoint is gone.
            #expect(try await Self.create(client, key, "/v1/endpoints").status == 201)
            #expect(try await client.call(.delete, "/v1/endpoints/\(last)", key: key).status == 204)
            #expect(try await Self.create(client, key, path).status == 201)
        }
    }
}

import Gateway
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import GatewayHTTP

@Suite("A key that is bound to a seller")
struct ReachTests {
    private static let unknown = "01JZ8Q4T6M0000000000000001"

    @Test("gets for another seller the answer of an unknown one, on every route that names one")
    func foreignSeller() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let key = try await gateway.key(seller: SellerID(shop.other))
            for operation in document.guarded where operation.path.contains("{seller}") {
                let body = operation.bodySchema.map { document.schema($0)["examples"]["0"] } ?? .null
                let method = HTTPRequest.Method(operation.method)!
                let text = body == .null ? nil : try body.text
                let answers = [
                    try await client.call(method, Self.uri(operation, shop.seller), key: key, body: text),
                    try await client.call(method, Self.uri(operation, "ref:shop-17"), key: key, body: text),
                    try await client.call(method, Self.uri(operation, "sel_\(Self.unknown)"), key: key, body: text),
                    try await client.call(method, Self.uri(operation, "ref:nobody"), key: key, body: text),
                ]
                for answer in answers {
                    #expect(answer.status == 404, "\(operation)")
                    #expect(answer.body.without("request_id") == answers[2].body.without("request_id"), "\(operation)")
                }
                guard operation.method != "HEAD" else { continue }
                #expect(answers[2].body["code"].string == "seller_not_found", "\(operation)")
            }
        }
    }

    @Test("gets for what belongs to another seller the answer of what does not exist")
    func foreignThings() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let key = try await gateway.key(seller: SellerID(shop.other))
            for (path, id) in try await Self.things(shop, client) {
                let foreign = try await client.call(.get, "/v1/\(path)/\(id)", key: key)
                let unknown = try await client.call(
                    .get, "/v1/\(path)/\(id.prefix { $0 != "_" })_\(Self.unknown)", key: key)
                #expect(foreign.status == 404, "\(path)")
                #expect(foreign.body.without("request_id") == unknown.body.without("request_id"), "\(path)")
                let own = try await client.call(.get, "/v1/\(path)/\(id)", key: shop.key)
                #expect(own.status == 200, "\(path)")
            }
        }
    }

    @Test("lists nothing of another seller")
    func lists() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            _ = try await Self.things(shop, client)
            let key = try await gateway.key(seller: SellerID(shop.other))
            for path in ["events", "deliveries", "events?seller=\(shop.seller)", "deliveries?seller=\(shop.seller)"] {
                let answer = try await client.call(.get, "/v1/\(path)", key: key)
                #expect(answer.status == 200, "\(path)")
                #expect(answer.body["data"].elements.isEmpty, "\(path)")
            }
            let sellers = try await client.call(.get, "/v1/sellers", key: key)
            #expect(sellers.body["data"].elements.map { $0["id"].string } == [shop.other])
        }
    }

    @Test("neither sees nor touches what becomes of its events at the integrator's endpoints")
    func integratorsDeliveries() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let key = try await gateway.key(seller: shop.sellerID)
            let url = #"{"url": "https://a.example.com/hook"}"#
            let foreign = try await client.call(.post, "/v1/endpoints", key: shop.key, body: url)
            let own = try await client.call(
                .post, "/v1/sellers/\(shop.seller)/endpoints", key: shop.key, body: url)
            let event = Fixtures(clock: gateway.clock).notice(of: shop.sellerID)
            _ = try await gateway.services.store.record(event)
            let path = "/v1/deliveries?event=\(event.id)"
            let all = try await client.call(.get, path, key: shop.key)
            #expect(all.body["data"].elements.count == 2)
            let seen = try await client.call(.get, path, key: key)
            #expect(seen.body["data"].elements.map { $0["endpoint"].string } == [own.body["id"].string])
            let hidden = try #require(
                all.body["data"].elements.first { $0["endpoint"].string == foreign.body["id"].string })
            let delivery = "/v1/deliveries/\(try #require(hidden["id"].string))"
            let answers = [
                try await client.call(.get, delivery, key: key),
                try await client.call(.post, delivery + "/cancel", key: key),
                try await client.call(.post, delivery + "/retry", key: key),
            ]
            for answer in answers {
                #expect(answer.status == 404)
                #expect(answer.body["code"].string == "delivery_not_found")
            }
            let after = try await client.call(.get, delivery, key: shop.key)
            #expect(after.body["state"] == hidden["state"])
        }
    }

    @Test("does nothing that concerns the whole installation")
    func wholeInstallation() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let key = try await gateway.key(seller: shop.sellerID)
            let answers = [
                try await client.call(.post, "/v1/sellers", key: key, body: #"{"name": "Sol"}"#),
                try await client.call(.get, "/v1/applications", key: key),
                try await client.call(.get, "/v1/endpoints", key: key),
                try await client.call(.get, "/v1/audit/verify", key: key),
                try await client.call(.post, "/v1/endpoints", key: key, body: #"{"url": "https://a.example.com"}"#),
                try await client.call(.delete, "/v1/applications/\(shop.application)", key: key),
                try await client.call(
                    .post, "/v1/keys", key: key, body: #"{"name": "a", "mode": "test", "scopes": ["read"]}"#),
            ]
            for answer in answers {
                #expect(answer.status == 403)
                #expect(answer.body["code"].string == "missing_scope")
            }
        }
    }

    /// One of everything that belongs to the first seller, by the path of its kind.
    private static func things(_ shop: Shop, _ client: any TestClientProtocol) async throws -> [(String, String)] {
        let key = shop.key
        let link = try await client.call(
            .post, "/v1/sellers/\(shop.seller)/links", key: key, body: #"{"application": "\#(shop.application)"}"#)
        let endpoint = try await client.call(
            .post, "/v1/sellers/\(shop.seller)/endpoints", key: key, body: #"{"url": "https://a.example.com/hook"}"#)
        let made = try await client.call(
            .post, "/v1/keys", key: key,
            body: #"{"name": "a", "mode": "test", "scopes": ["read"], "seller": "\#(shop.seller)"}"#)
        let delivery = try await client.call(.get, "/v1/deliveries?seller=\(shop.seller)", key: key)
        let first = delivery.body["data"]["0"]
        let found = [
            ("links", link.body["id"]), ("endpoints", endpoint.body["id"]), ("keys", made.body["id"]),
            ("deliveries", first["id"]), ("events", first["event"]),
        ]
        return try found.map { ($0.0, try #require($0.1.string)) }
    }

    private static func uri(_ operation: OpenAPIDocument.Operation, _ seller: String) -> String {
        operation.path.replacing("{seller}", with: seller).replacing("{connection}", with: "con_\(unknown)")
            .replacing("{path}", with: "users/me")
    }
}

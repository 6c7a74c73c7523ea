import Gateway
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import GatewayHTTP

@Suite("An Idempotency-Key")
struct RepetitionTests {
    /// A POST that answers a secret once.
    struct Secretive: Sendable, CustomTestStringConvertible {
        let path: String
        let body: String
        let secret: String

        var testDescription: String { path }
    }

    static let secretive = [
        Secretive(path: "/v1/sellers/{seller}/links", body: #"{"application": "{application}"}"#, secret: "url"),
        Secretive(
            path: "/v1/sellers/{seller}/endpoints", body: #"{"url": "https://a.example.com/hook"}"#, secret: "secret"),
        Secretive(path: "/v1/sellers/{seller}/status-links", body: #"{"locale": "es"}"#, secret: "url"),
        Secretive(path: "/v1/keys", body: #"{"name": "till", "mode": "test", "scopes": ["read"]}"#, secret: "key"),
        Secretive(
            path: "/v1/applications/{application}/test-users", body: #"{"site": "MLA"}"#, secret: "password"),
    ]

    @Test("answers what was made, with the same status and without its secret", arguments: secretive)
    func secrets(post: Secretive) async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let path = Self.filled(post.path, shop)
            let body = Self.filled(post.body, shop)
            let first = try await client.post(path, key: shop.key, body: body, once: "one")
            let again = try await client.post(path, key: shop.key, body: body, once: "one")
            #expect(first.status == 201)
            #expect(again.status == 201)
            #expect(first.headers[Self.replayed] == nil)
            #expect(again.headers[Self.replayed] == "true")
            #expect(first.body[post.secret].string?.isEmpty == false)
            #expect(again.body[post.secret] == .null)
            #expect(again.body["secret_already_shown"] == .bool(true))
            // The messages of a link hold its URL.
            let safe = first.body.without(post.secret).without("messages").without("expires_at")
            #expect(again.body.without("secret_already_shown").without("expires_at") == safe)
            #expect(again.body["messages"] == .null)
        }
    }

    @Test("answers a test event with the first answer's status")
    func testEvent() async throws {
        try await withGateway { gateway, client in
            let key = try await gateway.key()
            let made = try await client.call(
                .post, "/v1/endpoints", key: key, body: #"{"url": "https://a.example.com/hook"}"#)
            let path = "/v1/endpoints/\(try #require(made.body["id"].string))/test"
            let first = try await client.post(path, key: key, once: "one")
            let again = try await client.post(path, key: key, once: "one")
            #expect(first.status == 202)
            #expect(again.body == first.body)
            #expect(again.status == 202)
        }
    }

    @Test("needs no more scopes for the second answer than for the first")
    func sameScopes() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let key = try await gateway.key([.sellersAdmin])
            let path = "/v1/sellers/\(shop.seller)/connections"
            let body = #"{"kind": "own", "application": "\#(shop.application)"}"#
            let first = try await client.post(path, key: key, body: body, once: "one")
            let again = try await client.post(path, key: key, body: body, once: "one")
            #expect(first.status == 201)
            #expect(again.status == 201)
        }
    }

    @Test("makes one thing only")
    func oneThing() async throws {
        try await withGateway { gateway, client in
            let key = try await gateway.key()
            let body = #"{"name": "Panadería Sol"}"#
            let first = try await client.post("/v1/sellers", key: key, body: body, once: "one")
            let again = try await client.post("/v1/sellers", key: key, body: body, once: "one")
            let other = try await client.post("/v1/sellers", key: key, body: body, once: "two")
            #expect(again.body == first.body)
            #expect(other.body["id"] != first.body["id"])
            let all = try await client.call(.get, "/v1/sellers", key: key)
            #expect(all.body["data"].elements.count == 2)
        }
    }

    @Test("is refused for another body and for another path")
    func anotherRequest() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            _ = try await client.post("/v1/sellers", key: shop.key, body: #"{"name": "Sol"}"#, once: "one")
            let body = try await client.post("/v1/sellers", key: shop.key, body: #"{"name": "Luna"}"#, once: "one")
            let path = try await client.post("/v1/endpoints", key: shop.key, body: #"{"name": "Sol"}"#, once: "one")
            for answer in [body, path] {
                #expect(answer.status == 409)
                #expect(answer.body["code"].string == "idempotency_key_reused")
            }
        }
    }

    @Test("belongs to the key that sent it")
    func anotherKey() async throws {
        try await withGateway { gateway, client in
            let body = #"{"name": "Sol"}"#
            let first = try await client.post("/v1/sellers", key: try await gateway.key(), body: body, once: "one")
            let other = try await client.post("/v1/sellers", key: try await gateway.key(), body: body, once: "one")
            #expect(other.status == 201)
            #expect(other.body["id"] != first.body["id"])
        }
    }

    @Test("is not remembered for a request that failed")
    func failed() async throws {
        try await withGateway { gateway, client in
            let key = try await gateway.key()
            let wrong = try await client.post("/v1/sellers", key: key, body: #"{"nam": "Sol"}"#, once: "one")
            let right = try await client.post("/v1/sellers", key: key, body: #"{"name": "Sol"}"#, once: "one")
            #expect(wrong.status == 400)
            #expect(right.status == 201)
        }
    }

    @Test("is forgotten after 24 hours")
    func forgotten() async throws {
        try await withGateway { gateway, client in
            let key = try await gateway.key()
            let body = #"{"name": "Sol"}"#
            let first = try await client.post("/v1/sellers", key: key, body: body, once: "one")
            gateway.clock.advance(by: .seconds(86_401))
            let later = try await client.post("/v1/sellers", key: key, body: body, once: "one")
            #expect(later.status == 201)
            #expect(later.headers[Self.replayed] == nil)
            #expect(later.body["id"] != first.body["id"])
        }
    }

    @Test("of another form is refused, naming the header", arguments: ["", String(repeating: "k", count: 256)])
    func form(key: String) async throws {
        try await withGateway { gateway, client in
            let answer = try await client.post(
                "/v1/sellers", key: try await gateway.key(), body: #"{"name": "Sol"}"#, once: key)
            #expect(answer.status == 400)
            #expect(answer.body["field"].string == "Idempotency-Key")
        }
    }

    private static let replayed = HTTPField.Name("Idempotency-Replayed")!

    private static func filled(_ text: String, _ shop: Shop) -> String {
        text.replacing("{seller}", with: shop.seller).replacing("{application}", with: shop.application)
    }
}

import Gateway
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import GatewayHTTP

@Suite("A refused request")
struct RefusalTests {
    @Test("with an unknown field names the field")
    func unknownField() async throws {
        try await withGateway { gateway, client in
            let key = try await gateway.key()
            let answer = try await client.call(
                .post, "/v1/sellers", key: key, body: #"{"name": "Sol", "extenal_ref": "shop-17"}"#)
            #expect(answer.status == 400)
            #expect(answer.body["code"].string == "invalid_request")
            #expect(answer.body["field"].string == "extenal_ref")
        }
    }

    @Test(
        "with a field whose name is no field's never repeats it: it may be a secret in the wrong place",
        arguments: [
            "TG-4f9a01c7d25e83b6", "4f9a01c7d25e83b6a7c0914e5fd2683b", "Name", String(repeating: "a", count: 33),
        ])
    func oddField(name: String) async throws {
        try await withGateway { gateway, client in
            let answer = try await client.call(
                .post, "/v1/sellers", key: try await gateway.key(), body: #"{"name": "Sol", "\#(name)": 1}"#)
            #expect(answer.status == 400)
            #expect(answer.body["code"].string == "invalid_request")
            #expect(try !answer.body.text.contains(name))
        }
    }

    @Test(
        "with a body that is no JSON object says bad_json",
        arguments: ["{", "[]", "null", "7", "\"text\"", "{\"name\": \"a\"} x", "\u{FEFF}"])
    func badJSON(body: String) async throws {
        try await withGateway { gateway, client in
            let answer = try await client.call(.post, "/v1/sellers", key: try await gateway.key(), body: body)
            #expect(answer.status == 400)
            #expect(answer.body["code"].string == "bad_json")
        }
    }

    @Test("with a field of another type names the field and never repeats its value")
    func anotherType() async throws {
        try await withGateway { gateway, client in
            let answer = try await client.call(
                .post, "/v1/sellers", key: try await gateway.key(), body: #"{"name": ["value-marker"]}"#)
            #expect(answer.status == 400)
            #expect(answer.body["field"].string == "name")
            #expect(try !answer.body.text.contains("value-marker"))
        }
    }

    @Test("with a word from no closed set lists the words")
    func unknownWord() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let answer = try await client.call(
                .patch, "/v1/sellers/\(shop.seller)", key: shop.key, body: #"{"state": "asleep"}"#)
            #expect(answer.status == 400)
            #expect(answer.body["field"].string == "state")
            #expect(answer.body["detail"].string?.contains("active, disabled") == true)
        }
    }

    @Test("names the field as the request spells it")
    func spelledAlike() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let link = try await client.call(
                .post, "/v1/sellers/\(shop.seller)/links", key: shop.key,
                body: #"{"application": "\#(shop.application)", "expires_in_seconds": 1}"#)
            let secret = try await client.call(
                .post, "/v1/applications/\(shop.application)/secrets", key: shop.key,
                body: #"{"kind": "client", "value": "short"}"#)
            let endpoint = try await client.call(
                .post, "/v1/endpoints", key: shop.key,
                body: #"{"url": "https://a.example.com/hook", "timeout_seconds": 1}"#)
            #expect([link.status, secret.status, endpoint.status] == [400, 400, 400])
            #expect(endpoint.body["field"].string == "timeout_seconds")
            #expect(link.body["field"].string == "expires_in_seconds")
            #expect(secret.body["field"].string == "value")
        }
    }

    @Test("for a key of a seller who does not exist says so")
    func keyOfUnknownSeller() async throws {
        try await withGateway { gateway, client in
            let answer = try await client.call(
                .post, "/v1/keys", key: try await gateway.key(),
                body: """
                    {"name": "till", "mode": "test", "scopes": ["read"],
                     "seller": "sel_01JZ8Q4T6M0000000000000001"}
                    """)
            #expect(answer.status == 404)
            #expect(answer.body["code"].string == "seller_not_found")
        }
    }

    @Test("over 1 MiB is 413")
    func largeBody() async throws {
        try await withGateway { gateway, client in
            let body = #"{"name": ""# + String(repeating: "a", count: 1 << 20) + #""}"#
            let answer = try await client.call(.post, "/v1/sellers", key: try await gateway.key(), body: body)
            #expect(answer.status == 413)
            #expect(answer.body["code"].string == "body_too_large")
        }
    }

    @Test("to no route is 404 not_found with a request id in body and header")
    func noRoute() async throws {
        try await withGateway { _, client in
            let answer = try await client.call(.get, "/v1/nothing")
            #expect(answer.status == 404)
            #expect(answer.body["code"].string == "not_found")
            #expect(answer.headers[.contentType] == "application/problem+json")
            let id = try #require(answer.headers[HTTPField.Name("Enlace-Request-Id")!])
            #expect(answer.body["request_id"].string == id)
        }
    }

    @Test(
        "with a key that does not count is 401, the same for every reason",
        arguments: ["", "enl_test_wrong", "Bearer", "revoked", "other secret"])
    func wrongKey(kind: String) async throws {
        try await withGateway { gateway, client in
            let good = try await gateway.key()
            var key = kind
            if kind == "revoked" {
                try await gateway.services.keys.revokeLeaked(good, request: "req_test")
                key = good
            } else if kind == "other secret" {
                // Another key's secret behind this key's id: the form is right, the checksum is not.
                key = String(good.prefix(36)) + String(try await gateway.key().dropFirst(36))
            }
            let answer = try await client.call(.get, "/v1/sellers", key: key)
            #expect(answer.status == 401)
            #expect(answer.body["code"].string == "unauthorized")
        }
    }

    @Test("to revoke a leaked key says so when the store can't be read, and not that it was revoked")
    func leakedKeyWithoutStore() async throws {
        try await withGateway { gateway, client in
            let body = #"{"key": "\#(try await gateway.key())"}"#
            await gateway.services.store.close()
            let answer = try await client.call(.post, "/v1/keys/revoke-leaked", body: body)
            #expect(answer.status == 503)
            #expect(answer.body["code"].string == "storage_unavailable")
        }
    }

    @Test("fits the document's Problem")
    func fitsDocument() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let bound = try await gateway.key([.read, .proxyRead], seller: shop.sellerID)
            let answers = [
                try await client.call(.get, "/v1/nothing"),
                try await client.call(.get, "/v1/sellers"),
                try await client.call(.get, "/v1/sellers?limit=0", key: shop.key),
                try await client.call(.get, "/v1/applications", key: bound),
                try await client.call(.get, "/proxy/users/me", key: bound),
                try await client.call(.get, "/proxy/v1/nothing", key: bound),
                try await client.call(.post, "/v1/sellers", key: bound, body: #"{"name": "Sol"}"#),
                try await client.call(.post, "/v1/sellers", key: shop.key, body: #"{"nam": "Sol"}"#),
            ]
            for answer in answers {
                #expect(answer.status >= 400)
                #expect(document.misfits(answer.body, document.schema("Problem")) == [])
                #expect(answer.headers[HTTPField.Name("Enlace-Error")!] == answer.body["code"].string)
            }
        }
    }
}

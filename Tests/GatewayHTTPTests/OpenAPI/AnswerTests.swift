import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("An answer of the API")
struct AnswerTests {
    /// Calls, and looks whether the answer is what the document says.
    private struct Reader {
        let document: OpenAPIDocument
        let client: any TestClientProtocol
        let key: String

        @discardableResult
        func read(
            _ method: HTTPRequest.Method, _ uri: String, _ path: String, body: String? = nil, _ status: Int = 200
        ) async throws -> JSONValue {
            let answer = try await client.call(method, uri, key: key, body: body)
            #expect(answer.status == status, "\(method) \(path)")
            let operation = try #require(document.operations.first { $0.description == "\(method) \(path)" })
            let responses = operation.content["responses"]
            #expect(responses[String(status)] != .null, "\(method) \(path): \(status) is not documented")
            let response = document.response(status, of: operation)
            let schema = response["content"]["application/json"]["schema"]
            #expect((schema == .null) == (answer.body == .null), "\(method) \(path)")
            if schema != .null { #expect(document.misfits(answer.body, schema) == [], "\(method) \(path)") }
            #expect(answer.headers[HTTPField.Name("Enlace-Request-Id")!]?.hasPrefix("req_") == true)
            #expect(answer.headers[.cacheControl] == "no-store")
            return answer.body
        }
    }

    @Test("about sellers and links is what the document says")
    func sellers() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let api = Reader(document: document, client: client, key: shop.key)
            let one = "/v1/sellers/\(shop.seller)"
            try await api.read(.post, "/v1/sellers", "/v1/sellers", body: #"{"name": "Sol"}"#, 201)
            try await api.read(.get, "/v1/sellers", "/v1/sellers")
            try await api.read(.get, "/v1/sellers/ref:shop-17", "/v1/sellers/{seller}")
            let freed = try await api.read(.patch, one, "/v1/sellers/{seller}", body: #"{"external_ref": null}"#)
            #expect(freed["external_ref"] == .null)
            let link = try await api.read(
                .post, "\(one)/links", "/v1/sellers/{seller}/links",
                body: """
                    {"application": "\(shop.application)", "locale": "pt", "expected_user_id": "4242",
                     "return_url": "https://pos.example.com/linked", "expires_in_seconds": 300, "qr": "svg"}
                    """, 201)
            #expect(link["url"].string?.hasPrefix("http://127.0.0.1:8080/link/") == true)
            try await api.read(
                .post, "\(one)/status-links", "/v1/sellers/{seller}/status-links", body: #"{"qr": "svg"}"#, 201)
            let id = try #require(link["id"].string)
            try await api.read(.get, "\(one)/links", "/v1/sellers/{seller}/links")
            try await api.read(.get, "/v1/links/\(id)", "/v1/links/{link}")
            let revoked = try await api.read(.post, "/v1/links/\(id)/revoke", "/v1/links/{link}/revoke")
            #expect(revoked["state"].string == "revoked")
        }
    }

    @Test("about applications and their test users is what the document says")
    func applications() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let api = Reader(document: document, client: client, key: shop.key)
            let all = "/v1/applications"
            let one = "/v1/applications/\(shop.application)"
            let path = "/v1/applications/{application}"
            try await api.read(
                .post, all, all,
                body: try document.schema("NewApplication")["examples"]["0"].text
                    .replacing("1234567890", with: "99"), 201)
            try await api.read(.get, all, all)
            try await api.read(.get, one, path)
            try await api.read(.patch, one, path, body: #"{"support_contact": "ayuda@example.com", "pkce": "off"}"#)
            let secrets = try await api.read(
                .post, "\(one)/secrets", "\(path)/secrets", body: #"{"kind": "client", "value": "secret-marker-2"}"#,
                201)
            #expect(secrets["secrets"].elements.count == 2)
            #expect(secrets["secrets"].elements.contains { $0["expires_at"] != .null })
            try await api.read(.post, "\(one)/test-users", "\(path)/test-users", body: #"{"site": "MLA"}"#, 201)
            try await api.read(.get, "\(one)/test-users", "\(path)/test-users")
            let removed = try await client.call(.delete, one, key: shop.key)
            #expect(removed.status == 409 || removed.status == 204)
        }
    }

    @Test("about connections is what the document says")
    func connections() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let api = Reader(document: document, client: client, key: shop.key)
            let all = "/v1/sellers/\(shop.seller)/connections"
            let path = "/v1/sellers/{seller}/connections"
            let made = try await api.read(
                .post, all, path, body: #"{"kind": "own", "application": "\#(shop.application)"}"#, 201)
            let one = "\(all)/\(try #require(made["id"].string))"
            try await api.read(.get, all, path)
            let shown = try await api.read(.get, one, "\(path)/{connection}")
            #expect(shown["token_expires_at"] != .null)
            let linked = try await api.read(.post, "\(one)/webhook", "\(path)/{connection}/webhook")
            #expect(linked["state"].string == "linked")
            #expect(linked["webhook_state"].string == "valid")
            let renewed = try await api.read(.post, "\(one)/refresh", "\(path)/{connection}/refresh")
            #expect(renewed["proved_by"].string == "refresh")
            let revoked = try await api.read(.post, "\(one)/revoke", "\(path)/{connection}/revoke")
            #expect(revoked["state"].string == "revoked")
            #expect(revoked["remove_at_provider"]["es"].string?.contains("Aplicaciones conectadas") == true)
            #expect(renewed["remove_at_provider"] == .null)
            let events = try await api.read(
                .get, "/v1/sellers/\(shop.seller)/events", "/v1/sellers/{seller}/events")
            #expect(events["data"].elements.map { $0["type"].string } == ["seller.revoked", "seller.linked"])
        }
    }

    @Test("about readiness and terminals is what the document says")
    func readiness() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let api = Reader(document: document, client: client, key: shop.key)
            let one = "/v1/sellers/\(shop.seller)"
            let path = "/v1/sellers/{seller}/readiness"
            try await api.read(.get, "\(one)/readiness", path)
            _ = try await client.call(
                .post, "\(one)/connections", key: shop.key,
                body: #"{"kind": "own", "application": "\#(shop.application)"}"#)
            let terminal = try #require(TerminalID("PAX_A910__1"))
            gateway.provider.set {
                $0.terminals = .success([
                    Terminal(
                        id: terminal, mode: .standalone, store: "1", pointOfSale: "2", externalPointOfSale: "SUC1POS1")
                ])
            }
            let list = try await api.read(.get, "\(one)/readiness?application=\(shop.application)", path)
            #expect(list["steps"].elements.count == Readiness.Step.allCases.count)
            let set = try await api.read(
                .post, "\(one)/terminals/\(terminal)/pdv", "/v1/sellers/{seller}/terminals/{terminal}/pdv")
            #expect(set["operating_mode"].string == "pdv")
        }
    }

    @Test("about endpoints, events and deliveries is what the document says")
    func endpoints() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let api = Reader(document: document, client: client, key: shop.key)
            let body = try document.schema("NewEndpoint")["examples"]["0"].text
            try await api.read(.post, "/v1/endpoints", "/v1/endpoints", body: body, 201)
            try await api.read(.get, "/v1/endpoints", "/v1/endpoints")
            let path = "/v1/sellers/{seller}/endpoints"
            let made = try await api.read(.post, "/v1/sellers/\(shop.seller)/endpoints", path, body: body, 201)
            try await api.read(.get, "/v1/sellers/\(shop.seller)/endpoints", path)
            let one = "/v1/endpoints/\(try #require(made["id"].string))"
            try await api.read(.get, one, "/v1/endpoints/{endpoint}")
            try await api.read(.patch, one, "/v1/endpoints/{endpoint}", body: #"{"description": "the shop's"}"#)
            try await api.read(.post, "\(one)/rotate-secret", "/v1/endpoints/{endpoint}/rotate-secret")
            try await api.read(.post, "\(one)/test", "/v1/endpoints/{endpoint}/test", 202)

            let list = try await api.read(.get, "/v1/deliveries?seller=\(shop.seller)", "/v1/deliveries")
            let delivery = try #require(list["data"]["0"]["id"].string)
            let canceled = "/v1/deliveries/{delivery}"
            try await api.read(.get, "/v1/deliveries/\(delivery)", canceled)
            try await api.read(.post, "/v1/deliveries/\(delivery)/cancel", "\(canceled)/cancel")
            try await api.read(.post, "/v1/deliveries/\(delivery)/retry", "\(canceled)/retry")
            let notice = Fixtures(clock: gateway.clock).notice(of: shop.sellerID)
            _ = try await gateway.services.store.record(notice)
            try await api.read(.post, "/v1/events/\(notice.id)/replay", "/v1/events/{event}/replay")
            try await api.read(.get, "/v1/events?seller=\(shop.seller)&type=endpoint.test", "/v1/events")
            let event = try await api.read(
                .get, "/v1/events/\(try #require(list["data"]["0"]["event"].string))", "/v1/events/{event}")
            let sent = try #require(event["body"].string)
            let read = try JSONValue(json: sent)
            #expect(document.misfits(read, document.schema("EventBody")) == [])
            try await api.read(.delete, one, "/v1/endpoints/{endpoint}", 204)
        }
    }

    @Test("about the audit is what the document says")
    func audit() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let api = Reader(document: document, client: client, key: shop.key)
            let lines = try await api.read(.get, "/v1/audit?limit=2", "/v1/audit")
            #expect(lines["data"].elements.count == 2)
            let verdict = try await api.read(.get, "/v1/audit/verify", "/v1/audit/verify")
            #expect(verdict["intact"] == .bool(true))
        }
    }

    @Test("about calls is what the document says")
    func calls() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let api = Reader(document: document, client: client, key: shop.key)
            let seller = try #require(SellerID(shop.seller))
            gateway.callLog.note(
                CallRecord(
                    id: CallID(ULID(at: gateway.clock.now, chance: (0, 1))), startedAt: gateway.clock.now,
                    seller: seller, key: APIKeyID(seller.ulid), method: "GET", route: "/users/me", status: 200,
                    microseconds: 84_210, requestBytes: 0, responseBytes: 190))
            await gateway.callLogWorker.write()
            let list = try await api.read(.get, "/v1/calls?seller=\(shop.seller)&status=200", "/v1/calls")
            #expect(list["data"]["0"]["route"].string == "/users/me")
        }
    }

    @Test("about keys is what the document says")
    func keys() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let api = Reader(document: document, client: client, key: shop.key)
            let made = try await api.read(
                .post, "/v1/keys", "/v1/keys",
                body: """
                    {"name": "till", "mode": "test", "scopes": ["read"], "seller": "\(shop.seller)",
                     "expires_at": "2100-01-01T00:00:00Z"}
                    """, 201)
            let one = "/v1/keys/\(try #require(made["id"].string))"
            try await api.read(.get, "/v1/keys", "/v1/keys")
            try await api.read(.get, one, "/v1/keys/{key}")
            let text = try #require(made["key"].string)
            try await api.read(
                .post, "/v1/keys/revoke-leaked", "/v1/keys/revoke-leaked", body: #"{"key": "\#(text)"}"#, 202)
            let revoked = try await api.read(.get, one, "/v1/keys/{key}")
            #expect(revoked["revoked_at"] != .null)
            try await api.read(.delete, one, "/v1/keys/{key}", 204)
        }
    }
}

import Foundation
import Gateway
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("The proxy")
    struct ProxyTests {
        @Test("refuses with a stable code whatever must not go upstream")
        func refusals() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                let before = try await Self.upstreamCalls(stack)
                func get(_ path: APIPath, _ method: HTTPMethod = .GET) async throws -> APIError {
                    try await refusal { try await api.call(method, path) }
                }
                let seller = "/v1/sellers/\(shop.seller)/proxy"
                let unknown = try await get("/v1/sellers/sel_01JD00000000000000000000ZZ/proxy/users/me")
                #expect((unknown.status, unknown.code) == (404, "seller_not_found"))
                let unlinked = try await get("/v1/sellers/\(try await stack.seller(api))/proxy/users/me")
                #expect((unlinked.status, unlinked.code) == (409, "seller_not_linked"))
                #expect(unlinked.extra["connection_state"] == "none")
                let route = try await get(APIPath(stringLiteral: seller + "/v1/customers"))
                #expect((route.status, route.code) == (403, "route_not_allowed"))
                let owned = try await get(APIPath(stringLiteral: seller + "/oauth/token"), .POST)
                #expect(owned.code == "route_not_allowed" && owned.detail.contains("/links"))
                let stores = try await get(APIPath(stringLiteral: seller + "/users/1/stores/search"))
                #expect(stores.code == "route_not_allowed")
                for path in ["/users/%6de", "/users/./me", "/users/../users/me", "/users//me", "/users/me;x=1"] {
                    let bad = try await get(APIPath(stringLiteral: seller + path))
                    #expect((bad.status, bad.code) == (400, "bad_path"), "\(path)")
                }
                let token = try await get(APIPath(stringLiteral: seller + "/users/me?access_token=x"))
                #expect(token.code == "bad_path")
                #expect(try await Self.upstreamCalls(stack) == before)
            }
        }

        @Test("reaches with a key what its scopes and its seller allow, and nothing else")
        func reach() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api, nickname: "EINS")
                let other = try await stack.linkedShop(api, nickname: "ZWEI")
                let made = try await api.call(
                    .POST, "/v1/keys",
                    body: [
                        "name": "till", "mode": "live", "scopes": ["proxy:read"], "seller": .string(shop.seller),
                    ])
                let text = try #require(made["key"]?.string)
                try await APIClient.withClient(url: stack.url, key: .init(text)) { bound in
                    #expect(try await bound.call(.GET, "/proxy/users/me")["nickname"]?.string == "EINS")
                    #expect(
                        try await bound.call(.GET, "/v1/sellers/\(shop.seller)/proxy/users/me")["id"]?.int != nil)
                    let foreign = try await refusal {
                        try await bound.call(.GET, "/v1/sellers/\(other.seller)/proxy/users/me")
                    }
                    let unknown = try await refusal {
                        try await bound.call(.GET, "/v1/sellers/sel_01JD00000000000000000000ZZ/proxy/users/me")
                    }
                    #expect(
                        (foreign.status, foreign.code, foreign.detail) == (unknown.status, unknown.code, unknown.detail)
                    )
                    let write = try await refusal {
                        try await bound.call(
                            .POST, "/proxy/point/integration-api/devices/\(shop.device)/payment-intents",
                            body: ["amount": 1500])
                    }
                    #expect((write.status, write.code) == (403, "missing_scope"))
                    #expect(write.extra["scope"] == "proxy:write")
                    let admin = try await refusal { try await bound.call(.GET, "/v1/keys") }
                    #expect(admin.extra["scope"] == "keys")
                    _ = try await api.call(.DELETE, "/v1/keys/\(try #require(made["id"]?.string))")
                    let revoked = try await refusal { try await bound.call(.GET, "/proxy/users/me") }
                    #expect((revoked.status, revoked.code) == (401, "unauthorized"))
                }
                let named = try await api.call(
                    .GET, "/proxy/users/me", headers: [("Enlace-Seller", other.seller)])
                #expect(named["nickname"]?.string == "ZWEI")
            }
        }

        @Test("sends the seller's token and never the caller's own headers")
        func headers() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                _ = try await api.call(
                    .GET, "/v1/sellers/\(shop.seller)/proxy/users/me",
                    headers: [
                        ("cookie", "a=b"), ("x-forwarded-for", "1.2.3.4"), ("x-meli-session-id", "s"),
                        ("forwarded", "for=1.2.3.4"), ("x-idempotency-key", "k1"),
                    ])
                let seen = try await stack.panel.call(.GET, "/requests?path_prefix=/users/me")["requests"]?.array?.last
                #expect(seen?["token_of_user"]?.int == Int(shop.user))
                let names = seen?["header_names"]?.array?.compactMap(\.string) ?? []
                #expect(names.filter { $0 == "authorization" }.count == 1)
                #expect(Set(names).isDisjoint(with: ["cookie", "x-forwarded-for", "x-meli-session-id", "forwarded"]))
                #expect(seen?["headers"]?["x-idempotency-key"]?.string == "k1")
            }
        }

        @Test("says what became of a call that the provider did not answer")
        func faults() async throws {
            try await withAPI(settings: ["upstream.first_byte_timeout_seconds": "2"]) { stack, api in
                let shop = try await stack.linkedShop(api)
                let other = try await stack.linkedShop(api, nickname: "ZWEI")
                let path: APIPath = "/v1/sellers/\(shop.seller)/proxy/v1/payments/search"
                let panel = try stack.panel
                let match: JSONValue = ["path_prefix": "/v1/payments"]
                func fault(_ members: [String: JSONValue]) async throws -> APIError {
                    try await panel.call(.POST, "/faults", .object(members.merging(["match": match]) { $1 }))
                    return try await refusal { try await api.call(.GET, path) }
                }
                let late = try await fault(["fault": "delay", "delay_ms": 4_000])
                #expect((late.status, late.code) == (504, "upstream_timeout"))
                let redirected = try await fault(["fault": "redirect"])
                #expect((redirected.status, redirected.code) == (502, "upstream_redirect"))
                // A read is sent once more where its connection broke before an answer, and once only.
                try await panel.call(.POST, "/faults", .object(["fault": "drop", "match": match]))
                #expect(try await api.call(.GET, path)["results"]?.array != nil)
                let dropped = try await fault(["fault": "drop", "times": 2])
                #expect((dropped.status, dropped.code) == (502, "upstream_unreachable"))
                // What the provider itself answers passes as it is, and is no problem of the gateway's.
                let limited = try await fault(["fault": "plain429"])
                #expect((limited.status, limited.code) == (429, "unexpected_answer"))
                let held = try await refusal { try await api.call(.GET, path) }
                #expect((held.status, held.code) == (429, "upstream_limited"))
                await stack.stopSandbox()
                let gone = try await refusal {
                    try await api.call(.GET, "/v1/sellers/\(other.seller)/proxy/users/me")
                }
                #expect((gone.status, gone.code) == (502, "upstream_unreachable"))
            }
        }

        @Test("streams a body as it is, refuses one that is too long, and names a field that is wrong")
        func bodies() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                let intents: APIPath =
                    "/v1/sellers/\(shop.seller)/proxy/point/integration-api/devices/\(shop.device)/payment-intents"
                let small = try await refusal { try await api.call(.POST, intents, body: ["amount": 1]) }
                // The provider's own words, untouched.
                #expect((small.status, small.code) == (400, "unexpected_answer"))
                let long = JSONValue.string(String(repeating: "x", count: 1 << 20))
                let refused = try await refusal { try await api.call(.POST, intents, body: ["description": long]) }
                #expect((refused.status, refused.code) == (413, "body_too_large"))
                let field = try await refusal { try await api.call(.POST, "/v1/sellers", body: ["nam": "x"]) }
                #expect((field.status, field.field) == (400, "nam"))
            }
        }

        private static func upstreamCalls(_ stack: LocalStack) async throws -> Int {
            try await stack.panel.call(.GET, "/requests")["requests"]?.array?.count ?? 0
        }
    }
}

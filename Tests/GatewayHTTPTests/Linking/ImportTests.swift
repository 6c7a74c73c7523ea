import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("An imported grant")
struct ImportTests {
    @Test("is used for calls, and neither renewed nor registered before it is adopted")
    func held() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            // Nine tenths of its life are over.
            let made = try await Self.bring(
                shop, client, #""expires_in": 15552000, "issued_at": "\#(gateway.clock.now - Self.day * 162)""#)
            #expect(made.status == 200)
            #expect(made.body["outcome"].string == "imported")
            let connection = made.body["connection"]
            #expect(connection["kind"].string == "oauth")
            #expect(connection["state"].string == "configuring")
            #expect(connection["refresh_held"] == .bool(true))
            let one = "/v1/sellers/\(shop.seller)/connections/\(try #require(connection["id"].string))"
            let shown = try await client.call(.get, one, key: shop.key)
            #expect(shown.body["works_until"] == shown.body["token_expires_at"])

            _ = await gateway.sweep.sweep()
            for step in ["refresh", "webhook"] {
                let refused = try await client.call(.post, "\(one)/\(step)", key: shop.key)
                #expect(refused.status == 409)
                #expect(refused.body["code"].string == "state_conflict")
                #expect(refused.body["state"].string == "refresh_held")
            }
            gateway.clock.advance(by: Self.day * 19)
            let dead = try await client.call(.get, "/v1/sellers/\(shop.seller)/proxy/users/me", key: shop.key)
            #expect(dead.status == 409)
            #expect(dead.body["code"].string == "state_conflict")
            #expect(gateway.provider.refreshes == 0)
            #expect(gateway.provider.webhooks.isEmpty)

            let application = "/v1/applications/\(shop.application)"
            #expect(try await client.call(.get, application, key: shop.key).body["held_connections"] == .number(1))
            let adopted = try await client.post("\(application)/adopt", key: shop.key, once: "one")
            #expect(adopted.status == 200)
            #expect(adopted.body["held_connections"] == .number(0))
            #expect(try await client.post("\(application)/adopt", key: shop.key, once: "one").body == adopted.body)
            let again = try await client.call(.post, "\(application)/adopt", key: shop.key)
            #expect(again.body["code"].string == "state_conflict")
            _ = await gateway.sweep.sweep()
            #expect(gateway.provider.refreshes == 1)
            let registered = try await client.call(.post, "\(one)/webhook", key: shop.key)
            #expect(registered.body["state"].string == "linked")
            #expect(registered.body["refresh_held"] == .bool(false))
            let actions = try await client.call(.get, "/v1/audit", key: shop.key).body["data"].elements
                .compactMap { $0["action"].string }
            #expect(actions.filter { $0 == "connection.imported" || $0 == "application.grants_adopted" }.count == 2)
        }
    }

    @Test("changes nothing where the same or a newer pair is, and takes the place of an older one that is held")
    func repeated() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            func outcome(_ access: String, _ seconds: Int) async throws -> [String?] {
                let answer = try await Self.bring(shop, client, #""expires_in": \#(seconds)"#, access: access)
                return [
                    answer.body["outcome"].string ?? answer.body["code"].string, answer.body["connection"]["id"].string,
                ]
            }
            let first = try await outcome("access-token-1", 8_000_000)
            #expect(first[0] == "imported")
            // The same token is known without asking, and whatever is said of its end.
            gateway.provider.set { $0.account = .failure(.unauthorized) }
            #expect(try await outcome("access-token-1", 9_000_000) == ["already_there", first[1]])
            #expect(try await outcome("access-token-0", 7_000_000) == ["already_there", first[1]])
            #expect(try await outcome("access-token-2", 9_000_000)[0] == "token_refused")
            gateway.provider.set { $0.account = .success(Self.account(4242)) }
            #expect(try await outcome("access-token-0", 7_000_000) == ["already_there", first[1]])
            let newer = try await outcome("access-token-2", 9_000_000)
            #expect(newer[0] == "imported")
            #expect(newer[1] != first[1])
            _ = try await client.call(.post, "/v1/applications/\(shop.application)/adopt", key: shop.key)
            #expect(try await outcome("access-token-2", 9_000_000) == ["already_there", newer[1]])
            #expect(try await outcome("access-token-3", 10_000_000)[0] == "state_conflict")
            let all = try await client.call(.get, "/v1/sellers/\(shop.seller)/connections", key: shop.key)
            #expect(all.body["data"].elements.map { $0["state"].string } == ["configuring", "revoked"])
        }
    }

    @Test("is made once of a request that is sent many times at once")
    func racing() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let answer = try await Self.bring(shop, client, #""expires_in": 8000000"#)
                        #expect(answer.status == 200)
                    }
                }
                try await group.waitForAll()
            }
            let all = try await client.call(.get, "/v1/sellers/\(shop.seller)/connections", key: shop.key)
            #expect(all.body["data"].elements.count == 1)
        }
    }

    @Test("is refused where linking would be refused")
    func refused() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            func code(_ more: String = "", seller: String? = nil) async throws -> String? {
                let answer = try await Self.bring(
                    shop, client, #""expires_in": 8000000\#(more)"#, access: "another-access-token", seller: seller)
                #expect(answer.status == 409)
                return answer.body["code"].string
            }
            #expect(try await code(#", "user_id": "77""#) == "account_mismatch")
            gateway.provider.set { $0.account = .success(Self.account(4242, site: "MLB")) }
            #expect(try await code() == "unsupported_site")
            gateway.provider.set { $0.account = .failure(.unauthorized) }
            #expect(try await code() == "token_refused")
            gateway.provider.set { $0.account = .success(Self.account(4242)) }
            #expect(try await Self.bring(shop, client, #""expires_in": 7000000"#).status == 200)
            #expect(try await code(seller: shop.other) == "account_taken")
            gateway.provider.set { $0.account = .success(Self.account(77)) }
            #expect(try await code() == "account_mismatch")
        }
    }

    @Test(
        "needs an end that lies ahead and can be true",
        arguments: [
            (#""scope": "read""#, "expires_in"), (#""expires_in": 0"#, "expires_in"),
            (#""expires_in": 60, "expires_at": "2100-01-01T00:00:00Z""#, "expires_at"),
            (#""expires_at": "2100-01-01T00:00:00Z""#, "expires_at"), (#""expires_at": "tomorrow""#, "expires_at"),
            (#""expires_in": 60, "issued_at": "2020-01-01T00:00:00Z""#, "expires_in"),
            (#""expires_in": 60, "issued_at": "2100-01-01T00:00:00Z""#, "expires_in"),
            (#""expires_in": 60, "refresh_token": "short""#, "refresh_token"),
        ])
    func times(more: String, field: String) async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let answer = try await Self.bring(shop, client, more, refresh: nil)
            #expect(answer.status == 400)
            #expect(answer.body["field"].string == field)
        }
    }

    @Test("comes to no answer, event or log with a token")
    func secrets() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let access = "imported-access-marker"
            let answers = [
                try await Self.bring(shop, client, #""expires_in": 8000000"#, access: access),
                try await Self.bring(shop, client, #""expires_in": 8000000"#, access: access),
                try await Self.bring(shop, client, #""expires_in": 9000000"#, access: access, seller: shop.other),
                try await Self.bring(shop, client, #""expires_in": "soon""#, access: access),
                try await client.call(.get, "/v1/sellers/\(shop.seller)/connections", key: shop.key),
                try await client.call(.get, "/v1/audit", key: shop.key),
            ]
            for answer in answers {
                let text = try answer.body.text
                #expect(!text.contains("marker"))
            }
            #expect(!gateway.logs.text.contains("imported-access-marker"))
            #expect(!gateway.logs.text.contains("imported-refresh-marker"))
        }
    }

    private static let day = Duration.seconds(86_400)

    static func bring(
        _ shop: Shop, _ client: any TestClientProtocol, _ more: String, access: String = "imported-access-marker",
        refresh: String? = "imported-refresh-marker", seller: String? = nil
    ) async throws -> Answer {
        let refresh = refresh.map { #""refresh_token": "\#($0)", "# } ?? ""
        return try await client.call(
            .post, "/v1/sellers/\(seller ?? shop.seller)/connections/import", key: shop.key,
            body: #"{"application": "\#(shop.application)", "access_token": "\#(access)", \#(refresh)\#(more)}"#)
    }

    private static func account(_ user: Int64, site: String = "MLA") -> UpstreamAccount {
        UpstreamAccount(
            user: UpstreamUserID(rawValue: user)!, nickname: "PANADERIA SOL", email: nil, site: SiteID(site)!,
            isTestUser: true)
    }
}

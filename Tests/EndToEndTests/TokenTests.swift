import Foundation
import Gateway
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("A connection's tokens")
    struct TokenTests {
        @Test("are renewed once when many calls find them about to die")
        func singleFlight() async throws {
            try await withAPI { stack, api in
                // A life of one minute is within the margin at once, so every call finds a pair to renew.
                try await stack.panel.call(.PATCH, "/knobs", ["access_token_ttl": 60])
                let shop = try await stack.linkedShop(api)
                try await stack.panel.call(.PATCH, "/knobs", ["access_token_ttl": 15_552_000])
                let before = try await Self.ledger(stack, shop)
                try await stack.panel.call(
                    .POST, "/faults", ["fault": "delay", "delay_ms": 700, "match": ["path_prefix": "/oauth/token"]])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 {
                        group.addTask {
                            let me = try await api.call(.GET, "/v1/sellers/\(shop.seller)/proxy/users/me")
                            #expect(me["nickname"]?.string == shop.nickname)
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await Self.ledger(stack, shop) == before + 1)
            }
        }

        @Test("get one deliberate last try after an answer that was lost, and work while they live")
        func unanswered() async throws {
            try await withAPI { stack, api in
                // Otherwise the rotation itself kills the access token, which is the other value of the knob.
                try await stack.panel.call(.PATCH, "/knobs", ["revoke_old_access_on_refresh": false])
                let shop = try await stack.linkedShop(api)
                let before = try await Self.ledger(stack, shop)
                try await stack.panel.call(
                    .POST, "/faults", ["fault": "drop_after", "match": ["path_prefix": "/oauth/token"]])
                let one: APIPath = "/v1/sellers/\(shop.seller)/connections/\(shop.connection)"
                let first = try await refusal { try await api.call(.POST, "\(one)/refresh", body: [:]) }
                #expect((first.status, first.code) == (409, "refresh_uncertain"))
                #expect(try await api.call(.GET, one)["refresh_uncertain"]?.bool == true)
                #expect(try await Self.ledger(stack, shop) == before + 1)
                // A person asks: the answer to the last try says that the newest pair was lost on the way.
                _ = try await refusal { try await api.call(.POST, "\(one)/refresh", body: [:]) }
                #expect(try await Self.ledger(stack, shop) == before + 2)
                let lost = try await api.call(.GET, one)
                #expect(lost["state"]?.string == "needs_relink")
                #expect(lost["reason"]?.string == "rotation_lost")
                // Until the access token dies everything works.
                let me = try await api.call(.GET, "/v1/sellers/\(shop.seller)/proxy/users/me")
                #expect(me["nickname"]?.string == shop.nickname)
            }
        }

        @Test("are tried again at once where the lost answer has killed the access token too")
        func unansweredAndRevoked() async throws {
            try await withAPI { stack, api in
                try await stack.panel.call(
                    .PATCH, "/knobs", ["revoke_old_access_on_refresh": true, "reuse_revokes_grant": false])
                let shop = try await stack.linkedShop(api)
                let before = try await Self.ledger(stack, shop)
                try await stack.panel.call(
                    .POST, "/faults", ["fault": "drop_after", "match": ["path_prefix": "/oauth/token"]])
                let one: APIPath = "/v1/sellers/\(shop.seller)/connections/\(shop.connection)"
                let refused = try await refusal { try await api.call(.POST, "\(one)/refresh", body: [:]) }
                #expect((refused.status, refused.code) == (409, "needs_relink"))
                #expect(try await Self.ledger(stack, shop) == before + 2)
            }
        }

        @Test("stay as they are when the client secret is wrong: that is the operator's case")
        func wrongClientSecret() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                let client = try await stack.panel.application()
                let application = try #require(
                    try await api.call(.GET, "/v1/sellers/\(shop.seller)/connections/\(shop.connection)")[
                        "application"]?
                        .string)
                let one: APIPath = "/v1/applications/\(application)"
                _ = try await api.call(
                    .POST, "\(one)/secrets",
                    body: ["kind": "client", "value": "a-secret-that-is-wrong-0000", "overlap_seconds": 0])
                let refresh: APIPath = "/v1/sellers/\(shop.seller)/connections/\(shop.connection)/refresh"
                _ = try await refusal { try await api.call(.POST, refresh, body: [:]) }
                #expect(try await api.call(.GET, one)["refresh_stop_reason"]?.string == "invalid_client")
                // The right one is added beside it: the older is tried where the newer is refused.
                _ = try await api.call(
                    .POST, "\(one)/secrets",
                    body: [
                        "kind": "client", "value": client.clientSecret.reveal { .string($0) }, "overlap_seconds": 3600,
                    ])
                #expect(try await api.call(.POST, "\(one)/resume", body: [:])["refresh_stop_reason"] == nil)
                #expect(try await api.call(.POST, refresh, body: [:])["proved_by"]?.string == "refresh")
                let again = try await refusal { try await api.call(.POST, "\(one)/resume", body: [:]) }
                #expect((again.status, again.code) == (409, "state_conflict"))
            }
        }

        @Test("survive an error page, a limit and a caller that goes away", arguments: ["html502", "plain429"])
        func transient(fault: String) async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                try await stack.panel.call(
                    .POST, "/faults", ["fault": .string(fault), "match": ["path_prefix": "/oauth/token"]])
                let one: APIPath = "/v1/sellers/\(shop.seller)/connections/\(shop.connection)"
                _ = try await refusal { try await api.call(.POST, "\(one)/refresh", body: [:]) }
                let connection = try await api.call(.GET, one)
                #expect(connection["state"]?.string == "linked")
                // 429 refuses in so many words; after an error page nobody knows whether the token was used up.
                #expect(connection["refresh_uncertain"]?.bool == (fault == "html502"))
                if fault == "plain429" {
                    let renewed = try await api.call(.POST, "\(one)/refresh", body: [:])
                    #expect(renewed["proved_by"]?.string == "refresh")
                }
            }
        }

        @Test("are given up only after the provider refused both, and then the shop is asked to link again")
        func revoked() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                try await stack.withEndpoint(api, of: shop.seller) { receiver, _ in
                    let client = try await stack.panel.application().clientID
                    // As after a changed password: nobody is told, or the connection would end by that.
                    try await stack.panel.call(.PATCH, "/applications/\(client)", ["topics": ["payment"]])
                    try await stack.panel.call(
                        .POST, "/grants/revoke", ["user_id": .string(shop.user), "client_id": .string(client)])
                    let one: APIPath = "/v1/sellers/\(shop.seller)/connections/\(shop.connection)"
                    let refused = try await refusal { try await api.call(.POST, "\(one)/refresh", body: [:]) }
                    #expect((refused.status, refused.code) == (409, "needs_relink"))
                    #expect(try await api.call(.GET, one)["state"]?.string == "needs_relink")
                    try await waiting(for: "the event") {
                        receiver.posts.contains { $0.type == "seller.needs_relink" && receiver.verifies($0) } ? () : nil
                    }
                    // The same account is linked anew, and the same seller works again.
                    _ = try await ShopOwner(nickname: shop.nickname).follow(try await stack.link(api, of: shop.seller))
                    let me = try await api.call(.GET, "/v1/sellers/\(shop.seller)/proxy/users/me")
                    #expect(me["nickname"]?.string == shop.nickname)
                }
            }
        }

        private static func ledger(_ stack: LocalStack, _ shop: LinkedShop) async throws -> Int {
            let grants = try await stack.panel.call(.GET, "/ledger")["grants"]?.array ?? []
            return grants.first { $0["user_id"]?.int == Int(shop.user) }?["posts"]?.int ?? 0
        }
    }
}

import Foundation
import Gateway
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import GatewayHTTP

@Suite("A panic")
struct PanicTests {
    private static let all = #"{"all": true}"#

    @Test("cuts every seller off on every path, stops renewing, and changes the keyring's key")
    func begin() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let (shop, connection) = try await Self.linked(gateway, client)
            let first = try gateway.keyRingFile.read().current
            let before = try await client.call(.get, "/v1/sellers/\(shop.seller)/proxy/users/me", key: shop.key)
            #expect(before.status != 423)
            let begun = try await client.post("/v1/panic", key: shop.key, body: Self.all, once: "one")
            #expect(begun.status == 200)
            #expect(document.misfits(begun.body, document.schema("Panic")) == [])
            #expect(begun.body["affected_connections"] == .number(1))
            #expect(begun.body["quarantined"] == .number(2))
            #expect(begun.body["keyring"]["outcome"].string == "changed")
            let second = try gateway.keyRingFile.read().current
            #expect(second != first && begun.body["keyring"]["current"].string == second)
            let bound = try await gateway.key(seller: shop.sellerID)
            for (uri, key) in [
                ("/v1/sellers/\(shop.seller)/proxy/users/me", shop.key), ("/proxy/users/me", bound),
                ("/v1/sellers/\(shop.seller)/proxy/v1/nothing", shop.key),
            ] {
                let refused = try await client.call(.get, uri, key: key)
                #expect(refused.status == 423, "\(uri)")
                #expect(refused.body["code"].string == "seller_quarantined", "\(uri)")
            }
            let refresh = try await client.call(.post, connection + "/refresh", key: shop.key)
            #expect(refresh.status == 423)
            #expect(gateway.provider.refreshes == 0)
            let again = try await client.post("/v1/panic", key: shop.key, body: Self.all, once: "one")
            #expect(again.status == 200)
            #expect(try gateway.keyRingFile.read().current == second)
            let listed = try await client.call(.get, "/v1/panic/sellers", key: shop.key)
            #expect(document.misfits(listed.body, document.schema("PanicSellerPage")) == [])
            #expect(listed.body["data"].elements.map { $0["id"].string } == [shop.seller])
            let ended = try await client.call(.post, "/v1/panic/end", key: shop.key, body: Self.all)
            #expect(ended.status == 200 && ended.body["quarantined"] == .number(0))
            let served = try await client.call(.get, "/v1/sellers/\(shop.seller)/proxy/users/me", key: shop.key)
            #expect(served.status != 423)
            let lines = try await gateway.services.store.auditEntries(AuditFilter(), page: Page(limit: 200))
            #expect(
                lines.filter { $0.action.rawValue.hasPrefix("panic.") }.map { $0.action } == [.panicEnded, .panicBegun])
        }
    }

    @Test("for one seller leaves every other alone")
    func oneSeller() async throws {
        try await withGateway { gateway, client in
            let (shop, _) = try await Self.linked(gateway, client)
            let begun = try await client.call(
                .post, "/v1/panic", key: shop.key, body: #"{"seller": "\#(shop.other)"}"#)
            #expect(begun.body["quarantined"] == .number(1))
            let own = try await client.call(.get, "/v1/sellers/\(shop.seller)/proxy/users/me", key: shop.key)
            #expect(own.status != 423)
            let other = try await client.call(.get, "/v1/sellers/\(shop.other)/proxy/users/me", key: shop.key)
            #expect(other.status == 423)
            let unknown = try await client.call(.post, "/v1/panic", key: shop.key, body: #"{"seller": "ref:nobody"}"#)
            #expect(unknown.status == 404)
            for body in ["{}", #"{"seller": "ref:shop-17", "all": true}"#] {
                #expect(try await client.call(.post, "/v1/panic", key: shop.key, body: body).status == 400)
            }
            let nobody = try await client.call(
                .post, "/v1/panic/end", key: shop.key, body: #"{"seller": "ref:shop-17"}"#)
            #expect(nobody.status == 409)
        }
    }

    @Test("as a drill tells what it would come to and changes nothing")
    func drill() async throws {
        try await withGateway { gateway, client in
            let (shop, _) = try await Self.linked(gateway, client)
            let lines = try await gateway.services.store.auditEntries(AuditFilter(), page: Page(limit: 200)).count
            let first = try gateway.keyRingFile.read().current
            let drilled = try await client.call(
                .post, "/v1/panic", key: shop.key, body: #"{"all": true, "drill": true}"#)
            #expect(drilled.status == 200)
            #expect(drilled.body["drill"] == .bool(true))
            #expect(drilled.body["affected_sellers"] == .number(1))
            #expect(drilled.body["quarantined"] == .number(2))
            #expect(try gateway.keyRingFile.read().current == first)
            let served = try await client.call(.get, "/v1/sellers/\(shop.seller)/proxy/users/me", key: shop.key)
            #expect(served.status != 423)
            #expect(
                try await gateway.services.store.auditEntries(AuditFilter(), page: Page(limit: 200)).count == lines)
        }
    }

    @Test("makes a link with a message for each shop, pinned to its account and under a new data key, once")
    func relink() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let id = try await gateway.link(shop)
            gateway.clock.advance(by: .seconds(60))
            let store = gateway.services.store
            let seller = try #require(shop.sellerID)
            let dataKey = try await store.dataKey(of: .seller(seller))?.id
            _ = try await client.call(.post, "/v1/panic", key: shop.key, body: Self.all)
            gateway.clock.advance(by: .seconds(60))
            let made = try await client.post("/v1/panic/relink", key: shop.key, once: "one")
            #expect(made.status == 200)
            #expect(document.misfits(made.body, document.schema("InvitationPage")) == [])
            let one = made.body["data"]["0"]
            #expect(made.body["data"].elements.count == 1 && made.body.members["next"] == .null)
            #expect(one["connection"].string == id.description && one["external_ref"].string == "shop-17")
            let url = try #require(one["url"].string)
            #expect(one["message"].string?.contains(url) == true)
            #expect(one["message"].string?.contains("Caja Feliz") == true)
            let named = try #require(one["link"].string.flatMap { OnboardingLinkID($0) })
            let link = try await store.link(named)
            #expect(link?.expectedUser == UpstreamUserID(rawValue: 4242))
            let renewed = try await store.dataKey(of: .seller(seller))?.id
            #expect(renewed != dataKey)
            // The URL is shown once, and another page makes no further data key.
            let again = try await client.post("/v1/panic/relink", key: shop.key, once: "one")
            #expect(again.status == 409)
            _ = try await client.call(.post, "/v1/panic/relink", key: shop.key)
            #expect(try await store.dataKey(of: .seller(seller))?.id == renewed)
            // Who was linked anew is left out.
            _ = try await gateway.link(shop)
            let rest = try await client.call(.post, "/v1/panic/relink", key: shop.key)
            #expect(rest.body["data"].elements.isEmpty)
            let listed = try await client.call(.get, "/v1/panic/sellers", key: shop.key)
            #expect(listed.body["data"]["0"]["connections"].elements.map { $0["relinked"] } == [.bool(true)])
        }
    }

    @Test("stands although the keyring's key can't be changed, and says why")
    func keyring() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            try FileManager.default.removeItem(atPath: gateway.keyRingFile.path)
            let begun = try await client.call(.post, "/v1/panic", key: shop.key, body: Self.all)
            #expect(begun.status == 200 && begun.body["quarantined"] == .number(2))
            #expect(begun.body["keyring"]["outcome"].string == "refused")
            #expect(begun.body["keyring"]["detail"].string?.contains("keyring") == true)
        }
    }

    @Test("is none of a seller's, and none without a scope")
    func reach() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            for key in [try await gateway.key(seller: shop.sellerID), try await gateway.key([.read, .sellersAdmin])] {
                #expect(try await client.call(.post, "/v1/panic", key: key, body: Self.all).status == 403)
                #expect(try await client.call(.get, "/v1/panic", key: key).status == 403)
                #expect(try await client.call(.post, "/v1/panic/relink", key: key).status == 403)
            }
        }
    }

    /// A shop whose first seller is linked, and its connection's path.
    private static func linked(
        _ gateway: TestGateway, _ client: any TestClientProtocol
    ) async throws -> (Shop, String) {
        let shop = try await Shop.open(gateway, client)
        let id = try await gateway.link(shop)
        return (shop, "/v1/sellers/\(shop.seller)/connections/\(id)")
    }
}

extension TestGateway {
    /// Links the shop's first seller with account 4242, past the pages.
    fileprivate func link(_ shop: Shop) async throws -> ConnectionID {
        let store = services.store
        let vault = Vault(
            keyRing: try keyRingFile.read(), store: store,
            ids: IdentifierSource(clock: clock.wallClock, random: .system), clock: clock.wallClock)
        let make = Fixtures(clock: clock)
        let seller = try #require(shop.sellerID)
        let connection = Connection(
            id: make.ids.next(), seller: seller, application: try #require(ApplicationID(shop.application)),
            kind: .oauth,
            account: UpstreamAccount(
                user: UpstreamUserID(rawValue: 4242)!, nickname: "TIENDA", email: nil, site: SiteID("MLA")!,
                isTestUser: true),
            maskedEmail: nil, liveMode: false, scopes: ["offline_access"], refreshable: true, state: .linked,
            linkedAt: clock.now)
        let sealer = try await vault.sealer(for: .seller(seller))
        let row = connection.id.ulid
        let tokens = StoredTokens(
            connection: connection.id, generation: 1,
            access: try sealer.seal(Secret("access-token-marker"), .accessToken, row: row),
            refresh: try sealer.seal(Secret("refresh-token-marker"), .refreshToken, row: row),
            issuedAt: clock.now, expiresAt: clock.now + .seconds(180 * 86_400))
        try await store.establish(connection, tokens: tokens, finishing: nil, as: make.change(.connectionLinked))
        return connection.id
    }
}

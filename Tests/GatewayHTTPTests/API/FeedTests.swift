import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("The feed over the API", .timeLimit(.minutes(1)))
struct FeedTests {
    private struct Shop: Sendable {
        let seller: SellerID
        let key: String
        let path: String
    }

    private static func shop(_ gateway: TestGateway, _ client: any TestClientProtocol) async throws -> Shop {
        let owner = try await gateway.key()
        let made = try await client.call(.post, "/v1/sellers", key: owner, body: "{\"name\":\"Kiosco\"}")
        let seller = try #require(made.body["id"].string.flatMap { SellerID($0) })
        return Shop(
            seller: seller, key: try await gateway.key([.read], seller: seller), path: "/v1/sellers/\(seller)/feed")
    }

    /// Records an event as the gateway does, sealed for its seller.
    @discardableResult
    private static func tell(_ gateway: TestGateway, _ seller: SellerID, _ body: String = "{}") async throws -> String {
        let make = Fixtures(clock: gateway.clock, seed: UInt64.random(in: 1...UInt64.max))
        let store = gateway.services.store
        let vault = Vault(
            keyRing: try gateway.keyRingFile.read(), store: store, ids: make.ids, clock: make.clock.wallClock)
        let id: EventID = make.ids.next()
        let sealer = try await vault.sealer(for: .seller(seller))
        _ = try await store.record(
            EventDraft(
                id: id, seller: seller, connection: nil, application: nil, type: "seller.linked", liveMode: false,
                proof: .gateway, resource: "r", createdAt: gateway.clock.now
            ) { _ throws(VaultError) in try sealer.seal(Array(body.utf8), .eventBody, row: id.ulid) })
        return id.description
    }

    @Test("gives what follows with its bodies, oldest first, and leaves an audit line for each reading")
    func reading() async throws {
        try await withGateway { gateway, client in
            let shop = try await Self.shop(gateway, client)
            let empty = try await client.call(.get, shop.path, key: shop.key)
            #expect(empty.status == 200)
            #expect(empty.body["data"].elements.isEmpty)
            #expect(empty.body["position"].string == nil)
            var told: [String] = []
            for number in 0..<3 { told.append(try await Self.tell(gateway, shop.seller, "{\"n\":\(number)}")) }
            let all = try await client.call(.get, shop.path, key: shop.key)
            #expect(all.body["data"].elements.map { $0["id"].string } == told)
            #expect(all.body["data"].elements.map { $0["body"].string } == ["{\"n\":0}", "{\"n\":1}", "{\"n\":2}"])
            #expect(all.body["position"].string == told[2])
            let part = try await client.call(.get, shop.path + "?after=\(told[0])&limit=1", key: shop.key)
            #expect(part.body["data"].elements.map { $0["id"].string } == [told[1]])
            #expect(part.body["position"].string == told[1])
            let end = try await client.call(.get, shop.path + "?after=newest", key: shop.key)
            #expect(end.body["data"].elements.isEmpty)
            #expect(end.body["position"].string == told[2])
            let rest = try await client.call(.get, shop.path + "?after=\(told[2])", key: shop.key)
            #expect(rest.body["data"].elements.isEmpty)
            #expect(rest.body["position"].string == told[2])
            let lines = try await client.call(.get, "/v1/audit?action=payload.read", key: try await gateway.key())
            #expect(lines.body["data"].elements.map { $0["subject"].string } == [told[1], told[2]])
        }
    }

    @Test("holds an empty answer back until something comes")
    func waiting() async throws {
        try await withGateway { gateway, client in
            let shop = try await Self.shop(gateway, client)
            async let answer = client.call(.get, shop.path + "?wait_seconds=25", key: shop.key)
            let told = try await Self.tell(gateway, shop.seller)
            #expect(try await answer.body["data"].elements.map { $0["id"].string } == [told])
        }
    }

    @Test("refuses what is out of bounds, another's event, and another's seller")
    func refusals() async throws {
        try await withGateway { gateway, client in
            let shop = try await Self.shop(gateway, client)
            let other = try await Self.shop(gateway, client)
            let foreign = try await Self.tell(gateway, other.seller)
            for query in ["limit=0", "limit=201", "wait_seconds=26", "wait_seconds=-1", "after=con_1", "after="] {
                let answer = try await client.call(.get, shop.path + "?" + query, key: shop.key)
                #expect(answer.status == 400, "\(query)")
            }
            let unknown = try await client.call(.get, shop.path + "?after=\(foreign)", key: shop.key)
            #expect(unknown.status == 404)
            #expect(unknown.body["code"].string == "event_not_found")
            #expect(try await client.call(.get, other.path, key: shop.key).status == 404)
            let blind = try await gateway.key([.webhooks])
            #expect(try await client.call(.get, shop.path, key: blind).status == 403)
        }
    }
}

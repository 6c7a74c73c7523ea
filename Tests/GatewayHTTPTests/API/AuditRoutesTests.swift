import Foundation
import Gateway
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import GatewayHTTP

@Suite("The audit by the API")
struct AuditRoutesTests {
    @Test("shows who did what, newest first, narrowed by each filter")
    func filters() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let all = try await client.call(.get, "/v1/audit", key: shop.key).body["data"].elements
            #expect(all.count >= 4)
            #expect(all.first?["action"].string == "seller.created")
            #expect(all.first?["subject"].string == shop.other)
            let actor = try #require(all.first?["actor"].string)
            let counts = [
                ("seller=\(shop.seller)", 1), ("action=seller.created", 2), ("actor=gateway", 0),
                ("actor=\(actor)&action=application.created", 1), ("since=2100-01-01T00:00:00Z", 0),
                ("until=2000-01-01T00:00:00Z", 0), ("until=2100-01-01T00:00:00Z", all.count),
            ]
            for (query, count) in counts {
                let answer = try await client.call(.get, "/v1/audit?\(query)", key: shop.key)
                #expect(answer.body["data"].elements.count == count, "\(query)")
            }
            for field in ["seller", "action", "actor", "since", "until"] {
                let answer = try await client.call(.get, "/v1/audit?\(field)=x", key: shop.key)
                #expect(answer.status == 400, "\(field)")
                #expect(answer.body["field"].string == field)
            }
        }
    }

    @Test("shows a seller-bound key its own seller's lines, and the chain to none of them")
    func bound() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let key = try await gateway.key([.audit], seller: shop.sellerID)
            for query in ["", "?seller=\(shop.seller)"] {
                let own = try await client.call(.get, "/v1/audit\(query)", key: key).body["data"].elements
                #expect(!own.isEmpty)
                #expect(own.allSatisfy { $0["seller"].string == shop.seller })
            }
            let foreign = try await client.call(.get, "/v1/audit?seller=\(shop.other)", key: key)
            #expect(foreign.status == 200)
            #expect(foreign.body["data"].elements.isEmpty)
            let exported = try await Self.export(client, "?seller=\(shop.other)", key)
            #expect(exported.isEmpty)
            let verdict = try await client.call(.get, "/v1/audit/verify", key: key)
            #expect(verdict.status == 403)
        }
    }

    @Test("is exported whole, one document a line, with the line of the export first")
    func export() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            for number in 1...410 {
                _ = try await client.call(.post, "/v1/sellers", key: shop.key, body: #"{"name": "Shop \#(number)"}"#)
            }
            let lines = try await Self.export(client, "", shop.key)
            #expect(lines.first?["action"].string == "audit.exported")
            #expect(lines.count > 410)
            #expect(Set(lines.compactMap { $0["id"].string }).count == lines.count)
            let verdict = try await client.call(.get, "/v1/audit/verify", key: shop.key)
            #expect(verdict.body["checked"] == .number(Double(lines.count)))
        }
    }

    @Test("has a line for whoever reads what is sealed: a body, and what a receiver answered")
    func readings() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let made = try await client.call(
                .post, "/v1/sellers/\(shop.seller)/endpoints", key: shop.key,
                body: #"{"url": "https://a.example.com/hook"}"#)
            #expect(made.status == 201)
            let waiting = try await client.call(.get, "/v1/deliveries", key: shop.key).body["data"]["0"]
            let event = try #require(waiting["event"].string)
            let delivery = try #require(waiting["id"].string)
            _ = try await client.call(.get, "/v1/deliveries/\(delivery)", key: shop.key)
            _ = try await client.call(.get, "/v1/events/\(event)", key: shop.key)
            try await Self.answer("no such hook", gateway, try #require(shop.sellerID))
            let shown = try await client.call(.get, "/v1/deliveries/\(delivery)", key: shop.key)
            #expect(shown.body["attempts"]["0"]["excerpt"].string == "no such hook")
            let lines = try await client.call(.get, "/v1/audit?action=payload.read", key: shop.key).body["data"]
            #expect(lines.elements.map { $0["subject"].string } == [delivery, event])
        }
    }

    /// Ends the one delivery that is due, as the worker does, with what its receiver answered.
    private static func answer(_ text: String, _ gateway: TestGateway, _ seller: SellerID) async throws {
        let make = Fixtures(clock: gateway.clock)
        let store = gateway.services.store
        let claimed = try #require(
            try await store.claim(
                FairShare(places: 64, free: 1), at: make.clock.now, leaseUntil: make.clock.now + .seconds(60),
                tokens: .system
            ).first)
        let vault = Vault(
            keyRing: try gateway.keyRingFile.read(), store: store, ids: make.ids, clock: make.clock.wallClock)
        let excerpt = try await vault.sealer(for: .seller(seller)).seal(
            Array(text.utf8), .answerExcerpt, row: claimed.id.ulid)
        let isKept = try await store.finish(
            claimed,
            AttemptResult(
                endedAt: make.clock.now, status: 404, failure: .status, excerpt: excerpt, address: nil,
                next: .exhausted, countsAsFailure: true, outcome: .failure(isOverload: false)))
        #expect(isKept)
    }

    private static func export(
        _ client: any TestClientProtocol, _ query: String, _ key: String
    ) async throws -> [JSONValue] {
        let response = try await client.executeRequest(
            uri: "/v1/audit\(query)", method: .get,
            headers: [.authorization: "Bearer \(key)", .accept: "application/x-ndjson"], body: nil)
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "application/x-ndjson")
        let text = String(decoding: response.body.readableBytesView, as: UTF8.self)
        #expect(text.isEmpty || text.hasSuffix("\n"))
        return try text.split(separator: "\n").map { try JSONValue(json: String($0)) }
    }
}

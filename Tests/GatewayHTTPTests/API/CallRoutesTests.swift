import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway

@Suite("The call log over the API")
struct CallRoutesTests {
    private static func call(_ seller: SellerID, at moment: Timestamp, number: UInt64, status: Int) -> CallRecord {
        CallRecord(
            id: CallID(ULID(at: moment, chance: (0, number))), startedAt: moment, seller: seller,
            key: APIKeyID(seller.ulid), method: "GET", route: "/users/me", status: status, microseconds: 1,
            requestBytes: 2, responseBytes: 3)
    }

    private static func pages(
        _ query: String, key: String, _ client: any TestClientProtocol
    ) async throws -> [String] {
        var ids: [String] = []
        var after: String?
        repeat {
            let page = try await client.call(
                .get, "/v1/calls?limit=7&\(query)\(after.map { "&after=\($0)" } ?? "")", key: key)
            #expect(page.status == 200)
            ids += page.body["data"].elements.compactMap { $0["id"].string }
            after = page.body["next"].string
        } while after != nil
        return ids
    }

    @Test("is paged newest first, without a gap and without a repetition")
    func paging() async throws {
        try await withGateway { gateway, client in
            let key = try await gateway.key([.read])
            let start = gateway.clock.now
            let sellers = (1...3).map { SellerID(ULID(at: start, chance: (1, $0))) }
            let all = (0..<90).map { number in
                Self.call(
                    sellers[number % 3], at: start + .milliseconds(number * 137), number: UInt64(number),
                    status: number < 45 ? 200 : 502)
            }
            // Calls of one second are written in two turns, as they end.
            for turn in 0..<2 {
                for (number, call) in all.enumerated() where number % 2 == turn { gateway.callLog.note(call) }
                await gateway.callLogWorker.write()
            }
            let ids = all.map(\.id.description).reversed()
            #expect(try await Self.pages("", key: key, client) == Array(ids))
            let own = all.filter { $0.seller == sellers[1] }.map(\.id.description).reversed()
            #expect(try await Self.pages("seller=\(sellers[1])", key: key, client) == Array(own))
            #expect(try await Self.pages("status=502", key: key, client) == Array(ids.prefix(45)))
            #expect(try await Self.pages("key=key_\(sellers[1].ulid)", key: key, client) == Array(own))
            let middle = all[30].startedAt
            #expect(try await Self.pages("until=\(middle)", key: key, client) == Array(ids.suffix(30)))
            #expect(try await Self.pages("since=\(middle)", key: key, client) == Array(ids.prefix(60)))
        }
    }

    @Test("shows a key that is bound to a seller that seller's calls alone")
    func bound() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let own = try #require(SellerID(shop.seller))
            let other = SellerID(ULID(at: gateway.clock.now, chance: (1, 1)))
            for (number, seller) in [own, other].enumerated() {
                gateway.callLog.note(
                    Self.call(seller, at: gateway.clock.now, number: UInt64(number), status: 200))
            }
            await gateway.callLogWorker.write()
            let key = try await gateway.key([.read], seller: own)
            let list = try await client.call(.get, "/v1/calls", key: key).body["data"].elements
            #expect(list.map { $0["seller"].string } == [shop.seller])
            #expect(try await Self.pages("seller=\(other)", key: key, client) == [])
        }
    }

    @Test(
        "refuses a filter that it does not understand", arguments: ["status=abc", "status=99", "since=today", "key=x"])
    func filters(query: String) async throws {
        try await withGateway { gateway, client in
            let answer = try await client.call(.get, "/v1/calls?\(query)", key: try await gateway.key([.read]))
            #expect((answer.status, answer.body["code"].string) == (400, "invalid_request"))
        }
    }
}

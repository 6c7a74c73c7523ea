import Gateway
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import GatewayHTTP

@Suite("A list")
struct PagingTests {
    @Test("comes newest first in pages that leave nothing out and show nothing twice")
    func pages() async throws {
        try await withGateway { gateway, client in
            let key = try await gateway.key()
            for number in 1...5 {
                _ = try await client.call(.post, "/v1/sellers", key: key, body: #"{"name": "Shop \#(number)"}"#)
            }
            var names: [String?] = []
            var after = ""
            var sizes: [Int] = []
            repeat {
                let page = try await client.call(.get, "/v1/sellers?limit=2\(after)", key: key)
                #expect(page.status == 200)
                names += page.body["data"].elements.map { $0["name"].string }
                sizes.append(page.body["data"].elements.count)
                after = page.body["next"].string.map { "&after=\($0)" } ?? ""
            } while !after.isEmpty && sizes.count < 10
            #expect(names == ["Shop 5", "Shop 4", "Shop 3", "Shop 2", "Shop 1"])
            #expect(sizes == [2, 2, 1])
        }
    }

    @Test("has a null next on its last page")
    func lastPage() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let answer = try await client.call(.get, "/v1/sellers", key: shop.key)
            #expect(answer.body.members["next"] == .null)
            #expect(answer.body["data"].elements.count == 2)
        }
    }

    @Test("keeps its filter from page to page")
    func filter() async throws {
        try await withGateway { gateway, client in
            let key = try await gateway.key()
            for name in ["Sol 1", "Luna", "Sol 2"] {
                _ = try await client.call(.post, "/v1/sellers", key: key, body: #"{"name": "\#(name)"}"#)
            }
            let first = try await client.call(.get, "/v1/sellers?search=sol&limit=1", key: key)
            let next = try #require(first.body["next"].string)
            let second = try await client.call(.get, "/v1/sellers?search=sol&limit=1&after=\(next)", key: key)
            #expect(first.body["data"]["0"]["name"].string == "Sol 2")
            #expect(second.body["data"]["0"]["name"].string == "Sol 1")
        }
    }

    @Test(
        "refuses a limit or a cursor that is none, naming it",
        arguments: [("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("after=x", "after")])
    func wrong(query: String, field: String) async throws {
        try await withGateway { gateway, client in
            let answer = try await client.call(.get, "/v1/sellers?\(query)", key: try await gateway.key())
            #expect(answer.status == 400)
            #expect(answer.body["field"].string == field)
        }
    }
}

import Foundation
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("A gateway that is killed once a code was exchanged")
    struct ExchangeCrashTests {
        @Test("links the shop after its restart, for the first time and anew, without another code")
        func killed() async throws {
            try await withAPI { stack, api in
                _ = try await stack.account("KIOSCO")
                let seller = try await stack.seller(api)
                var earlier: String?
                for _ in 1...2 {
                    let before = try await Self.exchanges(stack)
                    let link = try await stack.link(api, of: seller)
                    // The account can't be read, so the answer to the exchange waits in the journal.
                    try await stack.panel.call(
                        .POST, "/faults",
                        ["fault": "status", "status": 503, "times": 1000, "match": ["path_prefix": "/users/me"]])
                    _ = try await ShopOwner(nickname: "KIOSCO").follow(link)
                    #expect(try await Self.exchanges(stack) == before + 1)
                    await stack.stopGateway(SIGKILL)
                    try await stack.panel.call(.DELETE, "/faults")
                    try await stack.startGateway()
                    let id = try await waiting(for: "the shop to be linked") {
                        let connection = try await stack.connection(api, of: seller)
                        let id = connection?["id"]?.string
                        return connection?["state"]?.string == "linked" && id != earlier ? id : nil
                    }
                    earlier = id
                    #expect(try await Self.exchanges(stack) == before + 1)
                    let me = try await api.call(.GET, "/v1/sellers/\(seller)/proxy/users/me")
                    #expect(me["nickname"]?.string == "KIOSCO")
                }
            }
        }

        // The posts of codes that succeeded at the provider; refreshes don't happen in this test.
        private static func exchanges(_ stack: LocalStack) async throws -> Int {
            let requests =
                try await stack.panel.call(
                    .GET, "/requests?path_prefix=/oauth/token")["requests"]?.array ?? []
            return requests.count { $0["status"]?.int == 200 }
        }
    }
}

import Foundation
import Gateway
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("A panic")
    struct PanicTests {
        @Test("is drilled, begun, survives a kill, brings shops new links, and ends")
        func drill() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api, nickname: "QUETZAL")
                let other = try await stack.linkedShop(api, nickname: "CONDOR")
                let me: APIPath = "/v1/sellers/\(shop.seller)/proxy/users/me"
                let ring = KeyRingFile(path: stack.file("enlace.keyring").path())
                let first = try ring.read().current

                let drilled = try await stack.command(["panic", "--all", "--drill"])
                #expect(drilled.status == 0 && drilled.text.contains("Nothing was changed"), "\(drilled.text)")
                _ = try await api.call(.GET, me)
                let unasked = try await stack.command(["panic", "--all"])
                #expect(unasked.status != 0 && unasked.text.contains("--yes"), "\(unasked.text)")
                _ = try await api.call(.GET, me)

                let begun = try await stack.command(["panic", "--all", "--yes"])
                #expect(begun.status == 0, "\(begun.text)")
                let refused = try await refusal { try await api.call(.GET, me) }
                #expect((refused.status, refused.code) == (423, "seller_quarantined"))
                await stack.stopGateway(SIGKILL)
                try await stack.startGateway()
                #expect(try await refusal { try await api.call(.GET, me) }.status == 423)
                #expect(try ring.read().current != first)
                try await waiting(for: "all data keys under the new key") {
                    let rewrap = try await api.get("/v1/keyring")["rewrap"]
                    return rewrap?["done"] == rewrap?["total"] ? () : nil
                }
                let metrics = try await WebBrowser.withBrowser { browser in
                    try await browser.open(stack.internalURL + "/metrics").html
                }
                #expect(metrics.contains("enlace_quarantined_sellers 2"))

                let links = try await stack.command(["panic", "--relink", "--json"])
                let made = links.text.split(separator: "\n").compactMap { JSONValue(parsing: $0.utf8) }
                #expect(made.count == 2, "\(links.text)")
                let own = try #require(made.first { $0["seller"]?.string == shop.seller })
                let url = try #require(own["url"]?.string)
                _ = try await ShopOwner(nickname: shop.nickname).follow(url)
                try await waiting(for: "the shop to be linked anew") {
                    let listed = try await api.get("/v1/panic/sellers")["data"]?.array ?? []
                    let found = listed.first { $0["id"]?.string == shop.seller }
                    return found?["connections"]?.array?.contains { $0["relinked"]?.bool == true } == true ? () : nil
                }
                #expect(try await refusal { try await api.call(.GET, me) }.status == 423)
                // A link that was sent by message is confirmed by the integrator.
                let all = try await api.call(.GET, "/v1/sellers/\(shop.seller)/connections")["data"]?.array ?? []
                for one in all where one["state"]?.string == "awaiting_confirmation" {
                    let id = try #require(one["id"]?.string)
                    _ = try await api.call(.POST, "/v1/sellers/\(shop.seller)/connections/\(id)/confirm", body: [:])
                }
                let ended = try await stack.command(["panic", "--end", "--seller", shop.seller])
                #expect(ended.status == 0, "\(ended.text)")
                #expect(try await api.call(.GET, me)["nickname"]?.string == "QUETZAL")
                _ = try await waiting(for: "its webhook") {
                    try await stack.connection(api, of: shop.seller)?["state"]?.string == "linked" ? () : nil
                }
                let others: APIPath = "/v1/sellers/\(other.seller)/proxy/users/me"
                #expect(try await refusal { try await api.call(.GET, others) }.status == 423)
                let over = try await stack.command(["panic", "--end", "--all"])
                #expect(over.status == 0, "\(over.text)")
                #expect(try await api.call(.GET, others)["nickname"]?.string == "CONDOR")
            }
        }
    }
}

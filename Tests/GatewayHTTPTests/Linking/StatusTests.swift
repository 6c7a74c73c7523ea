import Gateway
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import GatewayHTTP

@Suite("The status page")
struct StatusTests {
    @Test("shows what is linked and since when, unlinks it, and says what is left to do at the provider")
    func wholeWay() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            _ = try await link.finish(client)
            let path = try await Self.path(client, link.shop)
            let page = try await client.page(.get, path)
            #expect(page.status == 200)
            #expect(page.headers[.cacheControl] == "no-store")
            for text in ["Panadería Sol", "PANADERIA SOL", "s•••@example.com", "Caja Feliz", "Argentina"] {
                #expect(page.html.contains(text), "\(text)")
            }
            let action = try #require(page.html.firstMatch(of: #/method="post" action="([^"]+)"/#))
            let unlinked = try await client.page(.post, String(action.1).replacing("&amp;", with: "&"))
            #expect(unlinked.status == 303)
            let after = try await client.page(.get, try #require(unlinked.headers[.location]))
            #expect(after.html.contains(SpanishCopy().unlinkedText("Caja Feliz")))
            #expect(after.html.contains(SpanishCopy().statusNothing) && !after.html.contains("<form"))

            let key = link.shop.key
            let connections = try await client.call(
                .get, "/v1/sellers/\(link.shop.seller)/connections", key: key)
            #expect(connections.body["data"]["0"]["state"].string == "revoked")
            let audit = try await client.call(.get, "/v1/audit?action=connection.revoked", key: key)
            #expect(audit.body["data"]["0"]["actor"].string == link.shop.seller)
            let events = try await client.call(.get, "/v1/events?type=seller.revoked", key: key)
            #expect(events.body["data"].elements.count == 1)
            let line = try await client.call(.get, "/v1/audit?action=status_link.created", key: key)
            #expect(line.body["data"].elements.count == 1)
            #expect(!gateway.logs.text.contains(path))
        }
    }

    @Test("is refused to whoever changes a letter of its address, and ends by itself")
    func addresses() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            _ = try await link.finish(client)
            let path = try await Self.path(client, link.shop, body: #"{"expires_in_seconds": 300}"#)
            for index in [8, 20, 35, 45, 60, 80] {
                var letters = Array(path)
                letters[index] = letters[index] == "A" ? "B" : "A"
                let page = try await client.page(.get, String(letters))
                #expect(page.status == 404)
                #expect(!page.html.contains("Panadería"))
            }
            for wrong in ["/status/x", "/status/%3Cscript%3E"] {
                #expect(try await client.page(.get, wrong).status == 404)
            }
            let action = try await Self.action(client, path)
            gateway.clock.advance(by: .seconds(300))
            #expect(try await client.page(.get, path).status == 410)
            #expect(try await client.page(.post, action).status == 410)
            let store = gateway.services.store
            let seller = try #require(link.shop.sellerID)
            let connections = try await store.connections(ConnectionFilter(seller: seller), page: Page())
            #expect(connections.map(\.state.isActive) == [true])
        }
    }

    @Test("reaches no other shop's accounts, none of the other mode, and no form of another site")
    func reach() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            _ = try await link.finish(client)
            let shop = link.shop
            let action = try await Self.action(client, try await Self.path(client, shop))
            let id = try #require(action.firstMatch(of: #/con_\w+/#)).0
            let others = try await Self.path(client, shop, seller: shop.other)
            #expect(!(try await client.page(.get, others).html.contains("PANADERIA SOL")))
            _ = try await client.page(.post, "\(others)/unlink/\(id)")
            #expect(!(try await client.page(.get, "\(others)?unlinked=\(id)").html.contains("Caja Feliz")))
            let live = try await client.call(
                .post, "/v1/sellers/\(shop.seller)/status-links", key: try await gateway.key(mode: .live), body: "{}")
            let url = try #require(live.body["url"].string)
            let livePath = String(url.dropFirst("http://127.0.0.1:8080".count))
            #expect(!(try await client.page(.get, livePath).html.contains("PANADERIA SOL")))
            _ = try await client.page(.post, "\(livePath)/unlink/\(id)")
            #expect(try await client.page(.post, action, [.origin: "https://evil.example"]).status == 403)
            let seller = try #require(shop.sellerID)
            let connections = try await gateway.services.store.connections(
                ConnectionFilter(seller: seller), page: Page())
            #expect(connections.map(\.state.isActive) == [true])
        }
    }

    @Test("has an address for 5 minutes to 7 days, made by keys that may administer sellers")
    func creation() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let path = "/v1/sellers/\(shop.seller)/status-links"
            for seconds in [299, 604_801] {
                let answer = try await client.call(
                    .post, path, key: shop.key, body: #"{"expires_in_seconds": \#(seconds)}"#)
                #expect(answer.status == 400)
                #expect(answer.body["field"].string == "expires_in_seconds")
            }
            let made = try await client.call(
                .post, path, key: try await gateway.key([.sellersAdmin]), body: #"{"locale": "pt", "qr": "svg"}"#)
            #expect(made.status == 201)
            #expect(made.body["expires_at"].string == (gateway.clock.now + .seconds(86_400)).description)
            #expect(made.body["url"].string?.hasSuffix("?lang=pt") == true)
            #expect(made.body["qr_svg"].string?.hasPrefix("<svg") == true)
            let bound = try await gateway.key([.sellersAdmin], seller: SellerID(shop.other))
            #expect(try await client.call(.post, path, key: bound, body: "{}").status == 404)
        }
    }

    private static func path(
        _ client: any TestClientProtocol, _ shop: Shop, seller: String? = nil, body: String = "{}"
    ) async throws -> String {
        let made = try await client.call(
            .post, "/v1/sellers/\(seller ?? shop.seller)/status-links", key: shop.key, body: body)
        let url = try #require(made.body["url"].string)
        #expect(url.hasPrefix("http://127.0.0.1:8080/status/"))
        return String(url.dropFirst("http://127.0.0.1:8080".count))
    }

    private static func action(_ client: any TestClientProtocol, _ path: String) async throws -> String {
        let page = try await client.page(.get, path)
        return String(try #require(page.html.firstMatch(of: #/method="post" action="([^"]+)"/#)).1)
    }
}

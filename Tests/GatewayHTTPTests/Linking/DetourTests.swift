import Gateway
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import GatewayHTTP

@Suite("A shop owner who does not come straight")
struct DetourTests {
    /// What Instagram's window on a phone says it is.
    private static let instagram =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        + "Mobile/15E148 Instagram 334.0.4.32.98"

    @Test("is asked to open the link in a browser when it is shown inside another program, and may stay")
    func inApp() async throws {
        try await withGateway(address: "https://pagos.example.com") { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            let inside: HTTPFields = [.userAgent: Self.instagram]
            let page = try await client.page(.get, "\(link.path)?lang=pt", inside)
            #expect(page.status == 200)
            #expect(page.html.contains(PortugueseCopy().inAppTitle) && !page.html.contains("<form"))
            #expect(page.html.contains("readonly value=\"https://pagos.example.com\(link.path)\""))
            #expect(page.html.contains("href=\"\(link.path)?lang=pt&amp;here=1\""))

            let staying = try await client.page(.get, "\(link.path)?lang=pt&here=1", inside)
            #expect(staying.html.contains("<form method=\"post\" action=\"\(link.path)?lang=pt\">"))
            #expect(staying.html.contains("href=\"?lang=es&amp;here=1\""))
            let (_, cookie) = try await link.begin(client)
            #expect(try await client.page(.get, link.path, inside, cookie: cookie).html.contains("<form"))
        }
    }

    @Test(
        "is told from a browser and from what looks at links for a preview",
        arguments: [
            (instagram, true), ("Mozilla/5.0 (Linux; Android 14; wv) Chrome/125.0 [FBAN/EMA;FBAV/465.0]", true),
            ("Mozilla/5.0 (Linux; Android 14; wv) Chrome/125.0 WhatsApp/2.24", true), ("WhatsApp/2.23.20.0", false),
            ("facebookexternalhit/1.1", false), ("Mozilla/5.0 (Linux; Android 14) Chrome/125.0 Mobile Safari", false),
            (nil, false),
        ] as [(String?, Bool)])
    func agents(agent: String?, isInside: Bool) {
        #expect(InAppBrowser.isOne(agent) == isInside)
    }

    @Test("is told of collaborators' logins when the link is opened again while an attempt is on its way")
    func stillWaiting() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            let heading = SpanishCopy().stillWaitingHeading
            let (state, cookie) = try await link.begin(client)
            #expect(try await client.page(.get, link.path, cookie: cookie).html.contains(heading))
            #expect(!(try await client.page(.get, link.path).html.contains(heading)))
            _ = try await client.page(
                .get, "/oauth/callback/\(link.application)?error=access_denied&state=\(state)", cookie: cookie)
            #expect(!(try await client.page(.get, link.path, cookie: cookie).html.contains(heading)))
        }
    }

    @Test("reads why a shop that is linked has to be linked again, and how long it has")
    func relink() async throws {
        try await withGateway { gateway, client in
            let first = try await OpenLink.make(gateway, client)
            _ = try await first.finish(client)
            let shop = first.shop
            let again = try await OpenLink.make(client, shop, seller: shop.seller)
            let copy = SpanishCopy()
            let sound = try await client.page(.get, again.path)
            #expect(sound.html.contains(copy.relinkTitle("Caja Feliz")) && sound.html.contains(copy.relinkReason(nil)))

            let store = gateway.services.store
            let seller = try #require(shop.sellerID)
            var connection = try #require(
                try await store.connections(ConnectionFilter(seller: seller), page: Page()).first)
            connection.state = .needsRelink
            connection.reason = .refreshRejected
            try await store.update(connection, event: nil, as: nil)
            gateway.clock.advance(by: .seconds(170 * 86_400))
            let late = try await OpenLink.make(client, shop, seller: shop.seller)
            let page = try await client.page(.get, late.path)
            #expect(page.html.contains(copy.relinkReason(.refreshRejected)))
            #expect(page.html.contains("Quedan 10 días; hasta entonces tus cobros siguen funcionando"))
            gateway.clock.advance(by: .seconds(10 * 86_400))
            let over = try await OpenLink.make(client, shop, seller: shop.seller)
            let last = try await client.page(.get, over.path)
            #expect(last.html.contains("Hasta que lo hagas, Caja Feliz no puede cobrar con tus terminales"))
        }
    }

    @Test("sees both accounts, masked, after a login with another account than the expected one")
    func accounts() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let link = try await OpenLink.make(
                client, shop, seller: shop.seller, more: #", "expected_user_id": "998877""#)
            let cookie = try await link.finish(client)
            let page = try await client.page(.get, "\(link.path)/done", cookie: cookie)
            #expect(page.html.contains(SpanishCopy().accountMismatch("", shop: "").title))
            #expect(page.html.contains("PA•••OL") && page.html.contains("•••8877"))
            #expect(!page.html.contains("PANADERIA SOL"))
        }
    }

    @Test("can ask for a new link in place of one that can't be used, which is told once")
    func asking() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            let ask = "\(link.path)/ask?lang=es"
            // Nothing to ask for while the link can be used.
            #expect(try await client.page(.post, ask).status == 303)
            #expect(try await client.page(.get, link.path).html.contains("<form"))

            _ = try await client.call(.post, "/v1/links/\(link.id)/revoke", key: link.shop.key)
            let closed = try await client.page(.get, link.path)
            #expect(closed.html.contains("<form class=\"action\" method=\"post\" action=\"\(ask)\">"))
            for _ in 0..<3 {
                let answer = try await client.page(.post, ask)
                #expect(answer.status == 303)
                #expect(answer.headers[.location] == "\(link.path)?lang=es")
            }
            let asked = try await client.page(.get, link.path)
            #expect(asked.html.contains(SpanishCopy().askedForLink("Caja Feliz")) && !asked.html.contains("<form"))

            let key = link.shop.key
            let events = try await client.call(.get, "/v1/events?type=seller.link_requested", key: key)
            #expect(events.body["data"].elements.count == 1)
            #expect(events.body["data"]["0"]["seller"].string == link.shop.seller)
            let audit = try await client.call(.get, "/v1/audit?action=link.requested", key: key)
            #expect(audit.body["data"].elements.count == 1)
            #expect(audit.body["data"]["0"]["actor"].string == link.id)
        }
    }

    @Test("can ask from our own page only, and learns nothing of links that do not exist")
    func askingWrongly() async throws {
        try await withGateway { gateway, client in
            let link = try await OpenLink.make(gateway, client)
            _ = try await client.call(.post, "/v1/links/\(link.id)/revoke", key: link.shop.key)
            let foreign = try await client.page(.post, "\(link.path)/ask", [.origin: "https://evil.example"])
            #expect(foreign.status == 403)
            #expect(try await client.page(.get, link.path).html.contains("<form"))
            let unknown = base64URL(Array(repeating: UInt8(1), count: 32))
            for token in [unknown, "x", "%3Cscript%3E"] {
                #expect(try await client.page(.post, "/link/\(token)/ask").status == 404)
            }
        }
    }
}

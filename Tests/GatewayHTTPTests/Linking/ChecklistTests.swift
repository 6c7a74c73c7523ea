import Gateway
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import GatewayHTTP

@Suite("The checklist on the last page")
struct ChecklistTests {
    private static let terminal = TerminalID("PAX_A910__SIM1")!

    /// A browser that has just linked a shop.
    private struct Visit {
        let client: any TestClientProtocol
        let shop: Shop
        let path: String
        let cookie: String

        static func make(_ gateway: TestGateway, _ client: any TestClientProtocol) async throws -> Visit {
            let shop = try await Shop.open(gateway, client)
            let made = try await client.call(
                .post, "/v1/sellers/\(shop.seller)/links", key: shop.key,
                body: #"{"application": "\#(shop.application)"}"#)
            let path = "/link/" + (try #require(made.body["url"].string).split(separator: "/").last ?? "")
            let page = try await Self.ask(client, .post, path)
            let state = try #require(page.html.firstMatch(of: #/state=([\w-]{43})/#)).1
            let cookie = String(try #require(page.headers[.setCookie]?.split(separator: ";").first))
            let back = try await Self.ask(
                client, .get, "/oauth/callback/\(shop.application)?code=TG-1&state=\(state)", [.cookie: cookie])
            #expect(back.status == 303)
            return Visit(client: client, shop: shop, path: path, cookie: cookie)
        }

        func done() async throws -> String {
            let page = try await Self.ask(client, .get, path + "/done", [.cookie: cookie])
            #expect(page.status == 200)
            return page.html
        }

        func press(
            _ terminal: String = ChecklistTests.terminal.description, _ headers: HTTPFields? = nil
        ) async throws -> (status: Int, headers: HTTPFields, html: String) {
            try await Self.ask(
                client, .post, "\(path)/terminals/\(terminal)/pdv?lang=pt", headers ?? [.cookie: cookie])
        }

        private static func ask(
            _ client: any TestClientProtocol, _ method: HTTPRequest.Method, _ uri: String, _ headers: HTTPFields = [:]
        ) async throws -> (status: Int, headers: HTTPFields, html: String) {
            let response = try await client.executeRequest(uri: uri, method: method, headers: headers, body: nil)
            return (response.status.code, response.headers, String(buffer: response.body))
        }
    }

    private static func show(_ mode: Terminal.Mode, _ gateway: TestGateway) {
        gateway.provider.set {
            $0.terminals = .success([Terminal(id: terminal, mode: mode, store: "1", pointOfSale: "2")])
        }
    }

    private static let refresh = "<meta http-equiv=\"refresh\" content=\"10\">"

    @Test("looks for a terminal by itself until there is one, and not when the browser's time is nearly over")
    func refreshing() async throws {
        try await withGateway { gateway, client in
            let visit = try await Visit.make(gateway, client)
            let first = try await visit.done()
            #expect(first.contains(Self.refresh))
            #expect(first.contains(SpanishReadiness().fix(.noTerminal, "Caja Feliz") ?? "-"))
            #expect(first.contains("https://apps.apple.com/app/mercado-pago/id925436649"))
            #expect(first.contains("https://play.google.com/store/apps/details?id=com.mercadopago.wallet"))
            gateway.clock.advance(by: .seconds(571))
            let late = try await visit.done()
            #expect(!late.contains(Self.refresh))
            #expect(late.contains("href=\"\(visit.path)/done?lang=es\""))
            gateway.clock.advance(by: .seconds(-560))
            Self.show(.standalone, gateway)
            let found = try await visit.done()
            #expect(!found.contains(Self.refresh) && !found.contains("apps.apple.com"))
        }
    }

    @Test("sets the terminal to PDV mode by its button, in the name of the shop owner")
    func button() async throws {
        try await withGateway { gateway, client in
            let visit = try await Visit.make(gateway, client)
            Self.show(.standalone, gateway)
            let before = try await visit.done()
            #expect(
                before.contains(
                    "<form method=\"post\" action=\"\(visit.path)/terminals/\(Self.terminal)/pdv?lang=es\">"))
            let pressed = try await visit.press()
            #expect(pressed.status == 303)
            #expect(pressed.headers[.location] == "\(visit.path)/done?lang=pt")
            #expect(gateway.provider.setTerminals == [Self.terminal])
            Self.show(.pdv, gateway)
            let after = try await visit.done()
            #expect(!after.contains("/pdv?lang"))
            #expect(after.contains(SpanishReadiness().fix(.restartNotSeen, "") ?? "-"))
            let lines = try await client.call(.get, "/v1/audit?action=terminal.mode_set", key: visit.shop.key)
            #expect(lines.body["data"]["0"]["actor"].string?.hasPrefix("lnk_") == true)
            #expect(lines.body["data"]["0"]["request"].string?.hasPrefix("req_") == true)
        }
    }

    @Test("takes the button from nobody but the browser that has linked, and while its cookie lives")
    func strangers() async throws {
        try await withGateway { gateway, client in
            let visit = try await Visit.make(gateway, client)
            Self.show(.standalone, gateway)
            let site = HTTPField.Name("Sec-Fetch-Site")!
            #expect(try await visit.press(Self.terminal.description, [:]).status == 404)
            #expect(
                try await visit.press(Self.terminal.description, [.cookie: visit.cookie, site: "cross-site"]).status
                    == 403)
            #expect(try await visit.press("PAX%2F..%2F1").status == 404)
            gateway.clock.advance(by: .seconds(601))
            #expect(try await visit.press().status == 404)
            #expect(gateway.provider.setTerminals.isEmpty)
        }
    }

    @Test("is over with the link: nothing is set once it was undone or the seller is disabled")
    func undone() async throws {
        try await withGateway { gateway, client in
            let visit = try await Visit.make(gateway, client)
            Self.show(.standalone, gateway)
            let seller = "/v1/sellers/\(visit.shop.seller)"
            _ = try await client.call(.patch, seller, key: visit.shop.key, body: #"{"state": "disabled"}"#)
            #expect(try await visit.press().status == 404)
            _ = try await client.call(.patch, seller, key: visit.shop.key, body: #"{"state": "active"}"#)
            let undo = try await client.executeRequest(
                uri: visit.path + "/undo", method: .post, headers: [.cookie: visit.cookie], body: nil)
            #expect(undo.status == .seeOther)
            #expect(try await visit.press().status == 404)
            #expect(gateway.provider.setTerminals.isEmpty)
            #expect(try await visit.done().contains(SpanishCopy().undone("Caja Feliz").title))
        }
    }

    @Test("shows a page to go back from when the provider refuses, and stays up when it does not answer")
    func refused() async throws {
        try await withGateway { gateway, client in
            let visit = try await Visit.make(gateway, client)
            Self.show(.standalone, gateway)
            gateway.provider.set { $0.setPDV = .failure(.refused(code: "forbidden", status: 403)) }
            let refused = try await visit.press()
            #expect(refused.status == 502)
            #expect(refused.html.contains(PortugueseReadiness().pdvRefused("Caja Feliz").title))
            #expect(refused.html.contains("href=\"\(visit.path)/done?lang=pt\""))
            gateway.provider.set {
                $0.terminals = .failure(.unanswered(status: 503))
                $0.integrator = .failure(.unanswered(status: 503))
            }
            gateway.clock.advance(by: .seconds(3))
            let page = try await visit.done()
            #expect(page.contains(SpanishReadiness().fix(.upstreamUnreachable, "") ?? "-"))
            #expect(page.contains("PANADERIA SOL") && page.contains("/undo?lang=es"))
            for text in [page, refused.html, gateway.logs.text] { #expect(!text.contains("access-token-marker")) }
        }
    }

    @Test("says nothing twice, and names the terminals where there are several")
    func words() throws {
        let sample = SamplePages()
        let none = sample.checklist(sample.evidence([]), .es)
        #expect(none.items.compactMap(\.fix).count == Set(none.items.compactMap(\.fix)).count)
        #expect(none.items.count == Readiness.Step.allCases.count - 1)
        let one = sample.checklist(sample.evidence([SamplePages.standalone]), .es)
        #expect(one.items.flatMap(\.buttons).map(\.label) == [SpanishReadiness().pdvButton(nil)])
        let other = Terminal(
            id: try #require(TerminalID("PAX_A910__SIM2")), mode: .standalone, store: "1", pointOfSale: "3")
        let two = sample.checklist(sample.evidence([SamplePages.standalone, other]), .es)
        #expect(two.items.flatMap(\.buttons).map { $0.label.contains("PAX_A910__SIM") } == [true, true])
    }

    @Test("speaks to shop owners about the same things in every language", arguments: Readiness.Reason.allCases)
    func languages(reason: Readiness.Reason) {
        let texts = PageLocale.allCases.map { $0.readiness.fix(reason, "Caja Feliz") }
        #expect(Set(texts).count == (texts[0] == nil ? 1 : PageLocale.allCases.count), "\(reason)")
        for step in Readiness.Step.allCases {
            #expect(Set(PageLocale.allCases.map { $0.readiness.title(step, "Caja Feliz") }).count == 3, "\(step)")
        }
    }
}

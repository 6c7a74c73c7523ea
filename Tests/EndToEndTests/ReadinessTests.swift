import Foundation
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("Readiness")
    struct ReadinessTests {
        @Test("leads a shop from its linking to its first payment: pair, button, restart, charge")
        func wholeWay() async throws {
            try await withAPI { stack, api in
                let panel = try stack.panel
                let account = try await panel.call(.POST, "/users", ["nickname": "NUEVO", "site_id": "MLA"])
                let user = try #require(account["id"]?.int)
                let seller = try await stack.seller(api, "Kiosco Nuevo")
                #expect(try await Self.reason("linked", api, seller) == "not_linked")
                try await stack.withEndpoint(api, of: seller) { _, _ in
                    try await WebBrowser.withBrowser { browser in
                        let owner = ShopOwner(nickname: "NUEVO")
                        let page = try await owner.follow(try await stack.link(api, of: seller), with: browser)
                        #expect(page.html.contains("http-equiv=\"refresh\" content=\"10\""))
                        #expect(page.shows("código QR"))
                        #expect(try await Self.reason("terminal_paired", api, seller) == "no_terminal")

                        let paired = try await panel.call(.POST, "/users/\(user)/pair", ["placed": false])
                        let device = try #require(paired["id"]?.string)
                        try await Self.wait("store_and_pos", "no_store", api, seller)
                        try await panel.call(.POST, "/devices/\(device)/place")
                        try await Self.wait("pdv_mode", "standalone", api, seller)

                        let list = try await browser.open(page.url)
                        #expect(!list.html.contains("http-equiv=\"refresh\""))
                        let form = try #require(list.forms.first { $0.action.contains("/pdv") })
                        let pressed = try await browser.submit(form, on: list)
                        #expect(pressed.status == 200)
                        #expect(pressed.forms.allSatisfy { !$0.action.contains("/pdv") })
                        #expect(pressed.shows("Reinicia ahora la terminal"))
                        try await Self.wait("pdv_mode", "restart_not_seen", api, seller)
                        try await panel.call(.POST, "/devices/\(device)/restart")
                        try await Self.wait("webhook_valid", "valid", api, seller)

                        let shop = LinkedShop(
                            seller: seller, connection: "", device: device, user: String(user), nickname: "NUEVO")
                        _ = try await stack.charge(api, shop)
                        try await waiting(for: "every step to be done") {
                            try await Self.list(api, seller)["complete"]?.bool == true ? () : nil
                        }
                        let end = try await browser.open(page.url)
                        #expect(end.shows("Primer cobro") && !end.html.contains("class=\"icon open\""))
                    }
                }
            }
        }

        @Test("is shown by the command as a list, which --watch ends when everything is done")
        func command() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                try await Self.wait("webhook_valid", "valid", api, shop.seller)
                let list = try await Self.run(["sellers", "readiness", shop.seller], stack)
                #expect(list.contains("[x] terminal paired"))
                #expect(list.contains("[ ] endpoint answering"))
                #expect(list.contains("5 of 7 steps are done."))
                try await stack.withEndpoint(api, of: shop.seller) { _, _ in
                    _ = try await stack.charge(api, shop)
                    let watched = try await Self.run(["sellers", "readiness", shop.seller, "--watch"], stack)
                    #expect(watched.contains("7 of 7 steps are done."))
                }
            }
        }

        @Test("keeps what a failing provider does not show unknown, and the rest true")
        func provider() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                await stack.stopSandbox()
                try await waiting(for: "the provider to be missed") {
                    let list = try await Self.list(api, shop.seller)
                    let states = list["steps"]?.array?.compactMap { $0["state"]?.string }
                    return states == ["done", "unknown", "unknown", "unknown", "unknown", "open", "open"] ? () : nil
                }
            }
        }

        private static func list(_ api: APIClient, _ seller: String) async throws -> JSONValue {
            try await api.call(.GET, "/v1/sellers/\(seller)/readiness")
        }

        private static func reason(_ step: String, _ api: APIClient, _ seller: String) async throws -> String? {
            try await list(api, seller)["steps"]?.array?.first { $0["step"]?.string == step }?["reason"]?.string
        }

        private static func wait(_ step: String, _ reason: String, _ api: APIClient, _ seller: String) async throws {
            try await waiting(for: "\(step) to be \(reason)") {
                try await Self.reason(step, api, seller) == reason ? () : nil
            }
        }

        private static func run(_ arguments: [String], _ stack: LocalStack) async throws -> String {
            let child = try stack.start(arguments, log: "readiness.log")
            #expect(await child.wait() == 0)
            return try String(contentsOf: stack.file("readiness.log"), encoding: .utf8)
        }
    }
}

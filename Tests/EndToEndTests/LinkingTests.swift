import Foundation
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("Linking")
    struct LinkingTests {
        @Test("consumes nothing when chat programs look at the link, whatever they call themselves")
        func previews() async throws {
            try await withAPI { stack, api in
                let seller = try await stack.seller(api)
                let link = try await stack.link(api, of: seller)
                let page = try await WebBrowser.withBrowser { browser in
                    _ = try await browser.open(link)
                    return try await browser.open(link)
                }
                #expect(page.status == 200)
                #expect(try await Self.state(api, seller) == "open")
            }
        }

        @Test("ends for good when the browser that comes back is not the one that started")
        func otherBrowser() async throws {
            try await withAPI { stack, api in
                _ = try await stack.account("VICTIM")
                let seller = try await stack.seller(api)
                let link = try await stack.link(api, of: seller)
                let owner = ShopOwner(nickname: "VICTIM")
                try await WebBrowser.withBrowser { attacker in
                    let login = try await owner.start(link, with: attacker)
                    try await WebBrowser.withBrowser { victim in
                        let own = try await victim.open(login.url)
                        let page = try await owner.allow(own, .approve, with: victim)
                        #expect(page.status == 403)
                        // The state is burnt: the right browser can't use the same callback any more.
                        #expect(try await attacker.open(page.url).status == 400)
                    }
                }
                #expect(try await stack.connection(api, of: seller) == nil)
                #expect(try await Self.state(api, seller) == "open")
                let sent = try await stack.panel.call(.GET, "/requests?path_prefix=/oauth/token")
                #expect(sent["requests"]?.array?.isEmpty ?? false)
            }
        }

        @Test("answers a made-up state, and a callback that comes twice, with a page that says what to do")
        func badCallbacks() async throws {
            try await withAPI { stack, api in
                _ = try await stack.account("TWICE")
                let application = try await stack.application(api)
                let callback = "\(stack.url)/oauth/callback/\(application)"
                try await WebBrowser.withBrowser { browser in
                    let page = try await browser.open(
                        callback + "?code=TG-x&state=made-up&error_description=%3Cscript%3Ealert(1)%3C/script%3E")
                    #expect(page.status == 400)
                    #expect(!page.html.contains("<script") && !page.html.contains("made-up"))
                    #expect(try await browser.open(callback).status == 400)
                }
                let seller = try await stack.seller(api)
                let link = try await stack.link(api, of: seller)
                let owner = ShopOwner(nickname: "TWICE")
                let pages = try await WebBrowser.withBrowser { browser in
                    [try await owner.follow(link, with: browser), try await browser.open(link)]
                }
                #expect(pages.map(\.status) == [200, 410])
            }
        }

        @Test("changes nothing when the shop owner says no, and the same link still works")
        func denied() async throws {
            try await withAPI { stack, api in
                _ = try await stack.account("NEIN")
                let seller = try await stack.seller(api)
                let link = try await stack.link(api, of: seller)
                let owner = ShopOwner(nickname: "NEIN")
                try await WebBrowser.withBrowser { browser in
                    let page = try await owner.follow(link, .deny, with: browser)
                    #expect(page.status == 200)
                    #expect(try await stack.connection(api, of: seller) == nil)
                    let again = try await owner.follow(link, with: browser)
                    #expect(again.shows("NEIN"))
                }
                #expect(try await stack.connection(api, of: seller)?["nickname"]?.string == "NEIN")
            }
        }

        @Test("gives an account to one seller only, and puts the earlier webhook back when it ends")
        func taken() async throws {
            try await withAPI { stack, api in
                let (user, _) = try await stack.account("ONCE")
                // Otherwise the second attempt alone kills the first shop's tokens at the provider.
                try await stack.panel.call(.PATCH, "/knobs", ["relink_revokes_old": false])
                let earlier = "https://till.example/mp"
                try await Self.setWebhook(earlier, of: user, stack)
                let first = try await stack.seller(api, "Uno")
                let owner = ShopOwner(nickname: "ONCE")
                _ = try await owner.follow(try await stack.link(api, of: first))
                let connection = try await waiting(for: "the webhook to be valid") {
                    let connection = try await stack.connection(api, of: first)
                    return connection?["webhook_state"]?.string == "valid" ? connection?["id"]?.string : nil
                }
                #expect(try await Self.webhook(of: user, stack).hasPrefix(stack.url + "/hooks/con/"))

                let second = try await stack.seller(api, "Dos")
                let page = try await owner.follow(try await stack.link(api, of: second))
                #expect(page.forms.allSatisfy { !$0.action.hasSuffix("/undo") })
                #expect(try await stack.connection(api, of: second) == nil)
                #expect(try await stack.connection(api, of: first)?["state"]?.string == "linked")

                let revoked = try await api.call(
                    .POST, "/v1/sellers/\(first)/connections/\(connection)/revoke", body: [:])
                #expect(revoked["state"]?.string == "revoked")
                let restored = try await Self.webhook(of: user, stack)
                #expect(restored == earlier)
                let unlinked = try await refusal { try await api.call(.GET, "/v1/sellers/\(first)/proxy/users/me") }
                #expect(unlinked.code == "seller_not_linked")
                #expect(unlinked.extra["connection_state"] == "revoked")
            }
        }

        @Test("refuses an account of another country and one that is not the expected one")
        func mismatch() async throws {
            try await withAPI { stack, api in
                _ = try await stack.account("BRASIL", site: "MLB")
                let (expected, _) = try await stack.account("EXPECTED")
                _ = try await stack.account("OTHER")
                let seller = try await stack.seller(api)
                let link = try await stack.link(api, of: seller)
                _ = try await ShopOwner(nickname: "BRASIL").follow(link)
                #expect(try await stack.connection(api, of: seller) == nil)
                let pinned = try await stack.link(api, of: seller, ["expected_user_id": .string(expected)])
                _ = try await ShopOwner(nickname: "OTHER").follow(pinned)
                #expect(try await stack.connection(api, of: seller) == nil)
                _ = try await ShopOwner(nickname: "EXPECTED").follow(pinned)
                #expect(try await stack.connection(api, of: seller)?["upstream_user_id"]?.string == expected)
            }
        }

        @Test("works with PKCE switched off, and without offline access says that nothing can be renewed")
        func otherSwitches() async throws {
            try await withAPI { stack, api in
                _ = try await stack.account("PLAIN")
                let application = try await stack.application(api)
                _ = try await api.call(.PATCH, "/v1/applications/\(application)", body: ["pkce": "off"])
                let panel = try stack.panel
                let client = try await panel.application().clientID
                try await panel.call(.PATCH, "/applications/\(client)", ["pkce": false, "scopes": ["read", "write"]])
                let seller = try await stack.seller(api)
                _ = try await ShopOwner(nickname: "PLAIN").follow(try await stack.link(api, of: seller))
                #expect(try await stack.connection(api, of: seller)?["refreshable"]?.bool == false)
            }
        }

        @Test("connects the integrator's own account by client credentials")
        func own() async throws {
            try await withAPI { stack, api in
                let seller = try await stack.seller(api)
                let made = try await api.call(
                    .POST, "/v1/sellers/\(seller)/connections",
                    body: ["kind": "own", "application": .string(try await stack.application(api))])
                #expect(made["kind"]?.string == "own")
                let me = try await api.call(.GET, "/v1/sellers/\(seller)/proxy/users/me")
                #expect(me["nickname"]?.string == "SANDBOXINTEGRATOR")
            }
        }

        private static func state(_ api: APIClient, _ seller: String) async throws -> String? {
            try await api.call(.GET, "/v1/sellers/\(seller)/links")["data"]?.array?.first?["state"]?.string
        }

        private static func setWebhook(_ url: String, of user: String, _ stack: LocalStack) async throws {
            _ = try await withUpstream(user, stack) { curl in
                try await curl("PATCH", #"{"webhook":"\#(url)"}"#)
            }
        }

        private static func webhook(of user: String, _ stack: LocalStack) async throws -> String {
            try await withUpstream(user, stack) { curl in
                JSONValue(parsing: Array(try await curl("GET", "").utf8))?["webhook"]?.string ?? ""
            }
        }

        /// Calls the integrator record as the account's own programs would, with a token of its own.
        private static func withUpstream<Answer>(
            _ user: String, _ stack: LocalStack,
            _ body: ((String, String) async throws -> String) async throws -> Answer
        ) async throws -> Answer {
            let panel = try stack.panel
            let client = try await panel.application().clientID
            let tokens = try await panel.call(
                .POST, "/tokens", ["user_id": .string(user), "client_id": .string(client)])
            let bearer = "Authorization: Bearer \(tokens["access_token"]?.string ?? "")"
            return try await body { method, data in
                let path = "\(panel.address("api"))/point/integration-api/integrators"
                return try await curl(
                    ["-X", method, "-H", bearer, "--cacert", panel.address("ca_file"), "-d", data, path])
            }
        }
    }
}

/// What `curl` prints.
@discardableResult
func curl(_ arguments: [String]) async throws -> String {
    let folder = FileManager.default.temporaryDirectory
    let log = folder.appending(path: "curl-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: log) }
    let child = try ChildProcess(
        "/usr/bin/curl", ["-s", "--noproxy", "*"] + arguments, environment: [:], folder: folder, log: log)
    _ = await child.wait()
    return try String(contentsOf: log, encoding: .utf8)
}

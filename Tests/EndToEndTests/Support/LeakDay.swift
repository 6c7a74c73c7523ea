import Foundation
import Gateway
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import enlace

/// A day in the life of an installation that does and suffers everything a secret has a part in; ends with a kill.
final class LeakDay: Sendable {
    let stack: LocalStack
    let api: APIClient
    let watch = LeakWatch()
    /// Words of the shop's business: a charge's reference, a payer's address, what the till answers.
    let business = ["mesa-del-quetzal-17", "quetzal.7731@correo.example", "recibido-por-la-caja-7"]
    private let seen = Mutex<[String]>([])

    init(stack: LocalStack, api: APIClient) {
        self.stack = stack
        self.api = api
    }

    /// Texts that stand in every kind of place and that everybody may know.
    var known: [String] {
        seen.withLock { $0 } + [
            program, "Kiosco Testigo", "info Answered", "enlace_requests_total", "\"request_id\":\"req_",
            "width=device-width", "webhook-signature", "allow_loopback: true",
        ]
    }

    func run() async throws {
        let receiver = try await ShopReceiver()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await receiver.run() }
            do { try await live(receiver) } catch {
                await receiver.close()
                throw error
            }
            await receiver.close()
            try await group.waitForAll()
        }
        for post in receiver.posts {
            let headers = post.headers.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
            watch.saw(
                .webhook, post.type, Data(headers.utf8) + Data([0x0A]) + Data(post.body),
                showing: [LeakWatch.business])
        }
    }

    private func live(_ receiver: ShopReceiver) async throws {
        watch.plant(try PlantedSecret(key: stack.client().key))
        // Otherwise a renewal or a second linking ends what the next step needs.
        try await stack.panel.call(
            .PATCH, "/knobs", ["relink_revokes_old": false, "revoke_old_access_on_refresh": false])
        let application = try await stack.application(api)
        let shop = try await shop("ALFA", application)
        try await serve(shop, receiver)
        _ = try await link("ALFA", of: shop.seller, application)
        let connection = try await linked(shop.seller)
        try await refresh(shop.seller, connection)
        try await changeSecrets(of: application)
        try await refresh(shop.seller, connection)
        try await changeKeys(shop)
        try await takeOver(application)
        try await fail(shop)
        try await LeakRequests(stack: stack, watch: watch).run(application: application, seller: shop.seller)
        _ = await (try stack.start(["keyring", "rotate"], log: "rotate.log")).wait()
        try await ask("GET", "/v1/sellers/\(shop.seller)/export")
        try await ask("GET", "/v1/audit?limit=200")
        try await endInJournals(application)
        for (place, path) in [(LeakPlace.metrics, "/metrics"), (.answer, "/readyz")] {
            watch.saw(place, path, Data(try await curl([stack.internalURL + path]).utf8))
        }
        try await ask("POST", "/v1/sellers", body: #"{"name": "Kiosco Testigo"}"#)
        try await endInSpool(shop.seller, connection)
    }

    // MARK: Linking

    private func shop(_ nickname: String, _ application: String) async throws -> LinkedShop {
        let (user, device) = try await stack.account(nickname)
        let made = try await ask("POST", "/v1/sellers", body: #"{"name": "Kiosco \#(nickname)"}"#)
        let seller = try #require(made["id"]?.string)
        _ = try await link(nickname, of: seller, application, .deny)
        _ = try await link(nickname, of: seller, application)
        return LinkedShop(
            seller: seller, connection: try await linked(seller), device: device, user: user, nickname: nickname)
    }

    private func linked(_ seller: String) async throws -> String {
        try await waiting(for: "the shop to be linked") {
            let connection = try await stack.connection(api, of: seller)
            return connection?["state"]?.string == "linked" ? connection?["id"]?.string : nil
        }
    }

    private func link(
        _ nickname: String, of seller: String, _ application: String, _ decision: ShopOwner.Decision = .approve
    ) async throws -> WebPage {
        let made = try await ask(
            "POST", "/v1/sellers/\(seller)/links", body: #"{"application": "\#(application)", "confirm": false}"#,
            showing: ["link_token"])
        let url = try #require(made["url"]?.string)
        try watch.plant("link_token", url.split(separator: "/").last ?? "")
        return try await WebBrowser.withBrowser { browser in
            let invitation = watch.saw(try await browser.open(url))
            let form = try #require(invitation.forms.first { $0.method == "post" })
            // The one page that the state is on: it goes to the provider from here.
            let onward = watch.saw(try await browser.submit(form, on: invitation), showing: ["state"])
            let cookie = try #require(browser.cookies(of: "127.0.0.1")["enlace"])
            try watch.plant("cookie", cookie.prefix { $0 != "." })
            let login = try await browser.open(try #require(onward.refresh))
            let last = try await ShopOwner(nickname: nickname).allow(login, decision, with: browser)
            // Coming back with the same callback shows another page.
            if last.url.contains("/done") { watch.saw(try await browser.open(url)) }
            return watch.saw(last)
        }
    }

    private func refresh(_ seller: String, _ connection: String) async throws {
        let renewed = try await ask("POST", "/v1/sellers/\(seller)/connections/\(connection)/refresh", body: "{}")
        #expect(renewed["proved_by"]?.string == "refresh", "\(renewed.text())")
    }

    // MARK: Serving

    /// Charges, is notified and notifies, with words in all of it that are the shop's own business.
    private func serve(_ shop: LinkedShop, _ receiver: ShopReceiver) async throws {
        let (reference, mail, thanks) = (business[0], business[1], business[2])
        for text in business { try watch.plant(LeakWatch.business, text) }
        receiver.willSay(thanks)
        let made = try await ask(
            "POST", "/v1/sellers/\(shop.seller)/endpoints", body: #"{"url": "\#(receiver.url)"}"#,
            showing: ["endpoint_secret"])
        let endpoint = try #require(made["id"]?.string)
        let secret = try #require(made["secret"]?.string)
        try watch.plant("endpoint_secret", secret.dropFirst(6))
        receiver.knows(Secret(secret))
        try await waiting(for: "the endpoint to be active") {
            try await api.get("/v1/endpoints/\(endpoint)")["state"]?.string == "active" ? () : nil
        }
        receiver.willAnswer([500, 500, 404])
        let devices = "/v1/sellers/\(shop.seller)/proxy/point/integration-api/devices"
        try await ask("GET", devices)
        try await ask(
            "POST", "\(devices)/\(shop.device)/payment-intents",
            body: #"{"amount": 1500, "additional_info": {"external_reference": "\#(reference)"}}"#)
        try await stack.panel.call(.POST, "/devices/\(shop.device)/approve")
        try await arrival(of: "point.payment_intent.finished", receiver)
        try await notify(shop, mail)
        let rotated = try await ask(
            "POST", "/v1/endpoints/\(endpoint)/rotate-secret", body: "{}", showing: ["endpoint_secret"])
        try watch.plant("endpoint_secret", try #require(rotated["secret"]?.string).dropFirst(6))
        try await ask("POST", "/v1/endpoints/\(endpoint)/test", body: "{}")
        try await waiting(for: "the second test event") {
            receiver.posts.count { $0.status == 200 && $0.type == "endpoint.test" } == 2 ? () : nil
        }
        for path in ["/v1/events", "/v1/deliveries"] {
            let all = try await ask("GET", "\(path)?seller=\(shop.seller)")["data"]?.array ?? []
            for id in all.compactMap({ $0["id"]?.string }) { try await ask("GET", "\(path)/\(id)") }
        }
    }

    /// Tells of an intent by the connection's own path, which nobody else knows.
    private func notify(_ shop: LinkedShop, _ mail: String) async throws {
        let sent = try await stack.panel.call(.GET, "/deliveries?channel=integrator")["deliveries"]?.array ?? []
        let url = try #require(sent.last?["url"]?.string)
        let path = String(url.dropFirst(stack.url.count))
        // Its beginning names the connection; the rest only the keyring can make.
        try watch.plant("webhook_path", try #require(path.split(separator: "/").last).dropFirst(22))
        let client = try await stack.panel.application().clientID
        let body = """
            {"id": "7f25f9aa-0000-4000-8000-a341f71b0001", "caller_id": \(shop.user), "client_id": \(client), \
            "state": "FINISHED", "payer": {"email": "\(mail)"}}
            """
        try await ask("POST", path, key: nil, body: body)
        try await ask("POST", path, key: nil, body: String(body.dropLast()))
        try await ask("GET", "\(path)?challengeCode=einundzwanzig", key: nil)
    }

    private func arrival(of type: String, _ receiver: ShopReceiver) async throws {
        try await waiting(for: type, atMost: .seconds(60)) {
            receiver.posts.contains { $0.status == 200 && $0.type == type } ? () : nil
        }
    }

    // MARK: Changing

    private func changeSecrets(of application: String) async throws {
        let client = try await stack.panel.application().clientID
        let one = "/v1/applications/\(application)"
        let shown = try await ask("GET", one, showing: ["webhook_path"])
        let path = try #require(shown["webhook_url"]?.string?.split(separator: "/").last)
        try watch.plant("webhook_path", path.dropFirst(22))
        for kind in ["client", "webhook"] {
            let value = "nuevo-\(UUID().uuidString)"
            try watch.plant("\(kind)_secret", value)
            try await stack.panel.call(
                .PATCH, "/applications/\(client)", ["\(kind)_secret": .string(value)])
            try await ask(
                "POST", "\(one)/secrets", body: #"{"kind": "\#(kind)", "value": "\#(value)", "overlap_seconds": 3600}"#,
                showing: ["webhook_path"])
        }
        try await ask("POST", "\(one)/test-users", body: #"{"site": "MLA"}"#, showing: ["password"])
        try await ask("GET", "\(one)/test-users")
    }

    private func changeKeys(_ shop: LinkedShop) async throws {
        func make(_ more: String) async throws -> (id: String, text: String) {
            let made = try await ask(
                "POST", "/v1/keys", body: #"{"name": "till", "mode": "live", "scopes": ["proxy:read"]\#(more)}"#,
                showing: ["api_key"])
            let text = try #require(made["key"]?.string)
            watch.plant(try PlantedSecret(key: Secret(text)))
            return (try #require(made["id"]?.string), text)
        }
        let bound = try await make(#", "seller": "\#(shop.seller)""#)
        try await ask("GET", "/proxy/users/me", key: bound.text)
        try await ask("GET", "/v1/keys", key: bound.text)
        let unbound = try await make("")
        try await ask("GET", "/v1/sellers/\(shop.seller)/proxy/users/me", key: unbound.text)
        try await ask("DELETE", "/v1/keys/\(unbound.id)")
        try await ask("GET", "/v1/sellers/\(shop.seller)/proxy/users/me", key: unbound.text)
        let leaked = try await make("")
        try await ask("POST", "/v1/keys/revoke-leaked", key: nil, body: #"{"key": "\#(leaked.text)"}"#)
        try await ask("GET", "/proxy/users/me", key: leaked.text)
    }

    /// Brings a grant of another system, badly and well, and erases its seller; connects the integrator's own account.
    private func takeOver(_ application: String) async throws {
        let (user, _) = try await stack.account("GAMMA")
        let made = try await ask("POST", "/v1/sellers", body: #"{"name": "Kiosco GAMMA"}"#)
        let seller = try #require(made["id"]?.string)
        let client = try await stack.panel.application().clientID
        let pair = try await stack.panel.call(
            .POST, "/tokens", ["user_id": .string(user), "client_id": .string(client)])
        let (access, refresh) = (pair["access_token"]?.string ?? "", pair["refresh_token"]?.string ?? "")
        let end = (WallClock.system.now + .seconds(170 * 86_400)).description
        let bring = "/v1/sellers/\(seller)/connections/import"
        for members in [
            #""application": "\#(access)", "access_token": "\#(access)""#,
            #""application": "\#(application)", "access_token": "\#(access)", "expires_at": "\#(refresh)""#,
            #""application": "\#(application)", "access_token": "\#(access)", "user_id": "\#(refresh)""#,
            #""application": "\#(application)", "access_token": "\#(access)x", "refresh_token": "\#(refresh)", "#
                + #""expires_at": "\#(end)""#,
            #""application": "\#(application)", "access_token": "\#(access)", "refresh_token": "\#(refresh)", "#
                + #""expires_at": "\#(end)", "user_id": "\#(user)""#,
        ] {
            try await ask("POST", bring, body: "{\(members)}")
        }
        #expect(try await stack.connection(api, of: seller)?["state"] != nil, "the last one was good")
        try await ask("GET", "/v1/sellers/\(seller)/proxy/users/me")
        try await ask(
            "POST", "/v1/sellers/\(seller)/connections", body: #"{"kind": "own", "application": "\#(application)"}"#)
        let erased = await (try stack.start(["sellers", "erase", seller, "--yes"], log: "erase.log")).wait()
        #expect(erased == 0)
    }

    // MARK: Failing

    /// Everything that the provider can answer wrongly to a call through the proxy.
    private func fail(_ shop: LinkedShop) async throws {
        let proxy = "/v1/sellers/\(shop.seller)/proxy"
        for fault in ["html502", "plain429", "redirect", "bad_json", "drop", "drop_after", "status"] {
            try await stack.panel.call(
                .POST, "/faults", ["fault": .string(fault), "match": ["path_prefix": "/users/me"]])
            try await ask("GET", "\(proxy)/users/me")
        }
        try await ask(
            "POST", "\(proxy)/point/integration-api/devices/PAX_A910__SIM9999999/payment-intents",
            body: #"{"amount": 1500, "additional_info": {"external_reference": "\#(business[0])"}}"#)
        let client = try await stack.panel.application().clientID
        try await stack.panel.call(
            .POST, "/tokens/expire", ["user_id": .string(shop.user), "client_id": .string(client)])
        try await ask("GET", "\(proxy)/users/me")
    }

    /// A renewal whose answer was lost, and an exchange whose account can't be read: both stay in their journals.
    private func endInJournals(_ application: String) async throws {
        try await stack.panel.call(.DELETE, "/faults")
        let shop = try await shop("BETA", application)
        try await stack.panel.call(
            .POST, "/faults", ["fault": "drop_after", "match": ["path_prefix": "/oauth/token"]])
        let lost = try await ask(
            "POST", "/v1/sellers/\(shop.seller)/connections/\(shop.connection)/refresh", body: "{}")
        #expect(lost["code"]?.string == "refresh_uncertain", "\(lost.text())")
        try await stack.panel.call(
            .POST, "/faults",
            ["fault": "status", "status": 503, "times": 1000, "match": ["path_prefix": "/users/me"]])
        _ = try await stack.account("DELTA")
        let made = try await ask("POST", "/v1/sellers", body: #"{"name": "Kiosco DELTA"}"#)
        _ = try await link("DELTA", of: try #require(made["id"]?.string), application)
    }

    /// A renewal whose answer the database refuses; then the kill, and a look at all files as it left them.
    private func endInSpool(_ seller: String, _ connection: String) async throws {
        let hold = stack.file("hold")
        _ = FileManager.default.createFile(atPath: hold.path(), contents: nil)
        let script =
            "import os,sqlite3,time\ndb=sqlite3.connect('enlace.sqlite',isolation_level=None,timeout=30)\n"
            + "while not db.execute(\"SELECT 1 FROM refresh_journal WHERE state='open'\").fetchall(): time.sleep(0.02)\n"
            + "db.execute('BEGIN IMMEDIATE')\nwhile os.path.exists('hold'): time.sleep(0.05)\n"
        let locker = try ChildProcess(
            "/usr/bin/python3", ["-c", script], environment: [:], folder: stack.folder, log: stack.file("locker.log"))
        try await stack.panel.call(
            .POST, "/faults", ["fault": "delay", "delay_ms": 3000, "match": ["path_prefix": "/oauth/token"]])
        try await ask("POST", "/v1/sellers/\(seller)/connections/\(connection)/refresh", body: "{}")
        try await waiting(for: "the answer to be spooled", atMost: .seconds(60)) {
            try stack.gatewayLog().contains("kept in the spool") ? () : nil
        }
        try watch.readProcess(of: stack)
        await stack.stopGateway(SIGKILL)
        // Whoever closes the database last empties the log of what was written, so the lock is held meanwhile.
        try watch.readFiles(of: stack)
        try FileManager.default.removeItem(at: hold)
        _ = await locker.wait()
        // What is spooled names its connection.
        let bytes = try #require(ConnectionID(connection)).ulid.bytes
        seen.withLock { $0.append(Data(bytes).base64EncodedString()) }
        for secret in try await stack.panel.call(.GET, "/secrets")["secrets"]?.array ?? [] {
            if let secret = PlantedSecret(issued: secret) { watch.plant(secret) }
        }
        let ring = JSONValue(parsing: try Data(contentsOf: stack.file("enlace.keyring")))
        let keys = try #require(ring?["keys"]?.array).compactMap { $0["key"]?.string }
        #expect(keys.count == 2)
        for key in keys + [try #require(ring?["pepper"]?.string)] { try watch.plant("keyring_key", key) }
    }

    /// Asks with the first key.
    @discardableResult
    private func ask(
        _ method: String, _ path: String, body: String? = nil, showing shows: Set<String> = []
    ) async throws -> JSONValue {
        let key = try stack.client().key.reveal { $0 }
        return try await ask(method, path, key: key, body: body, showing: shows)
    }

    /// Asks with another key, or with none.
    @discardableResult
    private func ask(
        _ method: String, _ path: String, key: String?, body: String? = nil, showing shows: Set<String> = []
    ) async throws -> JSONValue {
        try await watch.ask(stack, method, path, key: key, body: body, showing: shows)
    }
}

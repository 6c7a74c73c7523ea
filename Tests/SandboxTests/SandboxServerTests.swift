import Foundation
import Testing

@testable import Sandbox

@Suite("The running sandbox", .timeLimit(.minutes(1)))
struct SandboxServerTests {
    @Test("obeys the guide's three curl commands over its own TLS")
    func guide() async throws {
        try await RunningSandbox.run { sandbox in
            let receiver = Receiver()
            try await receiver.run { webhook in
                let api = sandbox.origin("api")
                let bearer = try await sandbox.bearer()

                let made = try await sandbox.curl(
                    "-X", "POST", "-H", bearer, "-H", "Content-Type: application/json", "-d", #"{"site_id":"MLA"}"#,
                    "\(api)/users/test_user")
                #expect(made.status == 201)
                #expect(made.body?["email"]?.string?.hasSuffix("@testuser.com") == true)

                let record = try await sandbox.curl("-H", bearer, "\(api)/point/integration-api/integrators")
                #expect(record.body?["is_valid_webhook"] == false)
                receiver.knows(token: record.body?["token"]?.string ?? "")

                let set = try await sandbox.curl(
                    "-X", "PATCH", "-H", bearer, "-H", "Content-Type: application/json", "-d",
                    #"{"webhook":"\#(webhook)/k3y"}"#, "\(api)/point/integration-api/integrators")
                #expect(set.status == 204)

                let check = try await sandbox.curl(
                    "-X", "POST", "-H", bearer, "\(api)/point/integration-api/integrators/check")
                #expect(check.status == 204)
                let valid = try await sandbox.curl("-H", bearer, "\(api)/point/integration-api/integrators")
                #expect(valid.body?["is_valid_webhook"] == true)

                receiver.knows(token: "another")
                let refused = try await sandbox.curl(
                    "-X", "POST", "-H", bearer, "\(api)/point/integration-api/integrators/check")
                #expect(refused.status == 409)
                #expect(refused.body?["message"] == "The webhook is not responding correctly")
            }
        }
    }

    @Test("refuses to be trusted without its CA, and callers without a token")
    func trust() async throws {
        try await RunningSandbox.run { sandbox in
            let api = sandbox.origin("api")
            #expect(try await sandbox.curl("--cacert", "/etc/ssl/certs/ca-certificates.crt", api).status == 0)
            let refused = try await sandbox.curl("\(api)/point/integration-api/devices")
            #expect(refused.status == 401)
            #expect(
                refused.body == ["message": "invalid_token", "error": "not_found", "status": 401, "cause": []])
        }
    }

    @Test("takes a seller through login and consent on two origins, and back with a code")
    func pages() async throws {
        try await RunningSandbox.run { sandbox in
            let redirect = "http://127.0.0.1:1/callback"
            try await sandbox.sim(
                "PATCH", "/applications/1000000000000001", ["redirect_uris": [.string(redirect)], "pkce": false])
            let start =
                "\(sandbox.origin("authorization"))/authorization?client_id=1000000000000001&response_type=code"
                + "&platform_id=mp&state=s%201&redirect_uri=" + FormFields.encoded(redirect)
            let login = try await sandbox.location("GET", start)
            #expect(login.hasPrefix(sandbox.origin("login") + "/login?request="))
            let page = try await sandbox.curl(login)
            #expect(page.text.contains("<option value=\"PADARIALUA\">"))
            let request = login.split(separator: "=").last ?? ""
            let consent = try await sandbox.location(
                "POST", sandbox.origin("login") + "/login", "request=\(request)&user=PADARIALUA&nickname=")
            #expect(try await sandbox.curl(consent).text.contains("Authorize Sandbox POS"))
            let ticket = consent.split(separator: "=").last ?? ""
            let back = try await sandbox.location(
                "POST", sandbox.origin("authorization") + "/authorization/consent",
                "ticket=\(ticket)&decision=approve")
            #expect(back.hasPrefix(redirect + "?code=TG-"))
            #expect(back.hasSuffix("&state=s%201"))
            let wrong = try await sandbox.curl(start + "%2F")
            #expect(wrong.status == 400)
            #expect(wrong.text.contains("invalid_redirect_uri"))
        }
    }

    @Test("sends a signed payment notification, and again on the scaled clock after a failure")
    func notifications() async throws {
        try await RunningSandbox.run(timeScale: 90_000) { sandbox in
            let receiver = Receiver()
            receiver.willAnswer([500])
            try await receiver.run { webhook in
                let app = try await sandbox.sim(
                    "PATCH", "/applications/1000000000000001", ["webhook_url": .string(webhook + "/panel")])
                let bearer = try await sandbox.bearer()
                let users = try await sandbox.sim("GET", "/users")
                let device = users["users"]?.array?.first?["device_id"]?.string ?? ""
                let intents = "\(sandbox.origin("api"))/point/integration-api/devices/\(device)/payment-intents"
                let made = try await sandbox.curl("-H", bearer, "-d", #"{"amount":2500}"#, intents)
                #expect(made.body?["state"] == "OPEN")
                let taken = try await sandbox.curl("-H", bearer, "-d", #"{"amount":2500}"#, intents)
                #expect(taken.status == 409)
                try await sandbox.sim("POST", "/devices/\(device)/approve")

                var attempts: [Received] = []
                for await post in receiver.posts {
                    attempts.append(post)
                    if attempts.count == 2 { break }
                }
                #expect(attempts.map { $0.headers["x-retry"] } == ["0", "1"])
                let query = "data.id=\(attempts[0].body?["data"]?["id"]?.string ?? "")&type=payment"
                #expect(attempts[0].uri == "/mp/panel?" + query)
                #expect(isGenuine(attempts[1], secret: app["webhook_secret"]?.string ?? ""))
            }
        }
    }

    @Test("cuts the connection after a rotation when told to, and the rotation has happened")
    func dropAfter() async throws {
        try await RunningSandbox.run { sandbox in
            let apps = try await sandbox.sim("GET", "/applications")
            let secret = apps["applications"]?.array?.first?["client_secret"]?.string ?? ""
            let pair = try await sandbox.pair()
            let body: JSON = [
                "grant_type": "refresh_token", "client_id": "1000000000000001", "client_secret": .string(secret),
                "refresh_token": pair["refresh_token"] ?? .null,
            ]
            try await sandbox.sim(
                "POST", "/faults", ["match": ["path_prefix": "/oauth/token"], "fault": "drop_after"])
            let arguments = ["-H", "Content-Type: application/json", "-d", body.text]
            let url = "\(sandbox.origin("api"))/oauth/token"
            let cut = try await sandbox.curl(arguments[0], arguments[1], arguments[2], arguments[3], url)
            #expect(cut.status == 0)
            let ledger = try await sandbox.sim("GET", "/ledger")
            #expect(ledger["grants"]?.array?.first?["issued"] == 2)
            let late = try await sandbox.curl(arguments[0], arguments[1], arguments[2], arguments[3], url)
            #expect(late.body?["error"] == "invalid_grant")
            let log = try await sandbox.sim("GET", "/requests?path_prefix=/oauth")
            #expect(log["requests"]?.array?.count == 2)
            #expect(!log.text.contains(secret))
        }
    }

    private func isGenuine(_ post: Received, secret: String) -> Bool {
        let header = post.headers["x-signature"] ?? ""
        let parts = header.split(separator: ",").map { $0.split(separator: "=").last.map(String.init) ?? "" }
        guard parts.count == 2 else { return false }
        let manifest = Signature.manifest(
            dataID: post.body?["data"]?["id"]?.string, requestID: post.headers["x-request-id"], timestamp: parts[0])
        return Signature.v1(manifest, secret: secret) == parts[1]
    }
}

extension RunningSandbox {
    /// A pair of the first seeded seller, given without the pages.
    func pair() async throws -> JSON {
        let users = try await sim("GET", "/users")
        let id = users["users"]?.array?.first?["id"] ?? .null
        return try await sim("POST", "/tokens", ["user_id": id, "client_id": "1000000000000001"])
    }

    /// The header of a fresh access token.
    func bearer() async throws -> String {
        "Authorization: Bearer \(try await pair()["access_token"]?.string ?? "")"
    }

    /// Where an answer sends the browser.
    func location(_ method: String, _ url: String, _ form: String? = nil) async throws -> String {
        let answer =
            if let form {
                try await curl("-o", "/dev/null", "-w", "%{redirect_url}\n302", "-d", form, url)
            } else {
                try await curl("-o", "/dev/null", "-w", "%{redirect_url}\n302", "-X", method, url)
            }
        return answer.text
    }
}

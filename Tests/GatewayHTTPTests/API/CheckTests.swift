import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("A set-up check")
struct CheckTests {
    private static let base = "http://127.0.0.1:8080"

    /// Lends a gateway whose own address leads to itself and whose provider has the right time.
    private static func withSetUp(
        _ body: @Sendable (TestGateway, any TestClientProtocol, Shop) async throws -> Void
    ) async throws {
        try await withGateway(address: base) { gateway, client in
            let shop = try await Shop.open(gateway, client)
            _ = try await client.call(
                .post, "/v1/applications/\(shop.application)/secrets", key: shop.key,
                body: #"{"kind": "webhook", "value": "webhook-secret-marker"}"#)
            gateway.provider.set { answers in
                answers.time = .success(gateway.clock.now)
                answers.ownAddress = { url in
                    let response = try? await client.executeRequest(
                        uri: String(url.dropFirst(base.count)), method: .get, headers: [:], body: nil)
                    return response.map { .answered(status: $0.status.code, body: Array(buffer: $0.body)) }
                        ?? .failed(.cut)
                }
            }
            try await body(gateway, client, shop)
        }
    }

    /// Runs the application's check and gives its findings by their names.
    private static func check(
        _ client: any TestClientProtocol, _ shop: Shop
    ) async throws -> (result: String?, findings: [String: JSONValue], body: JSONValue) {
        let answer = try await client.call(.post, "/v1/applications/\(shop.application)/check", key: shop.key)
        #expect(answer.status == 200)
        return try read(answer)
    }

    private static func installation(
        _ client: any TestClientProtocol, _ shop: Shop
    ) async throws -> (result: String?, findings: [String: JSONValue], body: JSONValue) {
        let answer = try await client.call(.get, "/v1/installation/check", key: shop.key)
        #expect(answer.status == 200)
        return try read(answer)
    }

    private static func read(
        _ answer: Answer
    ) throws -> (result: String?, findings: [String: JSONValue], body: JSONValue) {
        let findings = answer.body["findings"].elements
        let named = Dictionary(findings.map { ($0["check"].string ?? "", $0) }) { first, _ in
            Issue.record("two findings of one name")
            return first
        }
        for (name, finding) in named where ["warning", "failure"].contains(finding["result"].string) {
            #expect(finding["fix"].string?.isEmpty == false, "\(name)")
        }
        let text = try answer.body.text
        #expect(!text.contains("-marker"))
        return (answer.body["result"].string, named, answer.body)
    }

    @Test("finds nothing to do for an application that is set up, and says what stands in the panel")
    func wellSetUp() async throws {
        try await Self.withSetUp { gateway, client, shop in
            let document = try OpenAPIDocument.read()
            let (result, findings, body) = try await Self.check(client, shop)
            #expect(result == "ok")
            #expect(document.misfits(body, document.schema("ApplicationCheck")) == [])
            let good = [
                "token_endpoint", "client_credentials", "application_site", "redirect_uri", "pkce", "webhook_secret",
                "renewal", "clock",
            ]
            for name in good { #expect(findings[name]?["result"].string == "ok", "\(name)") }
            // The made-up provider does not say whether its tokens move money.
            #expect(findings["application_mode"]?["result"].string == "not_checked")
            let panel = body["panel"].elements
            let application = try await client.call(.get, "/v1/applications/\(shop.application)", key: shop.key)
            #expect(panel.first { $0["field"].string == "redirect_url" }?["value"] == application.body["redirect_uri"])
            #expect(panel.first { $0["field"].string == "webhook_url" }?["value"] == application.body["webhook_url"])
        }
    }

    @Test("tells credentials that are refused from a provider that is away")
    func credentials() async throws {
        try await Self.withSetUp { gateway, client, shop in
            gateway.provider.set { $0.grant = .failure(.refused(code: "invalid_client", status: 401)) }
            let refused = try await Self.check(client, shop)
            #expect(refused.result == "failure")
            #expect(refused.findings["token_endpoint"]?["result"].string == "ok")
            let finding = try #require(refused.findings["client_credentials"])
            #expect(finding["result"].string == "failure")
            #expect(finding["detail"].string?.contains("invalid_client") == true)
            #expect(finding["fix"].string?.contains("add-secret \(shop.application)") == true)

            gateway.provider.set { $0.grant = .failure(.notWritten(reason: .tls)) }
            let away = try await Self.check(client, shop)
            #expect(away.findings["token_endpoint"]?["result"].string == "failure")
            #expect(away.findings["token_endpoint"]?["fix"].string?.contains("upstream.ca_file") == true)
            #expect(away.findings["client_credentials"]?["result"].string == "not_checked")
        }
    }

    @Test("sees an application of another country or of the other mode")
    func otherCountry() async throws {
        try await Self.withSetUp { gateway, client, shop in
            gateway.provider.set { answers in
                answers.account = .success(
                    UpstreamAccount(
                        user: UpstreamUserID(rawValue: 7)!, nickname: "B", email: nil, site: SiteID("MLB")!,
                        isTestUser: false))
                answers.grant = .success(
                    TokenGrant(
                        access: Secret("access-token-marker"), refresh: nil, lifetime: .seconds(3600), scopes: [],
                        user: nil, liveMode: true))
            }
            let found = try await Self.check(client, shop)
            #expect(found.findings["application_site"]?["result"].string == "failure")
            #expect(found.findings["application_site"]?["detail"].string?.contains("MLB") == true)
            #expect(found.findings["application_mode"]?["result"].string == "failure")
        }
    }

    @Test("takes nobody else's answer for the gateway's own", arguments: [200, 302, 404])
    func otherServer(status: Int) async throws {
        try await Self.withSetUp { gateway, client, shop in
            // What this gateway would answer to another nonce is no answer to this one.
            let old = try #require(gateway.services.address.echo(of: base64URL([UInt8](repeating: 1, count: 32))))
            gateway.provider.set { $0.ownAddress = { _ in .answered(status: status, body: Array(old.utf8)) } }
            let found = try await Self.check(client, shop)
            #expect(found.result == "failure")
            #expect(found.findings["redirect_uri"]?["result"].string == "failure")
            let installation = try await Self.installation(client, shop)
            #expect(installation.findings["public_url"]?["result"].string == "failure")
        }
    }

    @Test(
        "says how an address that nobody reaches is put right",
        arguments: [(ProbeAnswer.Failure.dns, "name servers"), (.tls, "certificate"), (.timeout, "/healthz")])
    func unreachable(failure: ProbeAnswer.Failure, fix: String) async throws {
        try await Self.withSetUp { gateway, client, shop in
            gateway.provider.set { $0.ownAddress = { _ in .failed(failure) } }
            let found = try await Self.check(client, shop)
            #expect(found.findings["redirect_uri"]?["fix"].string?.contains(fix) == true)
        }
    }

    @Test(
        "compares the clock with the provider's",
        arguments: [(-301, "failure"), (-60, "warning"), (20, "ok"), (301, "failure")])
    func clock(seconds: Int, result: String) async throws {
        try await Self.withSetUp { gateway, client, shop in
            gateway.provider.set { $0.time = .success(gateway.clock.now + .seconds(seconds)) }
            let found = try await Self.check(client, shop)
            #expect(found.findings["clock"]?["result"].string == result)
            let detail = found.findings["clock"]?["detail"].string ?? ""
            if result != "ok" { #expect(detail.contains(seconds > 0 ? "behind" : "ahead of")) }
            let installation = try await Self.installation(client, shop)
            #expect(installation.findings["clock"]?["result"].string == result)
        }
    }

    @Test("warns of PKCE that is off, and of notifications that nobody can verify")
    func warnings() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            _ = try await client.call(
                .patch, "/v1/applications/\(shop.application)", key: shop.key, body: #"{"pkce": "off"}"#)
            let found = try await Self.check(client, shop)
            #expect(found.findings["pkce"]?["result"].string == "warning")
            #expect(found.findings["webhook_secret"]?["result"].string == "warning")
            #expect(found.findings["webhook_secret"]?["fix"].string?.contains("--kind webhook") == true)
            #expect(found.body["panel"].elements.first { $0["field"].string == "pkce" }?["value"].string == "off")
        }
    }

    @Test("finds the installation in order, and names a keyring key that nothing depends on")
    func installation() async throws {
        try await Self.withSetUp { gateway, client, shop in
            let document = try OpenAPIDocument.read()
            let (_, findings, body) = try await Self.installation(client, shop)
            #expect(document.misfits(body, document.schema("InstallationCheck")) == [])
            let good = [
                "database_durability", "database_integrity", "keyring", "keyring_source", "spool", "refresh_backlog",
                "delivery_backlog", "applications", "upstream", "clock", "public_url",
            ]
            for name in good { #expect(findings[name]?["result"].string == "ok", "\(name)") }

            let first = try gateway.keyRingFile.read().current
            _ = try gateway.keyRingFile.rotate(clock: gateway.clock.wallClock, random: .system)
            let changed = try await Self.installation(client, shop)
            #expect(changed.findings["keyring_source"]?["fix"].string?.contains("keyring reload") == true)
            _ = try await client.call(.post, "/v1/keyring/reload", key: shop.key)
            let rewrapping = try await Self.installation(client, shop)
            #expect(rewrapping.findings["keyring"]?["result"].string == "warning")
            await gateway.rewrapWorker.rewrap()
            let rewrapped = try await Self.installation(client, shop)
            #expect(rewrapped.findings["keyring"]?["fix"].string?.contains("retire \(first)") == true)
            try FileManager.default.removeItem(atPath: gateway.keyRingFile.path)
            let lost = try await Self.installation(client, shop)
            #expect(lost.result == "failure")
            #expect(lost.findings["keyring_source"]?["result"].string == "failure")
        }
    }

    @Test("says before there is an application that there is none")
    func noApplication() async throws {
        try await withGateway { gateway, client in
            let answer = try await client.call(.get, "/v1/installation/check", key: try await gateway.key([.read]))
            let findings = answer.body["findings"].elements
            let finding = try #require(findings.first { $0["check"].string == "applications" })
            #expect(finding["result"].string == "warning")
            #expect(finding["fix"].string?.contains("applications create") == true)
        }
    }

    @Test("is for keys of the whole installation")
    func bound() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let key = try await gateway.key(seller: shop.sellerID)
            let answers = [
                try await client.call(.get, "/v1/installation/check", key: key),
                try await client.call(.post, "/v1/applications/\(shop.application)/check", key: key),
            ]
            for answer in answers { #expect(answer.status == 403) }
        }
    }

    @Test("leaves the callback as it is for every other query")
    func callback() async throws {
        try await Self.withSetUp { gateway, client, shop in
            let path = "/oauth/callback/\(shop.application)"
            let nonce = base64URL([UInt8](repeating: 7, count: 32))
            for query in ["", "?check=", "?check=short", "?check=\(nonce)&state=a", "?state=a&check=\(nonce)"] {
                let answer = try await client.call(.get, path + query)
                #expect(answer.status == 400, "\(query)")
                #expect(answer.headers[.contentType]?.hasPrefix("text/html") == true, "\(query)")
            }
            let echo = try await client.executeRequest(
                uri: "\(path)?check=\(nonce)", method: .get, headers: [:], body: nil)
            #expect(String(buffer: echo.body) == gateway.services.address.echo(of: nonce))
        }
    }
}

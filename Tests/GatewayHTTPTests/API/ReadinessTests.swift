import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("A seller's readiness")
struct SellerReadinessTests {
    private static let terminal = TerminalID("PAX_A910__SIM1")!

    /// A shop whose own account is connected.
    private struct Stage {
        let shop: Shop
        let gateway: TestGateway
        let client: any TestClientProtocol

        static func make(_ gateway: TestGateway, _ client: any TestClientProtocol) async throws -> Stage {
            let stage = Stage(shop: try await Shop.open(gateway, client), gateway: gateway, client: client)
            let made = try await client.call(
                .post, "\(stage.path)/connections", key: stage.shop.key,
                body: #"{"kind": "own", "application": "\#(stage.shop.application)"}"#)
            #expect(made.status == 201)
            return stage
        }

        var path: String { "/v1/sellers/\(shop.seller)" }

        /// Lets what was seen a moment ago be over.
        func pass() { gateway.clock.advance(by: .seconds(3)) }

        func list(_ query: String = "") async throws -> JSONValue {
            let answer = try await client.call(.get, "\(path)/readiness\(query)", key: shop.key)
            #expect(answer.status == 200)
            return answer.body
        }

        func set(_ terminal: TerminalID = SellerReadinessTests.terminal, key: String? = nil) async throws -> Answer {
            try await client.call(.post, "\(path)/terminals/\(terminal)/pdv", key: key ?? shop.key)
        }

        /// What the provider shows of its one terminal.
        func show(_ mode: Terminal.Mode?, assigned: Bool = true) {
            gateway.provider.set {
                $0.terminals = .success([
                    Terminal(
                        id: SellerReadinessTests.terminal, mode: mode, store: assigned ? "1" : nil,
                        pointOfSale: assigned ? "2" : nil)
                ])
            }
        }
    }

    private static func withStage(_ test: @Sendable (Stage) async throws -> Void) async throws {
        try await withGateway { gateway, client in try await test(try await Stage.make(gateway, client)) }
    }

    private static func step(_ name: String, of list: JSONValue) -> JSONValue {
        list["steps"].elements.first { $0["step"].string == name } ?? .null
    }

    @Test("is told step by step, with what to do in words and as calls")
    func steps() async throws {
        try await Self.withStage { stage in
            let none = try await stage.list()
            #expect(none["complete"] == .bool(false))
            #expect(Self.step("linked", of: none)["state"].string == "done")
            let paired = Self.step("terminal_paired", of: none)
            #expect(paired["reason"].string == "no_terminal")
            #expect(paired["tell_owner"]["es"].string?.contains("QR") == true)
            #expect(paired["tell_owner"]["pt"].string?.contains("maquininha") == true)
            #expect(none["apps"]["ios"].string?.hasPrefix("https://apps.apple.com/") == true)
            stage.show(.standalone)
            stage.pass()
            let alone = Self.step("pdv_mode", of: try await stage.list())
            #expect(alone["state"].string == "open")
            #expect(alone["actions"]["0"]["path"].string == "\(stage.path)/terminals/\(Self.terminal)/pdv")
        }
    }

    @Test("of a seller who was never linked needs no call of the provider")
    func neverLinked() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let answer = try await client.call(.get, "/v1/sellers/\(shop.seller)/readiness", key: shop.key)
            #expect(answer.status == 200)
            #expect(answer.body["connection"] == .null)
            #expect(Self.step("linked", of: answer.body)["reason"].string == "not_linked")
            #expect(gateway.provider.looks == 0)
        }
    }

    @Test("leaves unknown what one failing call does not bring, and never tells the token")
    func failures() async throws {
        try await Self.withStage { stage in
            stage.gateway.provider.set { $0.terminals = .failure(.unanswered(status: 500)) }
            let list = try await stage.list()
            #expect(Self.step("terminal_paired", of: list)["reason"].string == "upstream_unreachable")
            #expect(Self.step("linked", of: list)["state"].string == "done")
            #expect(Self.step("webhook_valid", of: list)["state"].string == "open")
            stage.gateway.provider.set {
                $0.terminals = .failure(.unauthorized)
                $0.integrator = .failure(.notWritten(reason: .dns))
            }
            stage.pass()
            let refused = try await stage.list()
            #expect(Self.step("linked", of: refused)["reason"].string == "token_refused")
            #expect(Self.step("webhook_valid", of: refused)["state"].string == "unknown")
            for text in [try list.text, try refused.text, stage.gateway.logs.text] {
                #expect(!text.contains("access-token-marker"))
            }
        }
    }

    @Test("waits for no call longer than it has patience")
    func silence() async throws {
        try await Self.withStage { stage in
            stage.gateway.patience.end()
            stage.gateway.provider.set { $0.isSilent = true }
            let list = try await stage.list()
            #expect(Self.step("terminal_paired", of: list)["reason"].string == "upstream_unreachable")
        }
    }

    @Test("calls no provider that asked for a pause before it is over")
    func limited() async throws {
        try await Self.withStage { stage in
            stage.gateway.provider.set { $0.terminals = .failure(.limited(retryAfter: .seconds(30))) }
            #expect(Self.step("pdv_mode", of: try await stage.list())["reason"].string == "upstream_limited")
            let looks = stage.gateway.provider.looks
            stage.show(.pdv)
            stage.gateway.clock.advance(by: .seconds(29))
            #expect(Self.step("pdv_mode", of: try await stage.list())["reason"].string == "upstream_limited")
            let set = try await stage.set()
            #expect(set.status == 429)
            #expect(set.headers[HTTPField.Name("Retry-After")!] == "1")
            #expect(stage.gateway.provider.looks == looks)
            stage.gateway.clock.advance(by: .seconds(1))
            #expect(Self.step("pdv_mode", of: try await stage.list())["state"].string == "done")
        }
    }

    @Test("asks the provider once for lists that are asked for at once, and for places only where a terminal needs one")
    func calls() async throws {
        try await Self.withStage { stage in
            stage.show(.pdv)
            for _ in 0..<3 { _ = try await stage.list() }
            #expect(stage.gateway.provider.looks == 1)
            stage.show(.pdv, assigned: false)
            stage.pass()
            #expect(Self.step("store_and_pos", of: try await stage.list())["reason"].string == "not_assigned")
            #expect(stage.gateway.provider.looks == 4)
        }
    }

    @Test("sets a terminal to PDV mode once, writes that down, and waits for a charge to show the restart")
    func pdv() async throws {
        try await Self.withStage { stage in
            stage.show(.standalone)
            #expect(Self.step("pdv_mode", of: try await stage.list())["reason"].string == "standalone")
            let set = try await stage.set()
            #expect(set.status == 200)
            #expect(set.body["operating_mode"].string == "pdv")
            stage.show(.pdv)
            // At once: a change makes the next look a new one.
            #expect(Self.step("pdv_mode", of: try await stage.list())["reason"].string == "restart_not_seen")
            #expect(try await stage.set().status == 200)
            #expect(stage.gateway.provider.setTerminals == [Self.terminal])
            let lines = try await stage.client.call(
                .get, "/v1/audit?action=terminal.mode_set", key: stage.shop.key)
            #expect(lines.body["data"].elements.map { $0["subject"].string } == [Self.terminal.description])
            #expect(lines.body["data"]["0"]["seller"].string == stage.shop.seller)
        }
    }

    @Test("repeats a change with the same key without doing it again")
    func repetition() async throws {
        try await Self.withStage { stage in
            stage.show(.standalone)
            let path = "\(stage.path)/terminals/\(Self.terminal)/pdv"
            let first = try await stage.client.post(path, key: stage.shop.key, once: "one")
            stage.show(.pdv)
            let again = try await stage.client.post(path, key: stage.shop.key, once: "one")
            #expect(first.status == 200 && again.status == 200)
            #expect(again.body == first.body)
            #expect(again.headers[HTTPField.Name("Idempotency-Replayed")!] == "true")
            #expect(stage.gateway.provider.setTerminals.count == 1)
        }
    }

    @Test("changes no terminal of another account, and says what the provider refused")
    func refusals() async throws {
        try await Self.withStage { stage in
            let unknown = try await stage.set()
            #expect(unknown.status == 404)
            #expect(unknown.body["code"].string == "terminal_not_found")
            #expect(stage.gateway.provider.setTerminals.isEmpty)
            stage.show(.standalone)
            stage.gateway.provider.set { $0.setPDV = .failure(.refused(code: "forbidden", status: 403)) }
            let refused = try await stage.set()
            #expect(refused.status == 502)
            #expect(refused.body["upstream_status"].string == "403")
            let quiet = try await stage.client.call(.get, "/v1/audit?action=terminal.mode_set", key: stage.shop.key)
            #expect(quiet.body["data"].elements.isEmpty)
            // Unanswered it may have been set.
            stage.gateway.provider.set { $0.setPDV = .failure(.unanswered(status: nil)) }
            #expect(try await stage.set().status == 504)
            let lines = try await stage.client.call(.get, "/v1/audit?action=terminal.mode_set", key: stage.shop.key)
            #expect(lines.body["data"].elements.count == 1)
        }
    }

    @Test("needs a linked account and a key of its mode, and the application's name where there are several")
    func choice() async throws {
        try await Self.withStage { stage in
            let live = try await stage.gateway.key(mode: .live)
            let other = try await stage.client.call(.get, "\(stage.path)/readiness", key: live)
            #expect(other.status == 403)
            #expect(other.body["code"].string == "mode_mismatch")
            #expect(try await stage.set(key: live).body["code"].string == "mode_mismatch")
            let unlinked = try await stage.client.call(
                .post, "/v1/sellers/\(stage.shop.other)/terminals/\(Self.terminal)/pdv", key: stage.shop.key)
            #expect(unlinked.body["code"].string == "seller_not_linked")
            let second = try await stage.client.call(
                .post, "/v1/applications", key: stage.shop.key,
                body: """
                    {"name": "Other", "brand": "Otra", "site": "MLA", "mode": "test", "client_id": "77",
                     "client_secret": "client-secret-marker"}
                    """)
            let id = try #require(second.body["id"].string)
            _ = try await stage.client.call(
                .post, "\(stage.path)/connections", key: stage.shop.key,
                body: #"{"kind": "own", "application": "\#(id)"}"#)
            let ambiguous = try await stage.client.call(.get, "\(stage.path)/readiness", key: stage.shop.key)
            #expect(ambiguous.status == 409)
            #expect(ambiguous.body["applications"].string?.contains(id) == true)
            let named = try await stage.list("?application=\(id)")
            #expect(named["application"].string == id)
            let unknown = try await stage.client.call(
                .get, "\(stage.path)/readiness?application=app_01JZ8Q4T6M0000000000000001", key: stage.shop.key)
            #expect(unknown.body["code"].string == "application_not_found")
        }
    }

    @Test("makes no call with tokens that need a refresh")
    func expired() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let path = "/v1/sellers/\(shop.seller)"
            let made = try await client.call(
                .post, "\(path)/connections/import", key: shop.key,
                body: """
                    {"application": "\(shop.application)", "access_token": "access-token-marker",
                     "refresh_token": "refresh-token-marker", "expires_in": 3600}
                    """)
            #expect(made.status == 200)
            let held = try await client.call(.get, "\(path)/readiness", key: shop.key)
            #expect(Self.step("webhook_valid", of: held.body)["reason"].string == "held_after_import")
            gateway.clock.advance(by: .seconds(3601))
            let looks = gateway.provider.looks
            let late = try await client.call(.get, "\(path)/readiness", key: shop.key)
            #expect(Self.step("linked", of: late.body)["reason"].string == "token_unavailable")
            #expect(gateway.provider.looks == looks)
            #expect(gateway.provider.refreshes == 0)
        }
    }
}

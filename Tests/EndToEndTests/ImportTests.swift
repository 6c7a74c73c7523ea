import Foundation
import Gateway
import NIOHTTP1
import TestSupport
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("Bringing existing grants")
    struct ImportTests {
        private static let shops = 800
        /// So many of them have a pair that is long due for renewal.
        private static let old = 10

        @Test("takes 800 shops over, through a kill of the command and one of the gateway, each exactly once")
        func takeOver() async throws {
            try await withAPI { stack, api in
                let application = try await stack.application(api)
                try await Self.write(stack)
                // First the command is killed, then the gateway; the file is the same each time.
                try await Self.import(stack, application, until: 200) { $0.send(SIGKILL) }
                let (lost, _) = try await Self.import(stack, application, until: 500) { _ in
                    await stack.stopGateway(SIGKILL)
                }
                #expect(lost == 69)
                try await stack.startGateway()
                let (status, text) = try await Self.import(stack, application)
                // The bad line is told by its number and did not stop those behind it.
                #expect(status == 1)
                let lines = text.split(separator: "\n").compactMap { JSONValue(parsing: $0.utf8) }
                #expect(lines.count == Self.shops + 1)
                #expect(lines.filter { $0["outcome"]?.string == "failed" }.map { $0["line"]?.int } == [3])
                #expect(lines.count { $0["outcome"]?.string == "already_there" } >= 499)

                let imported = try await Self.all(api, "/v1/audit", [("action", "connection.imported")])
                #expect(Set(imported.map { $0["subject"]?.string }).count == Self.shops)
                #expect(imported.count == Self.shops)
                #expect(Set(imported.map { $0["seller"]?.string }).count == Self.shops)
                let one: APIPath = "/v1/applications/\(application)"
                #expect(try await api.get(one)["held_connections"]?.int == Self.shops)
                let me = try await api.get("/v1/sellers/ref:shop-7/proxy/users/me")
                #expect(me["nickname"]?.string == "SHOP7")
                // Those that end soon are told of meanwhile, and nothing was renewed or registered.
                try await waiting(for: "the warnings") {
                    let told = try await Self.all(api, "/v1/events", [("type", "seller.expiring")])
                    return told.count == Self.old ? () : nil
                }
                #expect(try await Self.posts(stack).allSatisfy { $0 == 0 })
                #expect(try await Self.registrations(stack) == 0)
                #expect(try await !Self.leaks(stack, text))

                let adopted = try await Self.command(stack, ["applications", "adopt", application, "--yes", "--json"])
                #expect(adopted.status == 0, "\(adopted.text)")
                #expect(JSONValue(parsing: adopted.text.utf8)?["held_connections"]?.int == 0)
                try await waiting(for: "the sweep", atMost: .seconds(60)) {
                    try await Self.posts(stack).count { $0 == 1 } == Self.old ? () : nil
                }
                #expect(try await Self.posts(stack).allSatisfy { $0 <= 1 })
                try await waiting(for: "the webhooks") { try await Self.registrations(stack) > 0 ? () : nil }
            }
        }

        /// Makes the accounts with their tokens at the provider, and the file as another system would hand it over.
        private static func write(_ stack: LocalStack) async throws {
            let panel = try stack.panel
            let client = try await panel.application().clientID
            let now = WallClock.system.now
            var file = ""
            try await APIClient.withClient(url: panel.address("sim"), key: nil) { sim in
                for number in 1...shops {
                    let user = try await sim.post(
                        "/users", body: ["nickname": .string("SHOP\(number)"), "site_id": "MLA"])
                    let pair = try await sim.post(
                        "/tokens", body: ["user_id": .int(try #require(user["id"]?.int)), "client_id": .string(client)])
                    let left = Duration.seconds((number % (shops / old) == 0 ? 10 : 170) * 86_400)
                    let line: JSONValue = [
                        "external_ref": .string("shop-\(number)"), "name": .string("Kiosco \(number)"),
                        "access_token": pair["access_token"] ?? .null, "refresh_token": pair["refresh_token"] ?? .null,
                        "user_id": pair["user_id"] ?? .null, "expires_at": .string((now + left).description),
                        "issued_at": .string((now + left - .seconds(180 * 86_400)).description),
                    ]
                    if number == 3 { file += "APP_USR-a-token-that-stands-here-by-mistake\n" }
                    file += line.text() + "\n"
                }
            }
            try Data(file.utf8).write(to: stack.file("grants.ndjson"))
        }

        /// Runs the import; once it has said of so many lines what came of them, something is done to it.
        @discardableResult
        private static func `import`(
            _ stack: LocalStack, _ application: String, until count: Int = .max,
            _ act: (ChildProcess) async throws -> Void = { _ in }
        ) async throws -> (status: Int32, text: String) {
            let out = stack.file("import.out")
            try? FileManager.default.removeItem(at: out)
            let child = try stack.start(
                [
                    "-c", "exec \"$0\" sellers import --json --application \"$1\" < grants.ndjson > import.out",
                    program,
                    application,
                ], log: "import.log", program: "/bin/sh")
            if count < .max {
                try await waiting(for: "line \(count)", atMost: .seconds(120)) {
                    let lines = (try? String(contentsOf: out, encoding: .utf8))?.split(separator: "\n").count ?? 0
                    return lines >= count ? () : nil
                }
                try await act(child)
            }
            let status = await child.wait()
            return (status, try String(contentsOf: out, encoding: .utf8))
        }

        private static func command(
            _ stack: LocalStack, _ arguments: [String]
        ) async throws -> (status: Int32, text: String) {
            let log = stack.file("command.log")
            try? FileManager.default.removeItem(at: log)
            let status = try await stack.start(arguments, log: "command.log").wait()
            return (status, try String(contentsOf: log, encoding: .utf8))
        }

        /// Every element of a list.
        private static func all(
            _ api: APIClient, _ path: APIPath, _ query: [(String, String?)]
        ) async throws -> [JSONValue] {
            var found: [JSONValue] = []
            var after: String?
            repeat {
                let page = try await api.get(path, query: query + [("limit", "200"), ("after", after)])
                found += page["data"]?.array ?? []
                after = page["next"]?.string
            } while after != nil
            return found
        }

        /// How often each grant's refresh token was posted, by the sandbox's own ledger.
        private static func posts(_ stack: LocalStack) async throws -> [Int] {
            let grants = try await stack.panel.call(.GET, "/ledger")["grants"]?.array ?? []
            return grants.map { $0["posts"]?.int ?? 0 }
        }

        private static func registrations(_ stack: LocalStack) async throws -> Int {
            let requests = try await APIClient.withClient(url: try stack.panel.address("sim"), key: nil) {
                try await $0.get("/requests", query: [("path_prefix", "/point/integration-api/integrators")])
            }
            return requests["requests"]?.array?.count { $0["method"]?.string != "GET" } ?? 0
        }

        /// Whether a token stands in what the command or the gateway wrote, or in the database.
        private static func leaks(_ stack: LocalStack, _ text: String) async throws -> Bool {
            let issued = try await stack.panel.call(.GET, "/secrets")["secrets"]?.array ?? []
            let tokens = issued.filter { $0["kind"]?.string?.hasSuffix("_token") ?? false }.suffix(20)
                .compactMap { $0["value"]?.string }
            #expect(tokens.count == 20)
            let database = try Data(contentsOf: stack.file("enlace.sqlite"))
            let said = try text + stack.gatewayLog() + String(contentsOf: stack.file("import.log"), encoding: .utf8)
            return said.contains("by-mistake")
                || tokens.contains { said.contains($0) || database.range(of: Data($0.utf8)) != nil }
        }
    }
}

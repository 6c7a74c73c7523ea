import Foundation
import Gateway
import TestSupport
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("The doctor")
    struct DoctorTests {
        /// What `enlace doctor --json` found, by scope and name, and how it ended.
        struct Diagnosis {
            let status: Int32
            let findings: [String: JSONValue]
            let text: String

            subscript(_ name: String) -> String? { findings[name]?["result"]?.string }

            func fix(_ name: String) -> String { findings[name]?["fix"]?.string ?? "" }
        }

        @Test("finds a gateway in order, its own redirect URI included")
        func inOrder() async throws {
            try await withAPI { stack, api in
                let application = try await stack.application(api)
                let found = try await Self.ask(stack)
                #expect(found.status == 0, "\(found.text)")
                for name in ["configuration", "keyring_file", "database_file", "files", "gateway"] {
                    #expect(found["machine \(name)"] == "ok", "\(name)")
                }
                for name in ["public_port", "internal_port"] {
                    #expect(found.findings["machine \(name)"]?["detail"]?.string?.contains("listens") == true)
                }
                for name in [
                    "database_durability", "database_integrity", "keyring", "spool", "upstream", "clock", "public_url",
                ] {
                    #expect(found["installation \(name)"] == "ok", "\(name)")
                }
                let good = [
                    "token_endpoint", "client_credentials", "application_mode", "application_site", "redirect_uri",
                    "pkce", "webhook_secret", "renewal", "clock",
                ]
                for name in good { #expect(found["\(application) \(name)"] == "ok", "\(name)") }

                let human = try await Self.run(stack, [])
                #expect(human.text.contains("to stand in the provider's panel for \(application)"))
                #expect(human.text.contains(" 0 failure"))
                let checked = try await Self.run(stack, ["check", application], command: "applications")
                #expect(checked.status == 0 && checked.text.contains("redirect_uri"), "\(checked.text)")
            }
        }

        @Test("names a client secret that the provider refuses, and ends with code 1")
        func wrongSecret() async throws {
            try await withAPI { stack, api in
                let application = try await stack.application(api)
                _ = try await api.post(
                    "/v1/applications/\(application)/secrets",
                    body: ["kind": "client", "value": "not-the-secret-marker"])
                let found = try await Self.ask(stack)
                #expect(found.status == 1)
                #expect(found["\(application) client_credentials"] == "failure")
                #expect(found.fix("\(application) client_credentials").contains("add-secret"))
                #expect(found["\(application) redirect_uri"] == "ok")
                #expect(!found.text.contains("-marker"))
            }
        }

        @Test("takes no other server at public_url for the gateway")
        func otherServer() async throws {
            try await withStack(isStarted: false) { stack in
                let file = stack.file("enlace.yaml")
                let lines = try String(contentsOf: file, encoding: .utf8)
                let other = try stack.panel.address("authorization")
                try lines.replacing(ConfigurationText.quoted(stack.url), with: ConfigurationText.quoted(other))
                    .write(to: file, atomically: true, encoding: .utf8)
                try await stack.startGateway()
                let found = try await Self.ask(stack)
                #expect(found.status == 1)
                #expect(found["installation public_url"] == "failure")
                #expect(found.fix("installation public_url").contains("public_url"))
            }
        }

        @Test("looks at the machine while no gateway runs, and says that none does")
        func down() async throws {
            try await withStack(isStarted: false) { stack in
                let found = try await Self.ask(stack)
                #expect(found.status == 0, "\(found.text)")
                #expect(found["machine gateway"] == "warning")
                #expect(found.fix("machine gateway").contains("enlace serve"))
                #expect(found["machine keyring_file"] == "ok")
                #expect(found["machine public_port"] == "ok")
                #expect(found["machine disk"] != nil)

                let keyring = stack.file("enlace.keyring").path()
                try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: keyring)
                let database = stack.file("enlace.sqlite").path()
                try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: database)
                let open = try await Self.ask(stack)
                #expect(open.status == 1)
                #expect(open.fix("machine keyring_file").contains("chmod 600"))
                #expect(open.fix("machine files").contains("chmod go= enlace.sqlite"))
            }
        }

        @Test("works in a folder where nothing is set up yet, and with a configuration that is wrong")
        func nothing() async throws {
            try await withTemporaryFolder { folder in
                let stack = try await LocalStack(folder: folder, executable: program)
                let found = try await Self.ask(stack)
                #expect(found.status == 1)
                #expect(found["machine database_file"] == "warning")
                #expect(found.fix("machine keyring_file").contains("enlace keyring init"))
                #expect(found["machine gateway"] == "not_checked")

                try "publik_url: x\n".write(to: stack.file("enlace.yaml"), atomically: true, encoding: .utf8)
                let wrong = try await Self.ask(stack)
                #expect(wrong.status == 1)
                #expect(wrong.findings["machine configuration"]?["detail"]?.string?.contains("publik_url") == true)
            }
        }

        private static func ask(_ stack: LocalStack) async throws -> Diagnosis {
            let (status, text) = try await run(stack, ["--json"])
            let report = try #require(JSONValue(parsing: text.utf8), "\(text)")
            let findings = report["findings"]?.array ?? []
            return Diagnosis(
                status: status,
                findings: Dictionary(
                    findings.map { ("\($0["scope"]?.string ?? "") \($0["check"]?.string ?? "")", $0) }
                ) { $1 },
                text: text)
        }

        private static func run(
            _ stack: LocalStack, _ arguments: [String], command: String = "doctor"
        ) async throws -> (status: Int32, text: String) {
            let log = "\(UUID().uuidString).log"
            let status = await (try stack.start([command] + arguments, log: log)).wait()
            return (status, try String(contentsOf: stack.file(log), encoding: .utf8))
        }
    }
}

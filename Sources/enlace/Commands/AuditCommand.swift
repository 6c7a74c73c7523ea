import ArgumentParser
import Foundation
import Gateway
import NIOCore
import NIOHTTP1

/// `enlace audit`: who did what, and whether anybody changed the record of it.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "See who did what, and check that the record is whole.",
        subcommands: [List.self, Export.self, Verify.self])
}

extension View {
    /// Lines of the audit.
    static let auditEntry = View(["id", "at", "actor", "action", "subject", "seller", "request"])
    /// What the check came to.
    static let auditVerdict = View(["intact", "checked", "unchained", "fault", "broken_at", "newest_hash"])
}

/// Which lines are wanted.
struct AuditOptions: ParsableArguments {
    /// Whom the lines concern.
    @Option(help: "Only lines that concern this seller: sel_….") var seller: SellerID?
    /// What was done.
    @Option(help: "Only this action, such as key.created.") var action: AuditAction?
    /// Who did it.
    @Option(help: "Only what this one did: key_…, lnk_… for a shop owner, command, gateway.") var actor: Actor?
    /// From when on.
    @Option(help: "Only what was done at this time or later, in UTC as of RFC 3339.") var since: Timestamp?
    /// Until when.
    @Option(help: "Only what was done before this time, in UTC as of RFC 3339.") var until: Timestamp?

    /// All of it as parameters of a query.
    var query: [(String, String?)] {
        [
            ("seller", seller?.description), ("action", action?.rawValue), ("actor", actor?.description),
            ("since", since?.description), ("until", until?.description),
        ]
    }
}

extension AuditCommand {
    /// `enlace audit list`.
    struct List: APICommand {
        static let configuration = CommandConfiguration(
            "list", "List what was done, newest first.",
            examples: "enlace audit list --action key.created",
            "enlace audit list --seller sel_01JD0000000000000000000000 --since 2026-01-01T00:00:00Z")
        static let view = View.auditEntry

        @OptionGroup var page: PageOptions
        @OptionGroup var options: AuditOptions
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get("/v1/audit", query: options.query + page.query)
        }
    }

    /// `enlace audit export`.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "export", "Write all lines as JSON, one a line, newest first; leaves a line itself.",
            examples: "enlace audit export > audit.ndjson",
            "enlace audit export --until 2026-07-01T00:00:00Z > audit.ndjson")

        @OptionGroup var options: AuditOptions
        @OptionGroup(title: "Gateway") var client: ClientOptions

        /// Writes as it comes.
        ///
        /// - Throws: the exit code, once the reason was told.
        func run() async throws {
            do {
                let configuration = try client.configuration()
                try await APIClient.withClient(url: configuration.url, key: configuration.key) { api in
                    try await api.stream("/v1/audit", query: options.query, accept: "application/x-ndjson") { part in
                        try FileHandle.standardOutput.write(contentsOf: Data(part.readableBytesView))
                    }
                }
            } catch {
                throw try Output.exitCode(for: error)
            }
        }
    }

    /// `enlace audit verify`.
    struct Verify: APICommand {
        static let configuration = CommandConfiguration(
            "verify", "Check that no line was changed or taken away; exits 1 and names the line otherwise.",
            about: """
                Each line keeps the hash of the line before, and the newest is sealed with the keyring. Keep the newest \
                hash elsewhere from time to time: it tells whether an older copy of the whole database was put back.
                """,
            examples: "enlace audit verify", "enlace audit verify --json")
        static let view = View.auditVerdict

        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.call(.GET, "/v1/audit/verify", within: APIClient.longDeadline)
        }

        func note(on answer: JSONValue) -> String? {
            guard let fault = answer["fault"]?.string else { return nil }
            let place = answer["broken_at"]?.string.map { "at \($0)" } ?? "and no line is left"
            return "The audit is broken \(place): \(Self.words[fault] ?? fault)."
        }

        /// Asks, shows, and fails for a broken chain.
        ///
        /// - Throws: the exit code, once the reason was told.
        func run() async throws {
            do {
                let configuration = try client.configuration()
                let answer = try await APIClient.withClient(url: configuration.url, key: configuration.key) { api in
                    try await ask(api)
                }
                Output(isJSON: client.json).show(answer, as: Self.view, note: note(on: answer))
                guard answer["intact"] == .bool(true) else { throw ExitCode.failure }
            } catch {
                throw try Output.exitCode(for: error)
            }
        }

        private static let words = [
            "altered": "the line is not as it was written",
            "gap": "what stood before it is gone",
            "foreign": "the gateway did not write it",
            "cut_off": "lines after it are gone",
            "seal": "the end of the chain is not the one that was sealed",
        ]
    }
}

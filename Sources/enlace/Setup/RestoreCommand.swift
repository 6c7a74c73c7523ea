import ArgumentParser
import Foundation
import Gateway
import GatewayServer

/// `enlace restore`: a backup in the place of the database.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup in the place of the database.",
        subcommands: [Put.self, Status.self, Connections.self], defaultSubcommand: Put.self)
}

extension View {
    /// How far the look at a restored backup has come.
    static let restore = View([
        "backup", "restored_at", Column("adopted", "newer pairs taken over"), "held_deliveries", "held_still",
        "connections",
    ])
    /// Connections that came out of a backup.
    static let restored = View(["connection", "seller", "outcome", "generation"])
}

extension RestoreCommand {
    /// `enlace restore FILE`.
    struct Put: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "put", "Put a backup in the place of the database.",
            about: """
                Only while no gateway runs. The present database is kept beside it. A backup can't know which tokens were \
                renewed after it was made: every connection is marked, and tried after the next start; deliveries that \
                were open in it wait for `enlace deliveries release`.
                """,
            examples: "enlace restore enlace.backups/enlace-20260101T000000.000Z-schema9-manual.sqlite")

        @Argument(help: "The backup's file.") var file: String
        @Flag(help: "Do not ask.") var yes = false
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            let settings = try await configuration.settings()
            let paths = [file, settings.databasePath].map { URL(filePath: $0).resolvingSymlinksInPath().path() }
            guard paths[0] != paths[1] else { throw ValidationError("\(file) is the database itself.") }
            if !yes {
                let question = "Type restore to put \(file) in the place of \(settings.databasePath)"
                guard Prompt.line(question) == "restore" else {
                    throw ValidationError("Nothing was restored. Give --yes where nobody can be asked.")
                }
            }
            let report = try await Restoration.run(settings, file: file, logger: makeQuietLogger())
            let restore = report.restore
            print("Restored \(restore.backup).")
            if let aside = report.aside { print("The database that was here lies at \(aside).") }
            print("\(restore.adopted) newer token pairs were taken over from it.")
            print("\(restore.outcomes.values.reduce(0, +)) connections are tried after the next start:")
            print("  `enlace restore status` tells how far that is, `enlace restore connections` whom it concerns.")
            print("\(restore.held) deliveries wait: `enlace deliveries release` lets them go.")
        }
    }

    /// `enlace restore status`.
    struct Status: APICommand {
        static let configuration = CommandConfiguration(
            "status", "Show how far the look at a restored backup has come.", examples: "enlace restore status")
        static let view = View.restore

        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue { try await api.get("/v1/restore") }
    }

    /// `enlace restore connections`.
    struct Connections: APICommand {
        static let configuration = CommandConfiguration(
            "connections", "List the connections that came out of a backup, newest first.",
            examples: "enlace restore connections --outcome needs_relink")
        static let view = View.restored

        @OptionGroup var page: PageOptions
        @Option(help: "Only these: waiting, works, renewed, needs_relink or ended.") var outcome: String?
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get("/v1/restore/connections", query: [("outcome", outcome)] + page.query)
        }
    }
}

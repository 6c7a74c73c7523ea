import ArgumentParser
import Foundation
import Gateway

extension SellersCommand {
    /// `enlace sellers import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "import", "Bring the grants of shops that are linked through another system.",
            about: """
                Reads a JSON document a line from standard input. Each names its shop by external_ref, with a name if it \
                is to be created, or by seller as sel_…; and has access_token, refresh_token, expires_at (or expires_in), \
                and if known issued_at, scope and user_id. Run it again with the same file after an interruption: what \
                is there is skipped. A line that is refused does not stop the others.

                Nothing is renewed before `enlace applications adopt`: until then the other system may go on.
                """,
            examples:
                "enlace sellers import --application app_01JD0000000000000000000000 < grants.ndjson")

        @Option(help: "The application of lines that name none: app_….") var application: ApplicationID?
        @OptionGroup(title: "Gateway") var client: ClientOptions

        /// Imports line by line; with `--json` says of each what came of it.
        ///
        /// - Throws: the exit code: failure where a line was refused, unavailable where the gateway went away.
        func run() async throws {
            var progress = ImportProgress(isJSON: client.json)
            do {
                let configuration = try client.configuration()
                try await APIClient.withClient(url: configuration.url, key: configuration.key) { api in
                    let importer = GrantImporter(api: api, application: application)
                    var number = 0
                    while let line = readLine() {
                        number += 1
                        guard line.contains(where: { !$0.isWhitespace }) else { continue }
                        progress.note(try await importer.take(line, number: number))
                    }
                }
            } catch {
                progress.end()
                let code = try Output.exitCode(for: error)
                Output.tell("Run it again with the same file: it goes on where it ended.")
                throw code
            }
            progress.end()
            guard progress.failed == 0 else { throw ExitCode.failure }
        }
    }
}

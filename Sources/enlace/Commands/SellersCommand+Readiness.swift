import ArgumentParser
import Foundation
import Gateway
import NIOHTTP1

extension View {
    /// A terminal of a seller's account.
    static let terminal = View(["id", "operating_mode", "store_id", "pos_id", "external_pos_id"])
}

extension SellersCommand {
    /// `enlace sellers readiness`.
    struct Readiness: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "readiness", "Show what a shop still needs before its first charge.",
            about: "The provider is asked each time. With --watch the list is shown again whenever it changes, until "
                + "every step is done.",
            examples: "enlace sellers readiness ref:shop-12", "enlace sellers readiness ref:shop-12 --watch")

        @Argument(help: .seller) var seller: SellerReference
        @Option(help: "Which connection is meant, where there are several: app_….") var application: ApplicationID?
        @Flag(help: "Ask again every few seconds until every step is done.") var watch = false
        @OptionGroup(title: "Gateway") var client: ClientOptions

        /// Asks, shows, and with `--watch` goes on until nothing is left to do.
        ///
        /// - Throws: the exit code, once the reason was told.
        func run() async throws {
            do {
                let configuration = try client.configuration()
                try await APIClient.withClient(url: configuration.url, key: configuration.key) { api in
                    var shown: JSONValue?
                    while true {
                        let answer = try await ask(api)
                        // The time of the answer is no news.
                        if answer["steps"] != shown { show(answer) }
                        shown = answer["steps"]
                        guard watch, answer["complete"]?.bool != true else { return }
                        try await Task.sleep(for: Self.interval)
                    }
                }
            } catch {
                throw try Output.exitCode(for: error)
            }
        }

        private static let interval = Duration.seconds(5)

        private func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get(
                "/v1/sellers/\(seller)/readiness", query: [("application", application?.description)])
        }

        private func show(_ answer: JSONValue) {
            print(client.json ? answer.text(isPretty: true) : Checklist(answer, seller: seller.description).text)
            // Whoever watches through a pipe wants to see it now.
            fflush(nil)
        }
    }

    /// `enlace sellers set-pdv`.
    struct SetPDV: APICommand {
        static let configuration = CommandConfiguration(
            "set-pdv", "Set one of a shop's terminals to PDV mode; it counts after the terminal's restart.",
            examples: "enlace sellers set-pdv ref:shop-12 PAX_A910__SMARTPOS1234345545")
        static let view = View.terminal

        @Argument(help: .seller) var seller: SellerReference
        @Argument(help: "The terminal's id, as `enlace sellers readiness` shows it.") var terminal: TerminalID
        @Option(help: "Which connection is meant, where there are several: app_….") var application: ApplicationID?
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.call(
                .POST, "/v1/sellers/\(seller)/terminals/\(terminal)/pdv",
                query: [("application", application?.description)])
        }

        func note(on answer: JSONValue) -> String? { "Have the terminal restarted now: switched off and on again." }
    }
}

/// A seller's readiness as a list that a person reads.
struct Checklist {
    /// The lines.
    let text: String

    /// Puts the API's answer into words.
    ///
    /// - Parameters:
    ///   - answer: What `GET …/readiness` answered.
    ///   - seller: How the seller is named in a command.
    init(_ answer: JSONValue, seller: String) {
        let steps = answer["steps"]?.array ?? []
        let names = steps.map { ($0["step"] ?? .null).cell.replacing("_", with: " ") }
        let width = names.map(\.count).max() ?? 0
        let indent = String(repeating: " ", count: width + 6)
        var lines: [String] = []
        for (step, name) in zip(steps, names) {
            let padding = String(repeating: " ", count: width - name.count)
            lines.append("\(Self.mark(step["state"]?.string)) \(name)\(padding)  \((step["why"] ?? .null).cell)")
            if let fix = step["fix"] { lines.append("\(indent)\(fix.cell)") }
            for action in step["actions"]?.array ?? [] {
                guard let path = action["path"]?.string, path.hasSuffix("/pdv") else { continue }
                let terminal = path.split(separator: "/").dropLast().last ?? ""
                lines.append("\(indent)enlace sellers set-pdv \(seller) \(String(terminal).visible)")
            }
        }
        let done = steps.count { $0["state"]?.string == "done" }
        lines.append("")
        lines.append("\(done) of \(steps.count) steps are done.")
        text = lines.joined(separator: "\n")
    }

    private static func mark(_ state: String?) -> String {
        switch state {
        case "done": "[x]"
        case "open": "[ ]"
        default: "[?]"
        }
    }
}

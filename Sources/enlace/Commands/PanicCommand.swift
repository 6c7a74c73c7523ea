import ArgumentParser
import Foundation
import Gateway

/// `enlace panic`: for the day on which tokens may have leaked.
struct PanicCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "panic", "Cut sellers off from the provider, change the keyring's key, prepare new links.",
        about: """
            Without an option it shows how things stand. A seller that is cut off is answered 423 on every path of the \
            proxy, and its tokens are neither used nor renewed, until --end. --relink makes a new link for each shop that \
            is cut off, with a message to send; shops that were linked anew meanwhile are left out.
            """,
        examples: "enlace panic --all --drill", "enlace panic --seller ref:shop-12",
        "enlace panic --relink > links.txt",
        "enlace panic --end --seller ref:shop-12")

    @Option(help: "This seller: sel_…, or ref: and your own id.") var seller: SellerReference?
    @Flag(help: "Every seller.") var all = false
    @Flag(help: "Change nothing; say what would happen.") var drill = false
    @Flag(help: "Make a new link for each shop that is cut off.") var relink = false
    @Flag(help: "Let them be served again.") var end = false
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup(title: "Gateway") var client: ClientOptions

    func validate() throws {
        guard !(all && seller != nil) else { throw ValidationError("Give --seller or --all, not both.") }
        guard [drill, relink, end].count(where: { $0 }) <= 1 else {
            throw ValidationError("Give one of --drill, --relink and --end.")
        }
        if relink {
            guard !all, seller == nil else { throw ValidationError("--relink is for all that are cut off.") }
        } else if drill || end {
            guard all || seller != nil else { throw ValidationError("Say whom: --seller or --all.") }
        }
    }

    /// Asks, does it, and says what to do next.
    ///
    /// - Throws: the exit code, once the reason was told.
    func run() async throws {
        do {
            let configuration = try client.configuration()
            try await APIClient.withClient(url: configuration.url, key: configuration.key) { api in
                if relink { return try await invite(api) }
                let answer = try await ask(api)
                Output(isJSON: client.json).show(answer, as: Self.view, note: note(on: answer))
            }
        } catch {
            throw try Output.exitCode(for: error)
        }
    }

    private static let view = View([
        "drill", "all_since", "quarantined", "affected_sellers", "affected_connections", "keyring",
    ])

    private var scope: [String: JSONValue] {
        seller.map { ["seller": .string($0.description)] } ?? ["all": true]
    }

    private func ask(_ api: APIClient) async throws -> JSONValue {
        if end { return try await api.post("/v1/panic/end", body: .object(scope)) }
        guard all || seller != nil else { return try await api.get("/v1/panic") }
        guard drill || yes || Prompt.line("Type panic to cut \(seller?.description ?? "every seller") off") == "panic"
        else {
            throw ValidationError("Nothing was done. Give --yes where nobody can be asked.")
        }
        return try await api.post(
            "/v1/panic", body: .object(scope.merging(["drill": .bool(drill)]) { $1 }))
    }

    private func note(on answer: JSONValue) -> String? {
        if drill { return "Nothing was changed." }
        if let detail = answer["keyring"]?["detail"]?.string { return "The keyring's key was not changed: \(detail)" }
        guard all || seller != nil, !end else { return nil }
        return "Next: `enlace panic --relink` makes the links to send, `enlace panic --end` lifts the quarantine."
    }

    private func invite(_ api: APIClient) async throws {
        var after: JSONValue = .null
        repeat {
            let page = try await api.post(
                "/v1/panic/relink", body: after == .null ? [:] : ["after": after], within: APIClient.longDeadline)
            for one in page["data"]?.array ?? [] {
                print(client.json ? one.text() : (one["message"]?.string ?? "").visible)
            }
            after = page["next"] ?? .null
        } while after != .null
    }
}

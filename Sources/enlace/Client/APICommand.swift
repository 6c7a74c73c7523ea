import ArgumentParser

/// A command that asks the API and shows the answer.
protocol APICommand: AsyncParsableCommand {
    /// How the answer is shown to a person.
    static var view: View { get }
    /// Where the gateway is, and how the answer is printed.
    var client: ClientOptions { get }

    /// Asks the API.
    func ask(_ api: APIClient) async throws -> JSONValue

    /// What a person has to know beside the answer.
    func note(on answer: JSONValue) -> String?

    /// What a person asked to see below the answer.
    func appendix(to answer: JSONValue) -> String?
}

extension APICommand {
    /// Asks and shows.
    ///
    /// - Throws: the exit code, once the reason was told.
    func run() async throws {
        do {
            let configuration = try client.configuration()
            let answer = try await APIClient.withClient(url: configuration.url, key: configuration.key) { api in
                try await ask(api)
            }
            Output(isJSON: client.json)
                .show(answer, as: Self.view, appendix: appendix(to: answer), note: note(on: answer))
        } catch {
            throw try Output.exitCode(for: error)
        }
    }

    /// That a secret is shown once, and how to see the next page.
    func note(on answer: JSONValue) -> String? { Self.view.note(on: answer) }

    /// Nothing more.
    func appendix(to answer: JSONValue) -> String? { nil }
}

/// A command that changes some members of a resource.
protocol ChangeCommand: APICommand {
    /// Where the resource is.
    var path: APIPath { get }

    /// The members that change.
    ///
    /// - Throws: `ValidationError` for options that contradict each other.
    func changes() throws -> JSONValue
}

extension ChangeCommand {
    /// Refuses a change of nothing.
    func validate() throws {
        guard try changes() != [:] else { throw ValidationError("Say what is to be changed.") }
    }

    /// Sends the changes.
    func ask(_ api: APIClient) async throws -> JSONValue {
        try await api.patch(path, body: try changes())
    }
}

extension JSONValue {
    /// A member's new value, or `null` that takes it away.
    ///
    /// - Throws: `ValidationError` when both were asked for.
    static func change(
        to value: JSONValue?, removing option: String, _ isRemoved: Bool, with empty: JSONValue = .null
    ) throws -> JSONValue? {
        guard isRemoved else { return value }
        guard value == nil else { throw ValidationError("--\(option) takes away what another option sets.") }
        return empty
    }
}

extension CommandConfiguration {
    /// A command with examples at the end of its description.
    init(_ name: String, _ abstract: String, about: String = "", examples: String...) {
        let lines =
            (examples.count > 1 ? "Examples:\n" : "Example:\n") + examples.map { "  " + $0 }.joined(separator: "\n")
        self.init(
            commandName: name, abstract: abstract, discussion: about.isEmpty ? lines : about + "\n\n" + lines)
    }
}

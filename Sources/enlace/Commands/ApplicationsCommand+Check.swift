import ArgumentParser
import Gateway

extension View {
    /// What an application's check came to.
    static let applicationCheck = View(
        ["application", "result", "checked_at"],
        lists: ["findings": ["result", "check", "detail", "fix"], "panel": ["field", "value", "about"]])
}

extension ApplicationsCommand {
    /// `enlace applications check`.
    struct Check: APICommand {
        static let configuration = CommandConfiguration(
            "check", "Look whether an application is set up, here and at the provider.",
            about: "Shows what has to stand in the provider's panel, too. `enlace doctor` looks at everything at once.",
            examples: "enlace applications check app_01JD0000000000000000000000")
        static let view = View.applicationCheck

        @Argument(help: .application) var application: ApplicationID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post("/v1/applications/\(application)/check", within: DoctorCommand.patience)
        }
    }
}

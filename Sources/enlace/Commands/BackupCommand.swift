import ArgumentParser

/// `enlace backup`: copies of the database, made while the gateway serves.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the database while the gateway serves.",
        discussion: """
            The file lies in backup.folder of the gateway's configuration and needs no other. What it holds of tokens and \
            payloads is sealed: to open it the keyring of its time is needed. Keep that apart from it.
            """,
        subcommands: [Make.self, List.self], defaultSubcommand: Make.self)
}

extension View {
    /// Backups.
    static let backup = View(["name", "created_at", "reason", "schema", "bytes"])
}

extension BackupCommand {
    /// `enlace backup`.
    struct Make: APICommand {
        static let configuration = CommandConfiguration(
            "make", "Make a backup now.", about: "Ends once the file is whole, checked and on the disk.",
            examples: "enlace backup", "enlace backup --json")
        static let view = View.backup

        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post("/v1/backups", within: APIClient.longDeadline)
        }
    }

    /// `enlace backup list`.
    struct List: APICommand {
        static let configuration = CommandConfiguration(
            "list", "List the backups, newest first.", examples: "enlace backup list")
        static let view = View.backup

        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue { try await api.get("/v1/backups") }
    }
}

import ArgumentParser
import Gateway

/// `enlace jobs`: long work that goes on where it was after a restart.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "See and end replays of deliveries.",
        subcommands: [List.self, Show.self, Cancel.self])
}

extension View {
    /// Jobs.
    static let job = View([
        "id", "kind", "state", "endpoint", "delivery_states", "replayed", "estimate", "created_at", "ended_at",
    ])
    /// What is, or would be, sent again.
    static let replay = View(["dry_run", "deliveries", "is_more", "job"])
}

extension JobsCommand {
    /// `enlace jobs list`.
    struct List: APICommand {
        static let configuration = CommandConfiguration(
            "list", "List jobs, newest first.", examples: "enlace jobs list")
        static let view = View.job

        @OptionGroup var page: PageOptions
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue { try await api.get("/v1/jobs", query: page.query) }
    }

    /// `enlace jobs show`.
    struct Show: APICommand {
        static let configuration = CommandConfiguration(
            "show", "Show how far a job is.", examples: "enlace jobs show job_01JD0000000000000000000000")
        static let view = View.job

        @Argument(help: .job) var job: JobID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue { try await api.get("/v1/jobs/\(job)") }
    }

    /// `enlace jobs cancel`.
    struct Cancel: APICommand {
        static let configuration = CommandConfiguration(
            "cancel", "End a job; what it has made due is sent all the same.",
            examples: "enlace jobs cancel job_01JD0000000000000000000000")
        static let view = View.job

        @Argument(help: .job) var job: JobID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue { try await api.post("/v1/jobs/\(job)/cancel") }
    }
}

import ArgumentParser
import Gateway

extension EndpointsCommand {
    /// `enlace endpoints rotate-secret`.
    struct RotateSecret: APICommand {
        static let configuration = CommandConfiguration(
            "rotate-secret", "Make a new signing secret; it is shown once.",
            about: "For the overlap every delivery is signed with both secrets.",
            examples: "enlace endpoints rotate-secret ep_01JD0000000000000000000000 --overlap-seconds 3600")
        static let view = View.endpoint

        @Argument(help: .endpoint) var endpoint: EndpointID
        @Option(help: "For how many seconds the one before still signs (default: a day).") var overlapSeconds: Int?
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post(
                "/v1/endpoints/\(endpoint)/rotate-secret",
                body: .members(["overlap_seconds": .of(overlapSeconds)]))
        }
    }

    /// `enlace endpoints test`.
    struct Test: APICommand {
        static let configuration = CommandConfiguration(
            "test", "Send a test event; a 2xx makes a pending endpoint active.",
            examples: "enlace endpoints test ep_01JD0000000000000000000000")
        static let view = View(["event"])

        @Argument(help: .endpoint) var endpoint: EndpointID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post("/v1/endpoints/\(endpoint)/test")
        }

        func note(on answer: JSONValue) -> String? {
            "See what became of it: enlace deliveries list --event \((answer["event"] ?? .null).cell)"
        }
    }

    /// `enlace endpoints recover`.
    struct Recover: APICommand {
        static let configuration = CommandConfiguration(
            "recover", "Send an endpoint again what was given up since some time, as a job.",
            examples: "enlace endpoints recover ep_01JD0000000000000000000000 --since 2026-11-24T00:00:00Z")
        static let view = View.replay

        @Argument(help: .endpoint) var endpoint: EndpointID
        @Option(help: "Of events from then on, as 2026-11-24T00:00:00Z.") var since: Timestamp
        @Flag(help: "Count them, and send nothing.") var dryRun = false
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post(
                "/v1/endpoints/\(endpoint)/recover",
                body: .members(["since": .string(since.description), "dry_run": .bool(dryRun)]))
        }
    }

    /// `enlace endpoints pause`.
    struct Pause: APICommand {
        static let configuration = CommandConfiguration(
            "pause", "Hold an endpoint's deliveries; they wait and none is lost.",
            examples: "enlace endpoints pause ep_01JD0000000000000000000000")
        static let view = View.endpoint

        @Argument(help: .endpoint) var endpoint: EndpointID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post("/v1/endpoints/\(endpoint)/pause")
        }
    }

    /// `enlace endpoints resume`.
    struct Resume: APICommand {
        static let configuration = CommandConfiguration(
            "resume", "Send an endpoint's deliveries again.",
            examples: "enlace endpoints resume ep_01JD0000000000000000000000")
        static let view = View.endpoint

        @Argument(help: .endpoint) var endpoint: EndpointID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post("/v1/endpoints/\(endpoint)/resume")
        }
    }
}

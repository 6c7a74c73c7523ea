import ArgumentParser
import Gateway

/// `enlace deliveries`: events on their way to endpoints.
struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries", abstract: "See, retry and cancel deliveries.",
        subcommands: [List.self, Show.self, Retry.self, Replay.self, Cancel.self, Release.self])
}

extension View {
    /// Deliveries, alone with their attempts.
    static let delivery = View(
        [
            "id", "event_type", "event", "endpoint", "state", Column("attempt_count", "attempts"), "last_status",
            "last_failure", "due_at", "created_at",
        ],
        lists: [
            "attempts": [
                Column("number", "no"), "started_at", "ended_at", "status", "failure", Column("is_late", "late"),
                "excerpt",
            ]
        ])
}

extension DeliveriesCommand {
    /// `enlace deliveries list`.
    struct List: APICommand {
        static let configuration = CommandConfiguration(
            "list", "List deliveries, newest first.",
            examples: "enlace deliveries list --state exhausted --since 2026-11-24T00:00:00Z",
            "enlace deliveries list --seller ref:shop-12")
        static let view = View.delivery

        @OptionGroup var page: PageOptions
        @Option(help: "Only of this seller: sel_…, or ref: and your own id.") var seller: SellerReference?
        @Option(help: "Only to this endpoint: ep_….") var endpoint: EndpointID?
        @Option(help: "Only of this event: evt_….") var event: EventID?
        @Option(help: "Only in this state.") var state: Delivery.State?
        @Option(help: "Only those made since then, as 2026-11-24T00:00:00Z.") var since: Timestamp?
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get(
                "/v1/deliveries",
                query: [
                    ("seller", try await api.id(of: seller)?.description), ("endpoint", endpoint?.description),
                    ("event", event?.description), ("state", state?.rawValue), ("since", since?.description),
                ] + page.query)
        }
    }

    /// `enlace deliveries show`.
    struct Show: APICommand {
        static let configuration = CommandConfiguration(
            "show", "Show a delivery with its attempts.",
            examples: "enlace deliveries show dlv_01JD0000000000000000000000")
        static let view = View.delivery

        @Argument(help: .delivery) var delivery: DeliveryID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get("/v1/deliveries/\(delivery)")
        }
    }

    /// `enlace deliveries retry`.
    struct Retry: APICommand {
        static let configuration = CommandConfiguration(
            "retry", "Send a delivery again, now.", examples: "enlace deliveries retry dlv_01JD0000000000000000000000")
        static let view = View.delivery

        @Argument(help: .delivery) var delivery: DeliveryID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post("/v1/deliveries/\(delivery)/retry")
        }
    }

    /// `enlace deliveries replay`.
    struct Replay: APICommand {
        static let configuration = CommandConfiguration(
            "replay", "Send an endpoint's deliveries of some time again, as a job.",
            about: "They go under the same ids, marked Enlace-Replay, and never crowd out what is new.",
            examples:
                "enlace deliveries replay --endpoint ep_01JD0000000000000000000000 --since 2026-11-24T00:00:00Z --dry-run",
            "enlace deliveries replay --endpoint ep_01JD0000000000000000000000 --since 2026-11-24T00:00:00Z --state delivered"
        )
        static let view = View.replay

        @Option(help: "The endpoint: ep_….") var endpoint: EndpointID
        @Option(help: "Of events from then on, as 2026-11-24T00:00:00Z.") var since: Timestamp
        @Option(help: "Of events before that (default: now).") var until: Timestamp?
        @Option(help: "In this state, once or several times (default: exhausted).") var state: [Delivery.State] = []
        @Option(help: "Only of this payment, intent or order.") var resource: String?
        @Flag(help: "Count them, and send nothing.") var dryRun = false
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post(
                "/v1/deliveries/retry",
                body: .members([
                    "endpoint": .string(endpoint.description), "since": .string(since.description),
                    "until": .of(until?.description), "states": .list(state.map(\.rawValue)),
                    "resource": .of(resource), "dry_run": .bool(dryRun),
                ]))
        }
    }

    /// `enlace deliveries release`.
    struct Release: APICommand {
        static let configuration = CommandConfiguration(
            "release", "Let the deliveries go that are held since a backup was restored.",
            about: "They were open in the backup: receivers may have got them after it, under the same ids.",
            examples: "enlace deliveries release")
        static let view = View(["released"])

        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue { try await api.post("/v1/deliveries/release") }
    }

    /// `enlace deliveries cancel`.
    struct Cancel: APICommand {
        static let configuration = CommandConfiguration(
            "cancel", "Send a delivery no more.", examples: "enlace deliveries cancel dlv_01JD0000000000000000000000")
        static let view = View.delivery

        @Argument(help: .delivery) var delivery: DeliveryID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post("/v1/deliveries/\(delivery)/cancel")
        }
    }
}

import ArgumentParser
import Gateway

/// `enlace endpoints`: the URLs that get events.
struct EndpointsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "endpoints", abstract: "Add, test and hold the URLs that get events.",
        discussion: """
            An endpoint is one seller's, or the integrator's, which gets every seller's events. A new one gets nothing \
            but a test event until it has answered that with 2xx.

            Example:
              enlace endpoints create --seller ref:shop-12 --endpoint-url https://shop.example/hook --topic "payment.*"
              enlace endpoints test ep_01JD0000000000000000000000
            """,
        subcommands: [
            Create.self, List.self, Show.self, Update.self, Remove.self, RotateSecret.self, Test.self, Recover.self,
            Pause.self, Resume.self,
        ])
}

extension View {
    /// Endpoints.
    static let endpoint = View(
        ["id", "seller", "url", "topics", "state", "timeout_seconds", "created_at"], secret: "secret")
}

extension ArgumentHelp {
    fileprivate static let expand = ArgumentHelp(
        "Ask Mercado Pago about payments, intents and orders before the endpoint is told, and send the answer along.")
}

/// Whose endpoints.
struct EndpointOwner: ParsableArguments {
    /// The seller; none for the integrator.
    @Option(help: "Whose: sel_…, or ref: and your own id (default: the integrator's).") var seller: SellerReference?

    /// Where they are in the API.
    var path: APIPath { seller.map { "/v1/sellers/\($0)/endpoints" } ?? "/v1/endpoints" }
}

/// In which order and how fast an endpoint gets its deliveries.
struct EndpointPace: ParsableArguments {
    /// The order within one resource.
    @Option(help: "Order of one resource's deliveries: none, relaxed or strict (default: relaxed).")
    var ordering: Endpoint.Ordering?
    /// How many at once.
    @Option(help: "Most deliveries under way at once, 1 to 64 (default: 4).") var concurrency: Int?
    /// How many a second.
    @Option(help: "Most deliveries a second, 1 to 1000 (default: no limit; an update to 0 takes it away).")
    var ratePerSecond: Int?
}

extension EndpointsCommand {
    /// `enlace endpoints create`.
    struct Create: APICommand {
        static let configuration = CommandConfiguration(
            "create", "Add an endpoint; its signing secret is shown once.",
            examples:
                "enlace endpoints create --seller ref:shop-12 --endpoint-url https://shop.example/hook --topic \"point.*\"",
            "enlace endpoints create --endpoint-url https://till.example/hook")
        static let view = View.endpoint

        @OptionGroup var owner: EndpointOwner
        @Option(name: .customLong("endpoint-url"), help: "Where events go, an https URL.") var address: String
        @Option(help: "An event type, family.* or *; give none, one or several (default: *).") var topic: [String] = []
        @Option(help: "What you write about it.") var description: String?
        @Option(help: "envelope, or passthrough: as Mercado Pago sends and signs it (default: envelope).")
        var format: Endpoint.Format?
        @Flag(inversion: .prefixedNo, help: .expand) var expand: Bool?
        @Option(help: "How long an answer may take, 5 to 30 (default: 15).") var timeoutSeconds: Int?
        @OptionGroup var pace: EndpointPace
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post(
                owner.path,
                body: .members([
                    "url": .string(address), "topics": .list(topic), "description": .of(description),
                    "format": .of(format?.rawValue), "expand": .of(expand), "timeout_seconds": .of(timeoutSeconds),
                    "ordering": .of(pace.ordering?.rawValue),
                    "concurrency": .of(pace.concurrency), "rate_per_second": .of(pace.ratePerSecond),
                ]))
        }
    }

    /// `enlace endpoints list`.
    struct List: APICommand {
        static let configuration = CommandConfiguration(
            "list", "List the endpoints of a seller or of the integrator.",
            examples: "enlace endpoints list --seller ref:shop-12")
        static let view = View.endpoint

        @OptionGroup var owner: EndpointOwner
        @OptionGroup var page: PageOptions
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get(owner.path, query: page.query)
        }
    }

    /// `enlace endpoints show`.
    struct Show: APICommand {
        static let configuration = CommandConfiguration(
            "show", "Show an endpoint, never its secret.",
            examples: "enlace endpoints show ep_01JD0000000000000000000000")
        static let view = View.endpoint

        @Argument(help: .endpoint) var endpoint: EndpointID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get("/v1/endpoints/\(endpoint)")
        }
    }

    /// `enlace endpoints update`.
    struct Update: ChangeCommand {
        static let configuration = CommandConfiguration(
            "update", "Change an endpoint; a new URL has to be tested again.",
            examples: "enlace endpoints update ep_01JD0000000000000000000000 --topic payment.updated")
        static let view = View.endpoint

        @Argument(help: .endpoint) var endpoint: EndpointID
        @Option(name: .customLong("endpoint-url"), help: "Where events go from now on.") var address: String?
        @Option(help: "An event type, family.* or *, in place of all before.") var topic: [String] = []
        @Option(help: "What you write about it.") var description: String?
        @Flag(inversion: .prefixedNo, help: .expand) var expand: Bool?
        @Option(help: "How long an answer may take, 5 to 30.") var timeoutSeconds: Int?
        @OptionGroup var pace: EndpointPace
        @OptionGroup(title: "Gateway") var client: ClientOptions

        var path: APIPath { "/v1/endpoints/\(endpoint)" }

        func changes() -> JSONValue {
            .members([
                "url": .of(address), "topics": .list(topic), "description": .of(description),
                "expand": .of(expand), "timeout_seconds": .of(timeoutSeconds), "ordering": .of(pace.ordering?.rawValue),
                "concurrency": .of(pace.concurrency), "rate_per_second": .of(pace.ratePerSecond),
            ])
        }
    }

    /// `enlace endpoints remove`.
    struct Remove: APICommand {
        static let configuration = CommandConfiguration(
            "remove", "Remove an endpoint; what waits for it is canceled.",
            examples: "enlace endpoints remove ep_01JD0000000000000000000000")
        static let view = View.endpoint

        @Argument(help: .endpoint) var endpoint: EndpointID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.delete("/v1/endpoints/\(endpoint)")
        }

        func note(on answer: JSONValue) -> String? { "Removed \(endpoint)." }
    }
}

import ArgumentParser
import Gateway

/// `enlace events`: what happened.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "See what happened to sellers, and send it again.",
        subcommands: [List.self, Show.self, Replay.self])
}

extension View {
    /// Events.
    static let event = View(
        ["id", "type", "seller", "resource", "state", "proof", "created_at"], document: "body")
}

extension EventsCommand {
    /// `enlace events list`.
    struct List: APICommand {
        static let configuration = CommandConfiguration(
            "list", "List events, newest first.",
            examples: "enlace events list --seller ref:shop-12 --type payment.updated",
            "enlace events list --state parked")
        static let view = View.event

        @OptionGroup var page: PageOptions
        @Option(help: "Only this seller's: sel_…, or ref: and your own id.") var seller: SellerReference?
        @Option(help: "Only of this type.") var type: String?
        @Option(help: "Only in this state; parked ones name no linked account.") var state: Event.State?
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get(
                seller.map { "/v1/sellers/\($0)/events" } ?? "/v1/events",
                query: [("type", type), ("state", state?.rawValue)] + page.query)
        }
    }

    /// `enlace events show`.
    struct Show: APICommand {
        static let configuration = CommandConfiguration(
            "show", "Show an event with the body that is sent; reading it leaves an audit line.",
            examples: "enlace events show evt_01JD0000000000000000000000")
        static let view = View.event

        @Argument(help: .event) var event: EventID
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.get("/v1/events/\(event)")
        }
    }

    /// `enlace events replay`.
    struct Replay: APICommand {
        static let configuration = CommandConfiguration(
            "replay", "Send an event again, now, to the endpoints that take it.",
            about: "Also to an endpoint that was made after the event, or that got it before; the webhook-id stays.",
            examples: "enlace events replay evt_01JD0000000000000000000000",
            "enlace events replay evt_01JD0000000000000000000000 --endpoint ep_01JD0000000000000000000000")
        static let view = View.delivery

        @Argument(help: .event) var event: EventID
        @Option(help: "Only to this endpoint, whatever its topics: ep_….") var endpoint: EndpointID?
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue {
            try await api.post(
                "/v1/events/\(event)/replay", body: .members(["endpoint": .of(endpoint)]))
        }
    }
}

import ArgumentParser
import Gateway

extension View {
    /// Lines of the call log.
    static let call = View(["id", "started_at", "seller", "method", "route", "status", "microseconds", "key"])
}

/// `enlace calls`: what went through the proxy.
struct CallsCommand: APICommand {
    static let configuration = CommandConfiguration(
        "calls", "List calls that went through the proxy in the last 30 days, newest first.",
        examples: "enlace calls --seller sel_01JD0000000000000000000000",
        "enlace calls --status 502 --since 2026-01-01T00:00:00Z")
    static let view = View.call

    @OptionGroup var page: PageOptions
    @Option(help: "Only this seller's calls: sel_….") var seller: SellerID?
    @Option(help: "Only calls made with this key: key_….") var key: APIKeyID?
    @Option(help: "Only calls that were answered with this status, such as 502.") var status: Int?
    @Option(help: "Only what began at this time or later, in UTC as of RFC 3339.") var since: Timestamp?
    @Option(help: "Only what began before this time, in UTC as of RFC 3339.") var until: Timestamp?
    @OptionGroup(title: "Gateway") var client: ClientOptions

    func ask(_ api: APIClient) async throws -> JSONValue {
        try await api.get(
            "/v1/calls",
            query: [
                ("seller", seller?.description), ("key", key?.description), ("status", status.map { "\($0)" }),
                ("since", since?.description), ("until", until?.description),
            ] + page.query)
    }
}

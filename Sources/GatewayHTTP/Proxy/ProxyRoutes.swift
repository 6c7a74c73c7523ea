import Gateway
import HTTPTypes
import Hummingbird
import Metrics

/// The proxy's two addresses: `/v1/sellers/{seller}/proxy/…`, and `/proxy/…` for client code of the provider.
struct ProxyRoutes: Sendable {
    /// What the upstream's API uses; others are refused by the router.
    static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete]

    let lane: ProxyLane

    /// Adds the routes.
    func add(to router: some RouterMethods<GatewayRequestContext>) {
        for method in Self.methods {
            router.on("/v1/sellers/{seller}/proxy/**", method: method) { request, context in
                try await answer(request, CallID(context.requestID))
            }
            router.on("/proxy/**", method: method) { request, context in
                try await answer(request, CallID(context.requestID))
            }
        }
    }

    private func answer(_ request: Request, _ id: CallID?) async throws -> Response {
        let start = ContinuousClock.now
        let (seller, target) = try Self.split(request.head.path ?? "")
        do {
            let (response, forward) = try await lane.answer(request, id: id, target: target, seller: seller)
            Self.count(forward.route.pattern, "\(response.status.code / 100)xx", since: start)
            return response
        } catch let problem as Problem {
            Self.count("refused", problem.code.rawValue, since: start)
            throw problem
        }
    }

    /// Cuts the prefix off the raw target: what is matched must be the bytes that came (SEC C4.2).
    static func split(_ raw: String) throws(Problem) -> (seller: String?, target: String) {
        if raw.hasPrefix("/proxy/") { return (nil, String(raw.dropFirst("/proxy".count))) }
        let prefix = "/v1/sellers/"
        guard raw.hasPrefix(prefix) else { throw Problem(.badPath, "Send the target in origin form.") }
        let rest = raw.dropFirst(prefix.count)
        guard let slash = rest.firstIndex(of: "/"), rest[slash...].hasPrefix("/proxy/") else {
            throw Problem(.badPath, "Send the target as /v1/sellers/{seller}/proxy/{path}.")
        }
        return (String(rest[..<slash]), String(rest[slash...].dropFirst("/proxy".count)))
    }

    private static func count(_ route: String, _ outcome: String, since start: ContinuousClock.Instant) {
        Counter(
            label: MetricName.proxyRequests.rawValue,
            dimensions: [("route", route), ("status_class", outcome), ("lane", "ordinary")]
        ).increment()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        Recorder(label: MetricName.proxySeconds.rawValue, dimensions: [("route", route)]).record(seconds)
    }
}

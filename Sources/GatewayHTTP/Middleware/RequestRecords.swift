import Gateway
import HTTPTypes
import Hummingbird
import Logging
import Metrics

/// Gives each answer its request's id, and counts and logs it by route pattern, never by path or query (SEC C6.2).
struct RequestRecords: RouterMiddleware {
    func handle(
        _ request: Request, context: GatewayRequestContext,
        next: @concurrent (Request, GatewayRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await RequestMark.$current.withValue(context.requestID) {
            try await next(request, context)
        }
        response.headers[.enlaceRequestID] = context.requestID
        if response.headers[.xContentTypeOptions] == nil { response.headers[.xContentTypeOptions] = "nosniff" }
        let route = context.endpointPath ?? "none"
        let method = Self.known(request.method)
        Counter(
            label: MetricName.requests.rawValue,
            dimensions: [
                ("route", route), ("method", method), ("status_class", "\(response.status.code / 100)xx"),
            ]
        ).increment()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        Recorder(label: MetricName.requestSeconds.rawValue, dimensions: [("route", route)]).record(seconds)
        context.logger.info(
            "Answered",
            metadata: [
                LogKey.request.rawValue: "\(context.requestID)", "method": "\(method)", "route": "\(route)",
                "status": "\(response.status.code)",
                "seconds": "\(seconds)",
            ])
        return response
    }

    // A label from outside must come from a closed set.
    private static func known(_ method: HTTPRequest.Method) -> String {
        let all: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
        return all.contains(method) ? method.rawValue : "other"
    }
}

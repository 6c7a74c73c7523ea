import Gateway
import HTTPTypes
import Hummingbird

/// Refuses every target that is not in origin form, and what ``RequestHeadCheck`` marked.
struct RequestTargets: RouterMiddleware {
    func handle(
        _ request: Request, context: GatewayRequestContext,
        next: @concurrent (Request, GatewayRequestContext) async throws -> Response
    ) async throws -> Response {
        guard request.head.path?.utf8.first == UInt8(ascii: "/") else {
            throw Problem(.invalidRequest, "Send the target as a path from its first slash on, and one Host.")
        }
        return try await next(request, context)
    }
}

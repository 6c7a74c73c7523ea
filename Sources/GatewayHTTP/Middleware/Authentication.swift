import Gateway
import HTTPTypes
import Hummingbird

/// Finds the key in `Authorization: Bearer` (RFC 6750 §2.1); no other place is looked at.
struct Authentication: RouterMiddleware {
    let keys: APIKeys

    /// The answer to a request without a key.
    static let missing = Problem(.unauthorized, "Send an Enlace key as `Authorization: Bearer enl_…`.")

    func handle(
        _ request: Request, context: GatewayRequestContext,
        next: @concurrent (Request, GatewayRequestContext) async throws -> Response
    ) async throws -> Response {
        let parts = request.headers[.authorization]?.split(separator: " ", maxSplits: 1) ?? []
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw Self.missing }
        var context = context
        context.principal = try await keys.authenticate(String(parts[1]))
        return try await next(request, context)
    }
}

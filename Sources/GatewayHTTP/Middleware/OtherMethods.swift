import Gateway
import HTTPTypes
import Hummingbird

/// Answers 405 with `Allow` where a path has routes and none of this method (RFC 9110 §15.5.6).
///
/// To be added after every route: then it stands in front of the answer for what has no route, and of nothing else.
struct OtherMethods: RouterMiddleware {
    /// A route's path, cut into its parts.
    private struct Known: Sendable {
        let method: HTTPRequest.Method
        let parts: [Substring]

        /// For each part whether it takes a part of any name, or all that is left.
        var openness: [Int] { parts.map { $0 == "**" ? 2 : $0.hasPrefix("{") ? 1 : 0 } }

        func matches(_ path: [Substring]) -> Bool {
            if parts.last == "**" {
                guard path.count >= parts.count else { return false }
            } else if path.count != parts.count {
                return false
            }
            return zip(parts, path).allSatisfy { part, given in
                part == given || part == "**" || part.hasPrefix("{") && part.hasSuffix("}")
            }
        }
    }

    private let known: [Known]

    /// Takes all routes of a router.
    init(_ routes: [Router<GatewayRequestContext>.RouteDescription]) {
        known = routes.map { Known(method: $0.method, parts: $0.path.description.split(separator: "/")) }
    }

    func handle(
        _ request: Request, context: GatewayRequestContext,
        next: @concurrent (Request, GatewayRequestContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path.split(separator: "/")
        let matching = known.filter { $0.matches(path) }
        // As the router does, a part that is spelled out goes before one that takes whatever is given.
        let nearest = matching.min { $0.openness.lexicographicallyPrecedes($1.openness) }?.openness
        let methods = Set(matching.filter { $0.openness == nearest }.map(\.method.rawValue)).sorted()
        guard !methods.isEmpty else { return try await next(request, context) }
        let allowed = methods.joined(separator: ", ")
        let problem = Problem(.methodNotAllowed, "This path takes \(allowed).")
        var response = problem.response(request: context.requestID)
        response.headers[.allow] = allowed
        return request.method == .head ? response.createHeadResponse() : response
    }
}

import HTTPTypes
import Hummingbird
import NIOCore

/// One request as the simulator's routes see it: fully read, its query decoded.
struct Call: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let query: FormFields
    let headers: HTTPFields
    let body: [UInt8]
    let parameters: Parameters
    /// The line of the ledger, where a refresh token is posted.
    var refreshPost: RefreshPost.ID?

    /// Reads the whole request; at most 1 MiB of body.
    static func reading(_ request: Request, _ context: SandboxContext) async throws -> Call {
        var request = request
        let buffer = try await request.collectBody(upTo: 1 << 20)
        guard let query = FormFields(encoded: request.uri.query ?? "") else {
            throw Refusal(400, ["message": "malformed query", "error": "bad_request", "status": 400, "cause": []])
        }
        return Call(
            method: request.method, path: request.uri.path, query: query, headers: request.headers,
            body: Array(buffer.readableBytesView), parameters: context.parameters, refreshPost: context.refreshPost)
    }

    /// The value of a path parameter; empty when the route has none of that name.
    func parameter(_ name: String) -> String { parameters.get(name) ?? "" }

    /// The value of a numeric path parameter.
    func number(_ name: String) -> Int64? { Int64(parameter(name)) }

    /// The body as JSON; an absent body reads as an empty object.
    var json: JSON? { body.isEmpty ? [:] : JSON(parsing: body) }

    /// The body as a form; no pairs when it is none.
    var form: FormFields? { FormFields(encoded: String(decoding: body, as: UTF8.self)) }

    /// The token of the `Authorization` header; nil without a bearer token.
    var bearer: String? {
        guard let value = headers[.authorization] else { return nil }
        let halves = value.split(separator: " ", maxSplits: 1)
        guard halves.count == 2, halves[0].lowercased() == "bearer" else { return nil }
        return String(halves[1])
    }
}

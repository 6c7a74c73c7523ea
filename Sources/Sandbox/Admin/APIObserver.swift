import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// One line of `/_sim/requests`; it never holds a raw token.
struct RequestRecord: Sendable {
    let method: String
    let path: String
    let query: String
    let headerNames: [String]
    /// The few headers whose values matter to a test and hold no secret.
    let headers: [String: String]
    let bodyDigest: String
    let tokenOfUser: Int64?
    /// Nil while the request is being handled, and when its connection was cut.
    var status: Int?

    /// The line itself.
    var json: JSON {
        [
            "method": .string(method), "path": .string(path), "query": .string(query),
            "header_names": .array(headerNames.map(JSON.string)),
            "headers": .object(headers.mapValues(JSON.string)), "body_sha256": .string(bodyDigest),
            "token_of_user": tokenOfUser.map(JSON.int) ?? .null, "status": status.map { .int(Int64($0)) } ?? .null,
        ]
    }
}

/// Logs every API request and lets the faults strike.
struct APIObserver: RouterMiddleware {
    typealias Context = SandboxContext
    let simulator: Simulator

    /// Reads the whole body, notes the request, then answers, delays, cuts or passes on.
    func handle(
        _ request: Request, context: SandboxContext,
        next: @concurrent (Request, SandboxContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        let body = try await request.collectBody(upTo: 1 << 20)
        let (number, fault) = simulator.change { world in
            let record = world.record(request, Array(body.readableBytesView))
            return (world.requests.append(record), world.takeFault(request.method, request.uri.path))
        }
        let response = try await answer(request, context, struckBy: fault, next)
        simulator.change { $0.requests.update(number) { $0.status = response.status.code } }
        return response
    }

    private func answer(
        _ request: Request, _ context: SandboxContext, struckBy fault: Fault?,
        _ next: @concurrent (Request, SandboxContext) async throws -> Response
    ) async throws -> Response {
        guard let fault else { return try await next(request, context) }
        if let reply = fault.reply { return reply.response }
        switch fault.kind {
        case .delay:
            try await Task.sleep(for: .milliseconds(fault.delayMS))
            return try await next(request, context)
        case .dropAfter:
            _ = try await next(request, context)
        default: break
        }
        // Once the channel is closed, nothing of the response can reach the peer.
        try? await context.channel.close().get()
        return Response(status: .serviceUnavailable)
    }
}

extension World {
    private static let loggedHeaders: Set<String> = [
        "x-idempotency-key", "host", "content-type", "user-agent", "x-product-id", "x-platform-id",
    ]

    /// The log line of a request that just arrived.
    fileprivate func record(_ request: Request, _ body: [UInt8]) -> RequestRecord {
        let bearer = request.headers[.authorization].flatMap { $0.split(separator: " ").last.map(String.init) }
        var logged: [String: String] = [:]
        for field in request.headers where Self.loggedHeaders.contains(field.name.canonicalName) {
            logged[field.name.canonicalName] = field.value
        }
        if let host = request.head.authority { logged["host"] = host }
        return RequestRecord(
            method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "",
            headerNames: request.headers.map(\.name.canonicalName), headers: logged,
            bodyDigest: Hex.lower(SHA256.hash(data: Data(body))),
            tokenOfUser: bearer.flatMap { accessTokens[$0]?.owner.userID })
    }
}

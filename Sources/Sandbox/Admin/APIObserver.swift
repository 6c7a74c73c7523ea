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

/// Logs every API request, keeps the ledger and lets the faults strike.
struct APIObserver: RouterMiddleware {
    typealias Context = SandboxContext

    // What is known of a request before anything is decided.
    private struct Arrival: Sendable {
        let number: Int
        let userID: Int64?
        let post: RefreshPost.ID?
        let fault: Fault?
    }

    let simulator: Simulator

    /// Reads the whole body, notes the request, then answers, delays, holds, cuts or passes on.
    func handle(
        _ request: Request, context: SandboxContext,
        next: @concurrent (Request, SandboxContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        _ = try await request.collectBody(upTo: 1 << 20)
        let call = try? await Call.reading(request, context)
        let arrival = simulator.change { world in
            let post = call.flatMap(\.refreshToken).flatMap { world.noteRefreshPost(of: $0) }
            let userID = call.flatMap { world.account(of: $0) }
            let fault = world.takeFault(request.method, request.uri.path, of: userID)
            world.note(post) { $0.fault = fault?.name }
            let record = world.record(request, call?.body ?? [])
            return Arrival(number: world.requests.append(record), userID: userID, post: post, fault: fault)
        }
        var context = context
        context.refreshPost = arrival.post
        if let fault = arrival.fault, fault.kind == .rewrite { context.rewriting = fault.members }
        let response = try await answer(request, context, arrival, next)
        simulator.change { world in
            world.requests.update(arrival.number) { $0.status = response?.status.code }
            world.note(arrival.post) { post in
                post.state = response == nil ? .cut : .answered
                post.status = response?.status.code
            }
        }
        if let response { return response }
        // Once the channel is closed, nothing of the response can reach the peer.
        try? await context.channel.close().get()
        return Response(status: .serviceUnavailable)
    }

    /// The answer; nil for a connection that is to be closed.
    private func answer(
        _ request: Request, _ context: SandboxContext, _ arrival: Arrival,
        _ next: @concurrent (Request, SandboxContext) async throws -> Response
    ) async throws -> Response? {
        guard let fault = arrival.fault else { return try await next(request, context) }
        let own = fault.isAfter ? try await next(request, context) : nil
        if let reply = fault.reply { return reply.response }
        switch fault.kind {
        case .drop, .dropAfter: return nil
        case .delay: try await Task.sleep(for: .milliseconds(fault.delayMS))
        case .hold:
            simulator.change { $0.note(arrival.post) { $0.state = .held } }
            guard await simulator.held.wait(of: arrival.userID) == .goOn else { return nil }
        case .rewrite, .status, .plain429, .html502, .redirect, .badJSON: break
        }
        if let own { return own }
        return try await next(request, context)
    }
}

extension Call {
    /// The refresh token that is posted to the token endpoint.
    fileprivate var refreshToken: String? { path == "/oauth/token" ? field("refresh_token") : nil }

    /// A field of a JSON document or of a form.
    fileprivate func field(_ name: String) -> String? { json?[name]?.string ?? form?[name] }
}

extension World {
    private static let loggedHeaders: Set<String> = [
        "x-idempotency-key", "host", "content-type", "user-agent", "x-product-id", "x-platform-id",
    ]

    /// The account that a request's token or code belongs to; notes which access token was accepted.
    fileprivate mutating func account(of call: Call) -> Int64? {
        if let bearer = call.bearer, let token = accessTokens[bearer] {
            if !token.isRevoked, token.expiresAt > now { grants[token.owner]?.calledWith = token.generation }
            return token.owner.userID
        }
        guard call.path == "/oauth/token" else { return nil }
        if let token = call.field("refresh_token") { return refreshTokens[token]?.owner.userID }
        return call.field("code").flatMap { codes[$0]?.owner.userID }
    }

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

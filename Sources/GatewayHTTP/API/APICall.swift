import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore

/// One call of the API, its body read.
struct APICall: Sendable {
    /// Largest body in bytes.
    static let largestBody = 1 << 20

    let request: Request
    let context: AuthenticatedContext
    let body: [UInt8]
    /// Who asks; carries the idempotency key of a POST.
    let caller: Caller

    /// Reads the body and the idempotency key.
    ///
    /// - Throws: ``Problem/Code/invalidRequest`` for a key that is not 1 to 255 printable ASCII characters.
    init(_ request: Request, _ context: AuthenticatedContext, hashing: KeyedHash) async throws {
        self.request = request
        self.context = context
        body = Array(buffer: try await request.body.collect(upTo: Self.largestBody))
        var idempotency: (key: String, hash: [UInt8])?
        if request.method == .post, let key = request.headers[.idempotencyKey] {
            guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                throw Problem.invalid("Idempotency-Key", "Send 1 to 255 printable ASCII characters.")
            }
            let hash = hashing.mac(
                "idempotency", Array(request.method.rawValue.utf8), Array(request.uri.path.utf8), body)
            idempotency = (key, hash)
        }
        caller = Caller(principal: context.principal, request: context.requestID, idempotency: idempotency)
    }

    var principal: Principal { context.principal }

    /// A parameter of the path as an id; an id of another kind can't exist either.
    func id<Subject>(_ name: String, orThrow missing: Problem) throws(Problem) -> Identifier<Subject> {
        guard let id = context.parameters.get(name).flatMap({ Identifier<Subject>($0) }) else { throw missing }
        return id
    }

    /// A parameter of the query.
    func query(_ name: String) -> String? {
        request.uri.queryParameters[Substring(name)].map(String.init)
    }

    /// A time that narrows a list.
    func time(_ name: String) throws(Problem) -> Timestamp? {
        guard let text = query(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw .invalid(name, "Give a time in UTC as of RFC 3339.")
        }
        return time
    }

    /// `limit` and `after`.
    func page() throws(Problem) -> Page {
        var limit = 50
        if let text = query("limit") {
            guard let number = Int(text), (1...200).contains(number) else { throw .invalid("limit", "Give 1 to 200.") }
            limit = number
        }
        guard let text = query("after") else { return Page(limit: limit) }
        guard let ulid = text.split(separator: "_").last.flatMap({ ULID(String($0)) }) else {
            throw .invalid("after", "Give the `next` of a page.")
        }
        return Page(limit: limit, after: ulid)
    }
}

/// Registers routes of the API and answers each in the one way.
struct APIRoutes {
    let router: RouterGroup<AuthenticatedContext>
    let repetitions: Repetitions

    typealias Handler = @Sendable (APICall) async throws -> any Encodable

    /// A route that reads.
    func get(_ path: RouterPath, _ handler: @escaping Handler) {
        answer(path) { call in try Self.json(try await handler(call), status: .ok) }
    }

    /// A route that reads and makes its answer itself.
    func answer(_ path: RouterPath, _ handler: @escaping @Sendable (APICall) async throws -> Response) {
        router.get(path) { [hashing = repetitions.hashing] request, context in
            try await handler(try await APICall(request, context, hashing: hashing))
        }
    }

    /// A route that changes; what it answers is what was changed.
    func patch(_ path: RouterPath, _ handler: @escaping Handler) {
        router.patch(path) { [hashing = repetitions.hashing] request, context in
            try Self.json(try await handler(try await APICall(request, context, hashing: hashing)), status: .ok)
        }
    }

    /// A route that removes: 204.
    func delete(_ path: RouterPath, _ handler: @escaping @Sendable (APICall) async throws -> Void) {
        router.delete(path) { [hashing = repetitions.hashing] request, context in
            try await handler(try await APICall(request, context, hashing: hashing))
            return Response(status: .noContent, headers: [.cacheControl: "no-store"])
        }
    }

    /// A route that makes or does something, once per `Idempotency-Key` (DESIGN §4).
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - status: 201 for what makes something.
    ///   - repeated: Shows again what the recorded id names, without a secret.
    ///   - handler: Does it.
    func post(
        _ path: RouterPath, status: HTTPResponse.Status = .ok,
        repeated: @escaping @Sendable (String, APICall) async throws -> any Encodable, _ handler: @escaping Handler
    ) {
        router.post(path) { [repetitions] request, context in
            let call = try await APICall(request, context, hashing: repetitions.hashing)
            if let record = try await repetitions.record(of: call) {
                return try await Self.again(record, call, repeated)
            }
            do {
                return try Self.json(try await handler(call), status: status)
            } catch let problem as Problem where problem.code == .idempotencyKeyReused {
                // Two at once: the other one was first.
                guard let record = try await repetitions.record(of: call) else { throw problem }
                return try await Self.again(record, call, repeated)
            }
        }
    }

    private static func again(
        _ record: IdempotencyRecord, _ call: APICall,
        _ repeated: @Sendable (String, APICall) async throws -> any Encodable
    ) async throws -> Response {
        var response = try json(
            try await repeated(record.resource, call), status: HTTPResponse.Status(code: record.status))
        response.headers[.idempotencyReplayed] = "true"
        return response
    }

    static func json(_ value: any Encodable, status: HTTPResponse.Status) throws -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try JSONEncoder.gateway.encode(value))))
    }
}

/// What callers' idempotency keys were used for (DESIGN §4).
struct Repetitions: Sendable {
    /// For how long a repeated request is answered alike.
    static let life = Duration.seconds(86_400)

    let hashing: KeyedHash
    let idempotency: any IdempotencyStore
    let clock: WallClock

    /// What the call's key was used for, or `nil`.
    ///
    /// - Throws: ``Problem/Code/idempotencyKeyReused`` where that was another request.
    func record(of call: APICall) async throws(Problem) -> IdempotencyRecord? {
        guard let (key, hash) = call.caller.idempotency else { return nil }
        let record: IdempotencyRecord?
        do {
            record = try await idempotency.record(
                of: call.principal.key, key: key, since: clock.now - Self.life)
        } catch { throw Problem(error) }
        guard let record else { return nil }
        guard record.requestHash == hash else {
            throw Problem(
                .idempotencyKeyReused, "This Idempotency-Key was used for another request. Use a new one.")
        }
        return record
    }
}

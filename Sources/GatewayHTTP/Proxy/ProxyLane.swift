public import AsyncHTTPClient
import Foundation
public import Gateway
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The ordinary lane: takes everything legal, decides by ``ProxyPolicy``, streams answers with back-pressure.
public struct ProxyLane: Sendable {
    /// Largest request body in bytes (DESIGN §4).
    static let largestRequest = 1 << 20
    /// Largest answer in bytes; what is longer is cut with its connection.
    static let largestAnswer = 32 << 20

    /// Largest refusal in bytes that is read before it is passed on.
    static let largestRefusal = 256 << 10

    private let policy: ProxyPolicy
    private let resolver: ProxyResolver
    private let renewal: ProxyRenewal
    private let calls: CallLog
    private let clock: WallClock
    private let monotonic: MonotonicClock
    private let client: HTTPClient
    private let upstream: String
    private let answerTimeout: TimeAmount

    /// Takes the policy, what fills its caches, and a client that never follows redirects.
    ///
    /// - Parameters:
    ///   - policy: Decides about each request.
    ///   - resolver: Finds out what the policy waits for.
    ///   - renewal: Renews a token that the provider refused.
    ///   - calls: Gets a line about each call.
    ///   - clock: The time of day.
    ///   - monotonic: The time that passes.
    ///   - client: Calls the upstream; its redirects are disallowed.
    ///   - upstream: Scheme, host and port, a constant of the configuration (SEC C4.1).
    ///   - answerTimeout: The longest wait for an answer's head.
    public init(
        policy: ProxyPolicy, resolver: ProxyResolver, renewal: ProxyRenewal, calls: CallLog, clock: WallClock,
        monotonic: MonotonicClock, client: HTTPClient, upstream: String, answerTimeout: Duration
    ) {
        self.policy = policy
        self.resolver = resolver
        self.renewal = renewal
        self.calls = calls
        self.clock = clock
        self.monotonic = monotonic
        self.client = client
        self.upstream = upstream
        self.answerTimeout = TimeAmount(answerTimeout)
    }

    /// Decides, forwards and answers; repeats a call once at most, and only one that may be (SEC C4.10).
    ///
    /// - Throws: ``Problem`` for whatever is not forwarded.
    func answer(
        _ request: Request, id: CallID?, target: String, seller: String?
    ) async throws -> (Response, ProxyForward) {
        let line = id.map { CallLine($0, in: calls, at: clock.now, clock: monotonic) }
        let read = ProxyRequest(
            method: request.method.rawValue, target: target, seller: seller,
            headers: request.headers.map { (name: $0.name.canonicalName, value: $0.value) })
        let first = CallInHand(try await policy.decided(read, resolver), policy: policy, line: line)
        let body = try await Self.body(of: request, first)
        first.noteRequest(body?.readableBytes ?? 0)
        let mayRepeat = first.forward.isReplaySafe
        let (answer, isRepeated) = try await sent(first, body, mayRepeat: mayRepeat)
        guard answer.status == .unauthorized else { return (try Self.response(answer, first), first.forward) }
        let refusal = try await Self.refusal(answer, first)
        let isNew = await renewal.isWorthRetrying(
            first.forward, status: Int(answer.status.code), body: Array(refusal.readableBytesView))
        guard isNew, mayRepeat, !isRepeated, policy.takeRepeat() else {
            first.count(refusal.readableBytes)
            let headers = Self.headers(answer, first.forward)
            let response = Response(
                status: .unauthorized, headers: headers, body: ResponseBody(byteBuffer: refusal))
            return (response, first.forward)
        }
        let second = first.again(try await policy.decided(read.again(after: first.forward), resolver))
        return (try Self.response(try await sent(second, body, mayRepeat: false).answer, second), second.forward)
    }

    /// Reads the body whole before anything is sent.
    ///
    /// A slow caller then holds no connection to the provider, and nobody reads on in a body while its connection turns
    /// to the next request because the answer ended first: two readers of one body end the process.
    private static func body(of request: Request, _ call: CallInHand) async throws -> ByteBuffer? {
        if let text = request.headers[.contentLength] {
            guard let length = Int64(text), length <= largestRequest else { throw tooLarge(call) }
        } else if request.headers[.transferEncoding] == nil {
            return nil
        }
        do {
            let body = try await request.body.collect(upTo: largestRequest)
            return body.readableBytes == 0 ? nil : body
        } catch is NIOTooManyBytesError {
            throw tooLarge(call)
        }
    }

    private static func tooLarge(_ call: CallInHand) -> Problem {
        let problem = Problem(.bodyTooLarge, "Send at most 1 MiB.")
        call.noteStatus(problem.status.code)
        return problem
    }

    /// Sends a call; once more where its connection turned out to be closed before a byte of the answer.
    ///
    /// AsyncHTTPClient 1.37 repeats only the making of a connection (`retryConnectionEstablishment`): once a request
    /// was handed to one, its end fails the request (`HTTP1ConnectionStateMachine`, `HTTPRequestStateMachine`:
    /// `remoteConnectionClosed`). So nothing is ever sent twice but by the line below.
    private func sent(
        _ call: CallInHand, _ body: ByteBuffer?, mayRepeat: Bool
    ) async throws -> (answer: HTTPClientResponse, isRepeated: Bool) {
        do {
            return (try await execute(call, body), false)
        } catch  where mayRepeat && Self.isClosedConnection(error) && policy.takeRepeat() {
            do { return (try await execute(call, body), true) } catch { throw Self.ended(call, error) }
        } catch {
            throw Self.ended(call, error)
        }
    }

    private func execute(_ call: CallInHand, _ body: ByteBuffer?) async throws -> HTTPClientResponse {
        var outgoing = HTTPClientRequest(url: upstream + call.forward.target)
        outgoing.method = HTTPMethod(rawValue: call.forward.method)
        for (name, value) in call.forward.headers {
            value.reveal { outgoing.headers.add(name: name, value: $0) }
        }
        outgoing.body = body.map { .bytes($0) }
        let answer = try await client.execute(outgoing, timeout: answerTimeout)
        guard answer.status.code >= 200 else { throw Self.broken }
        let wait = answer.headers.first(name: "retry-after").flatMap { Int64($0) }
        call.note(
            .answered(
                status: Int(answer.status.code), retryAfter: wait.map { .seconds(min(max($0, 0), 86_400)) }),
            status: Int(answer.status.code))
        return answer
    }

    /// The whole body of a refusal, whose call is over then.
    private static func refusal(_ answer: HTTPClientResponse, _ call: CallInHand) async throws -> ByteBuffer {
        do {
            let body = try await answer.body.collect(upTo: largestRefusal)
            call.end()
            return body
        } catch {
            throw problem(error)
        }
    }

    private static func isClosedConnection(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError: error == .remoteConnectionClosed
        case let error as IOError: error.errnoCode == ECONNRESET || error.errnoCode == EPIPE
        default: false
        }
    }

    private static func headers(_ answer: HTTPClientResponse, _ forward: ProxyForward) -> HTTPFields {
        var headers = HTTPFields()
        for (name, value) in answer.headers where forward.responseAllowed.contains(name.lowercased()) {
            if let field = HTTPField.Name(name) { headers.append(HTTPField(name: field, value: value)) }
        }
        headers[.cacheControl] = "no-store"
        headers[.xContentTypeOptions] = "nosniff"
        if let made = forward.madeIdempotencyKey { headers[.upstreamIdempotencyKey] = made }
        return headers
    }

    private static func response(_ answer: HTTPClientResponse, _ call: CallInHand) throws -> Response {
        guard !(300...399).contains(answer.status.code) else {
            let problem = Problem(.upstreamRedirect, "The provider answered with a redirect, which is never followed.")
            call.noteStatus(problem.status.code)
            throw problem
        }
        // An answer to HEAD has no body, so it must not be framed as one of unknown length.
        let unknown: Int? = call.forward.method == "HEAD" ? 0 : nil
        let length = answer.headers.first(name: "content-length").flatMap { Int($0) } ?? unknown
        let body = ResponseBody(contentLength: length) { writer in
            var count = 0
            for try await part in answer.body {
                count += part.readableBytes
                guard count <= largestAnswer else { throw HTTPClientError.bodyLengthMismatch }
                call.count(part.readableBytes)
                try await writer.write(part)
            }
            // The seller's next call may come as soon as this one's last byte has gone.
            call.end()
            try await writer.finish(nil)
        }
        return Response(
            status: .init(code: Int(answer.status.code)), headers: headers(answer, call.forward), body: body)
    }

    /// Notes why a call brought no answer; what its caller is told.
    private static func ended(_ call: CallInHand, _ error: any Error) -> any Error {
        let problem = problem(error)
        let outcome: ProxyOutcome =
            switch problem.code {
            case .upstreamTimeout: .timedOut
            case .overloaded: .abandoned
            default: problem == unreachable ? .unreachable : .broken
            }
        call.note(outcome, status: problem.status.code)
        return problem
    }

    private static func problem(_ error: any Error) -> Problem {
        let timeOuts: [HTTPClientError] = [.readTimeout, .deadlineExceeded, .writeTimeout]
        let unsent: [HTTPClientError] = [.connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout]
        switch error {
        case let error as HTTPClientError where timeOuts.contains(error):
            return Problem(.upstreamTimeout, "The provider did not answer in time. Check before you repeat a write.")
        case let error as HTTPClientError where unsent.contains(error): return unreachable
        // What an address in place of a name gives: no connection was made.
        case let error as IOError where unconnected.contains(error.errnoCode): return unreachable
        case is NIOConnectionError, is ChannelError, is NIOSSLError, is NIOSSLExtraError: return unreachable
        case is CancellationError:
            return Problem(.overloaded, "The gateway is shutting down.", retryAfter: .seconds(5))
        default: return broken
        }
    }

    /// What can go wrong before a connection is there, and not later.
    private static let unconnected = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH]

    private static let broken = Problem(
        .upstreamUnreachable, "The provider's connection broke. Check before you repeat a write.")

    private static let unreachable = Problem(
        .upstreamUnreachable, "The provider can't be reached just now. Nothing was sent; try again.",
        retryAfter: .seconds(5))
}

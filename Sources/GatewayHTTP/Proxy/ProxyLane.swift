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

    private let policy: ProxyPolicy
    private let resolver: ProxyResolver
    private let client: HTTPClient
    private let upstream: String
    private let answerTimeout: TimeAmount

    /// Takes the policy, what fills its caches, and a client that never follows redirects.
    ///
    /// - Parameters:
    ///   - policy: Decides about each request.
    ///   - resolver: Finds out what the policy waits for.
    ///   - client: Calls the upstream; its redirects are disallowed.
    ///   - upstream: Scheme, host and port, a constant of the configuration (SEC C4.1).
    ///   - answerTimeout: The longest wait for an answer's head.
    public init(
        policy: ProxyPolicy, resolver: ProxyResolver, client: HTTPClient, upstream: String, answerTimeout: Duration
    ) {
        self.policy = policy
        self.resolver = resolver
        self.client = client
        self.upstream = upstream
        self.answerTimeout = TimeAmount(answerTimeout)
    }

    /// Decides, forwards and answers.
    ///
    /// - Throws: ``Problem`` for whatever is not forwarded.
    func answer(_ request: Request, target: String, seller: String?) async throws -> (Response, ProxyForward) {
        let forward = try await decided(request, target: target, seller: seller)
        let body = try await Self.body(of: request)
        var outgoing = HTTPClientRequest(url: upstream + forward.target)
        outgoing.method = HTTPMethod(rawValue: forward.method)
        for (name, value) in forward.headers { value.reveal { outgoing.headers.add(name: name, value: $0) } }
        outgoing.body = body
        let answer: HTTPClientResponse
        do {
            answer = try await client.execute(outgoing, timeout: answerTimeout)
        } catch {
            throw Self.problem(error)
        }
        guard answer.status.code >= 200 else { throw Self.broken }
        guard !(300...399).contains(answer.status.code) else {
            throw Problem(.upstreamRedirect, "The provider answered with a redirect, which is never followed.")
        }
        return (Self.response(answer, forward), forward)
    }

    private func decided(_ request: Request, target: String, seller: String?) async throws -> ProxyForward {
        let read = ProxyRequest(
            method: request.method.rawValue, target: target, seller: seller,
            headers: request.headers.map { (name: $0.name.canonicalName, value: $0.value) })
        // Key, seller and token, each once; a cache entry that is forgotten meanwhile costs one more round.
        for _ in 0..<8 {
            switch policy.decide(read) {
            case .forward(let forward): return forward
            case .refuse(let problem): throw problem
            case .wait(let need): try await resolver.resolve(need)
            }
        }
        throw Problem(.overloaded, "What this call needs changes faster than it can be read.", retryAfter: .seconds(1))
    }

    /// Reads the body whole before anything is sent.
    ///
    /// A slow caller then holds no connection to the provider, and nobody reads on in a body while its connection turns
    /// to the next request because the answer ended first: two readers of one body end the process.
    private static func body(of request: Request) async throws -> HTTPClientRequest.Body? {
        if let text = request.headers[.contentLength] {
            guard let length = Int64(text), length <= largestRequest else { throw bodyTooLarge }
        } else if request.headers[.transferEncoding] == nil {
            return nil
        }
        do {
            let body = try await request.body.collect(upTo: largestRequest)
            return body.readableBytes == 0 ? nil : .bytes(body)
        } catch is NIOTooManyBytesError {
            throw bodyTooLarge
        }
    }

    private static let bodyTooLarge = Problem(.bodyTooLarge, "Send at most 1 MiB.")

    private static func response(_ answer: HTTPClientResponse, _ forward: ProxyForward) -> Response {
        var headers = HTTPFields()
        for (name, value) in answer.headers where forward.responseAllowed.contains(name.lowercased()) {
            if let field = HTTPField.Name(name) { headers.append(HTTPField(name: field, value: value)) }
        }
        headers[.cacheControl] = "no-store"
        headers[.xContentTypeOptions] = "nosniff"
        if let made = forward.madeIdempotencyKey { headers[.upstreamIdempotencyKey] = made }
        // An answer to HEAD has no body, so it must not be framed as one of unknown length.
        let unknown: Int? = forward.method == "HEAD" ? 0 : nil
        let length = answer.headers.first(name: "content-length").flatMap { Int($0) } ?? unknown
        let body = ResponseBody(contentLength: length) { writer in
            var count = 0
            for try await part in answer.body {
                count += part.readableBytes
                guard count <= largestAnswer else { throw HTTPClientError.bodyLengthMismatch }
                try await writer.write(part)
            }
            try await writer.finish(nil)
        }
        return Response(status: .init(code: Int(answer.status.code)), headers: headers, body: body)
    }

    private static func problem(_ error: any Error) -> Problem {
        let timeOuts: [HTTPClientError] = [.readTimeout, .deadlineExceeded, .writeTimeout]
        let unsent: [HTTPClientError] = [.connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout]
        switch error {
        case let error as HTTPClientError where timeOuts.contains(error):
            return Problem(.upstreamTimeout, "The provider did not answer in time. Check before you repeat a write.")
        case let error as HTTPClientError where unsent.contains(error): return unreachable
        case is NIOConnectionError, is ChannelError, is NIOSSLError, is NIOSSLExtraError: return unreachable
        case is CancellationError:
            return Problem(.overloaded, "The gateway is shutting down.", retryAfter: .seconds(5))
        case let error as IOError where unconnected.contains(error.errnoCode): return unreachable
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

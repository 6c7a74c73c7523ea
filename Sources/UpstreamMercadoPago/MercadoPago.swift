import AsyncHTTPClient
import Foundation
import Gateway
import NIOCore
import NIOHTTP1
import NIOSSL

/// The provider's API as the gateway's core asks it; redirects are never followed and certificates always checked.
public struct MercadoPago: Sendable {
    /// Largest answer that is read, in bytes.
    static let largestAnswer = 1 << 20
    /// For an exchange and for other calls; after that the answer is not known.
    static let callDeadline = TimeAmount.seconds(20)
    /// For a refresh, whose answer must not be lost to a short wait (invariant 4).
    static let refreshDeadline = TimeAmount.seconds(120)

    let configuration: MercadoPagoConfiguration
    let client: HTTPClient
    // Each of its connections serves one request: an idle one that dies at the moment of its reuse would leave a
    // refresh unanswered (invariant 4).
    private let tokenClient: HTTPClient

    /// Makes the client.
    ///
    /// - Throws: what is wrong with the certificate file.
    public init(configuration: MercadoPagoConfiguration) throws {
        self.configuration = configuration
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = configuration.caFile {
            tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(file))]
        }
        var settings = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10)))
        settings.httpVersion = .http1Only
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        settings.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        settings.maximumUsesPerConnection = 1
        tokenClient = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    /// Ends the client; nothing may be asked afterwards.
    public func shutdown() async throws {
        try await client.shutdown()
        try await tokenClient.shutdown()
    }

    /// Calls with a token and reads a 2xx answer.
    func call(
        _ method: HTTPMethod, _ path: String, token: Secret<String>, body: [String: Any]? = nil
    ) async throws(UpstreamError) -> [String: Any] {
        AnswerReading.object(try await answer(to: method, path, token: token, body: body).body) ?? [:]
    }

    /// Calls with a token; the answer is a 2xx one.
    func answer(
        to method: HTTPMethod, _ path: String, token: Secret<String>, body: [String: Any]? = nil
    ) async throws(UpstreamError) -> Answer {
        var request = HTTPClientRequest(url: configuration.apiURL + path)
        request.method = method
        token.reveal { request.headers.add(name: "authorization", value: "Bearer \($0)") }
        if let body { request.set(json: body) }
        let answer = try await execute(request, by: client, within: Self.callDeadline)
        guard (200...299).contains(answer.status) else { throw AnswerReading.callError(answer) }
        return answer
    }

    /// Posts to the token endpoint on a connection of its own.
    func grant(
        _ members: [String: Any], within deadline: TimeAmount
    ) async throws(UpstreamError) -> TokenGrant {
        var request = HTTPClientRequest(url: configuration.apiURL + "/oauth/token")
        request.method = .POST
        request.set(json: members)
        return try AnswerReading.grant(try await execute(request, by: tokenClient, within: deadline))
    }

    /// Calls once and reads the answer.
    func execute(
        _ request: HTTPClientRequest, by client: HTTPClient, within deadline: TimeAmount
    ) async throws(UpstreamError) -> Answer {
        do {
            let response = try await client.execute(request, timeout: deadline)
            let body = try await response.body.collect(upTo: Self.largestAnswer)
            return Answer(
                status: Int(response.status.code), retryAfter: response.headers.first(name: "retry-after"),
                body: Array(buffer: body), date: response.headers.first(name: "date"))
        } catch {
            throw AnswerReading.failure(error)
        }
    }
}

/// An answer of the provider.
struct Answer: Sendable {
    let status: Int
    let retryAfter: String?
    let body: [UInt8]
    /// The provider's time, as it wrote it.
    var date: String?
}

extension HTTPClientRequest {
    fileprivate mutating func set(json members: [String: Any]) {
        headers.add(name: "content-type", value: "application/json")
        // Made of text, numbers and truth values by this adapter alone: it can always be written.
        let data = (try? JSONSerialization.data(withJSONObject: members)) ?? Data()
        body = .bytes(ByteBuffer(bytes: data))
    }
}

import AsyncHTTPClient
import Gateway
import NIOCore
import NIOHTTP1

/// Asks the gateway's API with a key.
struct APIClient: Sendable {
    /// Largest answer that is read, in bytes.
    private static let largestAnswer = 32 << 20
    /// For how long an answer is waited for.
    static let deadline = TimeAmount.seconds(30)
    /// For how long an answer is waited for that takes in everything there is.
    static let longDeadline = TimeAmount.minutes(60)

    /// What paths are put behind.
    let url: String
    private let key: Secret<String>?
    private let http: HTTPClient

    /// Takes the address that paths are put behind, and the key, if one is sent.
    init(url: String, key: Secret<String>?, http: HTTPClient) {
        self.url = url
        self.key = key
        self.http = http
    }

    /// Lends a client to `body` and ends its connections afterwards.
    static func withClient<Answer>(
        url: String, key: Secret<String>?, _ body: (APIClient) async throws -> Answer
    ) async throws -> Answer {
        // A key is meant for one address: a redirect would carry it elsewhere.
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5)))
        settings.connectionPool.retryConnectionEstablishment = false
        return try await HTTPClient.withHTTPClient(configuration: settings) { http in
            try await body(APIClient(url: url, key: key, http: http))
        }
    }

    /// Asks once and reads the answer, `null` where it has no body.
    ///
    /// - Parameters:
    ///   - method: What is done.
    ///   - path: To what.
    ///   - query: Its parameters; those without a value are left out.
    ///   - body: What is sent.
    ///   - headers: Sent beside those that every request has.
    ///   - deadline: After that the answer is waited for no more.
    /// - Returns: The answer's document.
    /// - Throws: ``APIError`` for an answer that is no success, ``UnreachableGateway`` where none came.
    func call(
        _ method: HTTPMethod, _ path: APIPath, query: [(String, String?)] = [], body: JSONValue? = nil,
        headers: [(String, String)] = [], within deadline: TimeAmount = Self.deadline
    ) async throws -> JSONValue {
        var request = request(method, path, query: query, accept: "application/json")
        request.headers.add(contentsOf: headers)
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body.text()))
        }
        let status: Int
        let bytes: ByteBuffer
        do {
            let response = try await http.execute(request, timeout: deadline)
            status = Int(response.status.code)
            bytes = try await response.body.collect(upTo: Self.largestAnswer)
        } catch {
            throw UnreachableGateway(url: url, error, deadline: deadline)
        }
        let answer = bytes.readableBytes == 0 ? .null : JSONValue(parsing: bytes.readableBytesView)
        guard (200...299).contains(status), let answer else { throw APIError(status: status, answer, from: url) }
        return answer
    }

    /// Reads an answer of any length part by part.
    ///
    /// - Parameters:
    ///   - path: What is read.
    ///   - query: Its parameters; those without a value are left out.
    ///   - type: The media type that is asked for.
    ///   - take: Gets each part in order; what it throws ends the reading.
    /// - Throws: ``APIError`` for an answer that is no success, ``UnreachableGateway`` where none or only a part came.
    func stream(
        _ path: APIPath, query: [(String, String?)] = [], accept type: String,
        _ take: (ByteBuffer) throws -> Void
    ) async throws {
        let response: HTTPClientResponse
        do {
            response = try await http.execute(
                request(.GET, path, query: query, accept: type), timeout: Self.longDeadline)
        } catch {
            throw UnreachableGateway(url: url, error, deadline: Self.longDeadline)
        }
        guard (200...299).contains(response.status.code) else {
            let bytes = try? await response.body.collect(upTo: Self.largestAnswer)
            throw APIError(
                status: Int(response.status.code), bytes.flatMap { JSONValue(parsing: $0.readableBytesView) }, from: url
            )
        }
        var refusal: (any Error)?
        do {
            for try await part in response.body {
                do { try take(part) } catch {
                    refusal = error
                    break
                }
            }
        } catch {
            throw UnreachableGateway(url: url, error, deadline: Self.longDeadline)
        }
        if let refusal { throw refusal }
    }

    private func request(
        _ method: HTTPMethod, _ path: APIPath, query: [(String, String?)], accept type: String
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url + path.text + Self.text(of: query))
        request.method = method
        key?.reveal { request.headers.add(name: "authorization", value: "Bearer \($0)") }
        request.headers.add(name: "accept", value: type)
        return request
    }

    /// Reads.
    func get(_ path: APIPath, query: [(String, String?)] = []) async throws -> JSONValue {
        try await call(.GET, path, query: query)
    }

    /// Makes or does something.
    func post(
        _ path: APIPath, body: JSONValue? = nil, within deadline: TimeAmount = Self.deadline
    ) async throws -> JSONValue {
        try await call(.POST, path, body: body, within: deadline)
    }

    /// Changes something.
    func patch(_ path: APIPath, body: JSONValue) async throws -> JSONValue {
        try await call(.PATCH, path, body: body)
    }

    /// Removes something.
    func delete(_ path: APIPath) async throws -> JSONValue {
        try await call(.DELETE, path)
    }

    private static func text(of query: [(String, String?)]) -> String {
        let pairs = query.compactMap { name, value in value.map { "\(name)=\($0.percentEncoded())" } }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }
}

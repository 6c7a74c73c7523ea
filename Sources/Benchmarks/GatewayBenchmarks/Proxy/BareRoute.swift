import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// What the ordinary lane is measured against: a route of the server library that calls by the client library, with no
/// policy at all.
///
/// It runs as a process of its own, so that nothing of the measuring program is counted.
struct BareRoute: Sendable {
    /// What the program is told to be this.
    static let argument = "bare-route"

    private let port: Int
    private let upstream: String

    /// Reads the port to listen on and the upstream's origin.
    init(_ arguments: some Sequence<String>) throws {
        let arguments = Array(arguments)
        guard arguments.count == 2, let port = Int(arguments[0]) else {
            throw BenchmarkFailure("\(Self.argument) wants a port and an upstream.")
        }
        self.port = port
        upstream = arguments[1]
    }

    /// Serves until it is told to stop.
    func run() async throws {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 2048
        try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            let router = Router()
            router.get("/v1/sellers/{seller}/proxy/**") { request, _ in try await answer(request, by: client) }
            let application = Hummingbird.Application(
                router: router,
                configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil),
                logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
            try await application.runService()
        }
    }

    private func answer(_ request: Request, by client: HTTPClient) async throws -> Response {
        guard let path = request.head.path, let prefix = path.range(of: "/proxy/") else {
            throw HTTPError(.notFound)
        }
        var outgoing = HTTPClientRequest(url: "\(upstream)/\(path[prefix.upperBound...])")
        outgoing.headers.add(name: "authorization", value: "Bearer \(Peer.token)")
        let answer = try await client.execute(outgoing, timeout: .seconds(60))
        var headers = HTTPFields()
        headers[.contentType] = answer.headers.first(name: "content-type")
        let length = answer.headers.first(name: "content-length").flatMap { Int($0) }
        let body = ResponseBody(contentLength: length) { writer in
            for try await part in answer.body { try await writer.write(part) }
            try await writer.finish(nil)
        }
        return Response(status: .init(code: Int(answer.status.code)), headers: headers, body: body)
    }
}

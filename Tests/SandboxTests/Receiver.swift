import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle
import Synchronization

@testable import Sandbox

/// What a receiver got: the method, the path with its query, the headers and the body.
struct Received: Sendable {
    let uri: String
    let headers: [String: String]
    let body: JSON?
}

/// A tiny integrator: answers the challenge on GET and hands every POST to the test.
final class Receiver: Sendable {
    private let token = Mutex("")
    private let statuses = Mutex<[UInt]>([])
    private let posted: AsyncStream<Received>.Continuation
    /// Everything that was posted, in order.
    let posts: AsyncStream<Received>

    init() { (posts, posted) = AsyncStream.makeStream(of: Received.self) }

    /// Sets the key of the challenge's answer.
    func knows(token value: String) { token.withLock { $0 = value } }

    /// The next POSTs are answered so, later ones with 200.
    func willAnswer(_ values: [UInt]) { statuses.withLock { $0 = values } }

    /// Listens on a free port around a test.
    func run(_ test: (String) async throws -> Void) async throws {
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        let router = Router()
        router.get("/mp/**") { request, _ in
            let code = request.uri.queryParameters.get("challengeCode") ?? ""
            let answer = WebhookChallenge.answer(to: code, token: self.token.withLock { $0 })
            return "{\"encrypted_challenge\":\"\(answer)\"}"
        }
        router.post("/mp/**") { request, _ in
            var request = request
            let body = try await request.collectBody(upTo: 1 << 20)
            var headers: [String: String] = [:]
            for field in request.headers { headers[field.name.canonicalName] = field.value }
            self.posted.yield(
                Received(
                    uri: request.uri.string, headers: headers, body: JSON(parsing: Array(body.readableBytesView))))
            let status = self.statuses.withLock { $0.isEmpty ? 200 : $0.removeFirst() }
            return HTTPResponse.Status(code: Int(status))
        }
        let app = Hummingbird.Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { bound.yield($0.localAddress?.port ?? 0) }, logger: quietLogger)
        let group = ServiceGroup(services: [app], logger: quietLogger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports {
                try await test("http://127.0.0.1:\(port)/mp")
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

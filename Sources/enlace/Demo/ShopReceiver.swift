import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A shop's own endpoint: verifies what it gets by the Standard Webhooks rules and answers as it is told.
final class ShopReceiver: Sendable {
    /// One thing that was posted to it.
    struct Post: Sendable {
        /// `webhook-id`.
        let id: String
        /// What the body says of itself.
        let type: String
        /// What was answered.
        let status: Int
        /// The body's bytes.
        let body: [UInt8]
        /// The headers, names in lower case.
        let headers: [String: String]
    }

    private struct State {
        var verifier: WebhookVerifier?
        var answers: [Int] = []
        var isHolding = false
        var text = ""
        var posts: [Post] = []
        var group: ServiceGroup?
    }

    /// Where it listens while it is up.
    let url: String
    private let port: Int
    private let state = Mutex(State())
    private let openings: AsyncStream<Void>
    private let opening: AsyncStream<Void>.Continuation

    /// Takes a free port; it is down until ``run()``.
    init() async throws {
        port = try await freePort()
        url = "http://127.0.0.1:\(port)/hook"
        (openings, opening) = AsyncStream.makeStream(of: Void.self)
        opening.yield()
    }

    /// Everything that was posted, oldest first.
    var posts: [Post] { state.withLock { $0.posts } }

    /// Sets the endpoint's secret.
    func knows(_ secret: Secret<String>) {
        state.withLock { $0.verifier = WebhookVerifier(secret: secret) }
    }

    /// Whether a post is to be believed; asked once the secret is known, which the first post may precede.
    func verifies(_ post: Post) -> Bool {
        guard let verifier = state.withLock({ $0.verifier }) else { return false }
        do throws(WebhookVerifier.Refusal) {
            try verifier.verify(
                body: post.body, id: post.headers["webhook-id"], timestamp: post.headers["webhook-timestamp"],
                signature: post.headers["webhook-signature"])
            return true
        } catch {
            return false
        }
    }

    /// The next posts are answered so, later ones with 200.
    func willAnswer(_ statuses: [Int]) {
        state.withLock { $0.answers = statuses }
    }

    /// The text that every later answer has as its body.
    func willSay(_ text: String) {
        state.withLock { $0.text = text }
    }

    /// Whether posts are taken and never answered.
    func holds(_ isHolding: Bool) {
        state.withLock { $0.isHolding = isHolding }
    }

    /// Listens, with the pauses that others tell, until ``close()``.
    func run() async throws {
        for await _ in openings { try await listen() }
    }

    /// Stops listening; whoever calls is refused until it comes back.
    func goDown() async {
        await state.withLock { $0.group }?.triggerGracefulShutdown()
    }

    /// Listens again.
    func comeBack() { opening.yield() }

    /// Stops listening for good.
    func close() async {
        opening.finish()
        await goDown()
    }

    private func listen() async throws {
        let router = Router()
        router.post("/hook") { [self] request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            let headers = request.headers.reduce(into: [String: String]()) { $0[$1.name.canonicalName] = $1.value }
            let status = note(Array(buffer: body), headers)
            while state.withLock({ $0.isHolding }) { try await Task.sleep(for: .milliseconds(50)) }
            let text = state.withLock { $0.text }
            return Response(status: .init(code: status), body: .init(byteBuffer: ByteBuffer(string: text)))
        }
        let logger = Logger(label: "receiver") { _ in SwiftLogNoOpLogHandler() }
        let application = Hummingbird.Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
        let group = ServiceGroup(services: [application], logger: logger)
        state.withLock { $0.group = group }
        try await group.run()
    }

    private func note(_ body: [UInt8], _ headers: [String: String]) -> Int {
        state.withLock { state in
            let status = state.answers.isEmpty ? 200 : state.answers.removeFirst()
            let type = JSONValue(parsing: body)?["type"]?.string ?? ""
            state.posts.append(
                Post(id: headers["webhook-id"] ?? "", type: type, status: status, body: body, headers: headers))
            return status
        }
    }
}

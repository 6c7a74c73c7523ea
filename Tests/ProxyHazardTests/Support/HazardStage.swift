import AsyncHTTPClient
import Foundation
import Gateway
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import Logging
import NIOCore
import NIOPosix
import ProxyHTTP
import StoreSQLite
import Synchronization
import TestSupport
import Testing

@testable import GatewayHTTP

/// The two ways of a proxied call.
enum Lane: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case fast
    case ordinary

    var testDescription: String { rawValue }
}

/// A gateway before a scripted provider: real sockets both ways, the caches filled by hand.
struct HazardStage: Sendable {
    let lane: Lane
    let port: Int
    let upstream: ScriptedUpstream
    let proxy: ProxyStage
    let key: String
    let seller: String
    let token: String
    let other: (seller: String, token: String)

    /// The head's fields that every call needs.
    var fields: String { "Host: h\r\nAuthorization: Bearer \(key)\r\n" }

    /// A call of the proxy for the first seller.
    func get(_ path: String = "/users/me", _ more: String = "", method: String = "GET") -> String {
        "\(method) /v1/sellers/\(seller)/proxy\(path) HTTP/1.1\r\n\(fields)\(more)\r\n"
    }

    /// A charge of the first seller.
    func post(_ body: String = "{\"amount\":1500}", _ more: String = "", path: String = Self.charge) -> String {
        "POST /v1/sellers/\(seller)/proxy\(path) HTTP/1.1\r\n\(fields)\(more)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// A text in which what differs from stage to stage has one name.
    func normal(_ text: String) -> String {
        text.replacing(token, with: "TOKEN").replacing(seller, with: "SELLER")
            .replacing(/req_[0-9A-Z]{26}/, with: "REQUEST").replacing(/host: 127\.0\.0\.1:\d+/, with: "host: UP")
    }

    static let charge = "/point/devices/D_1/payment-intents"

    /// Lends a connection of a caller.
    func call(_ body: (RawCaller) async throws -> Void) async throws {
        try await RawCaller.connected(to: port, body)
    }

    /// Runs `test` with a gateway of that lane before a provider of that script.
    static func run(
        _ lane: Lane, answerTimeout: Duration = .seconds(20), idleTimeout: Duration = .seconds(20),
        upstreamPort: Int? = nil, certificate: ServerCertificate? = nil, _ script: Script,
        _ test: @Sendable (HazardStage) async throws -> Void
    ) async throws {
        try await ScriptedUpstream.run(script) { upstream, scripted in
            try await withTemporaryFolder { folder in
                let proxy = ProxyStage(
                    ProxyLimits(
                        seller: .init(perSecond: ProxyLimits.highest, burst: ProxyLimits.highest),
                        application: .init(perSecond: ProxyLimits.highest, burst: ProxyLimits.highest),
                        sellerConcurrency: 8))
                let logger = Logger(label: "hazards") { _ in SwiftLogNoOpLogHandler() }
                let ring = KeyRingFile(path: folder.path + "/enlace.keyring")
                try ring.create(clock: proxy.make.clock.wallClock, random: .system)
                let store = try await SQLiteStore.open(
                    at: folder.path + "/enlace.sqlite", seal: AuditSeal(try ring.read()),
                    clock: proxy.make.clock.wallClock, logger: logger)
                let port = upstreamPort ?? scripted
                let client = makeClient(answerTimeout)
                let ordinary = ProxyLane(
                    policy: proxy.policy, resolver: proxy.resolver(store), renewal: proxy.renewal(), calls: proxy.calls,
                    clock: .system, monotonic: .system, client: client,
                    upstream: "http://127.0.0.1:\(port)", answerTimeout: answerTimeout)
                let front = lane == .fast ? makeFront(proxy, store, port, answerTimeout, idleTimeout) : nil
                let application = Hummingbird.Application(
                    router: makeRouter(ordinary),
                    server: try GatewayRouter.server(
                        idleTimeout: idleTimeout, front: front, certificate: certificate),
                    configuration: .init(address: .hostname("127.0.0.1", port: 0), serverName: nil), logger: logger)
                let outcome: Result<Void, any Error>
                do {
                    try await application.test(.live) { client in
                        try await test(HazardStage(lane, port: client.port ?? 0, upstream, proxy))
                    }
                    outcome = .success(())
                } catch { outcome = .failure(error) }
                try? await client.shutdown()
                await store.close()
                try outcome.get()
            }
        }
    }

    private init(_ lane: Lane, port: Int, _ upstream: ScriptedUpstream, _ proxy: ProxyStage) {
        self.lane = lane
        self.port = port
        self.upstream = upstream
        self.proxy = proxy
        key = proxy.key()
        let (first, connection) = proxy.linkedSeller()
        let (second, otherConnection) = proxy.linkedSeller()
        seller = first.id.description
        token = proxy.keepToken(connection)
        other = (second.id.description, proxy.keepToken(otherConnection))
    }

    private static func makeClient(_ answerTimeout: Duration) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(2), read: TimeAmount(answerTimeout)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private static func makeFront(
        _ proxy: ProxyStage, _ store: any Store, _ port: Int, _ answerTimeout: Duration, _ idleTimeout: Duration
    ) -> GatewayRouter.ConnectionFront {
        let fast = FastLane(
            policy: proxy.policy, resolver: proxy.resolver(store), renewal: proxy.renewal(),
            calls: proxy.calls, headers: ProxyStage.headers,
            upstream: UpstreamAddress(host: "127.0.0.1", port: port, isSecure: false), tls: nil,
            answerTimeout: answerTimeout, idleTimeout: idleTimeout, clock: .system, random: .system
        ) { problem, request in problem.rendered(request: request) }
        return { try fast.install(on: $0) }
    }

    private static func makeRouter(_ lane: ProxyLane) -> Router<GatewayRequestContext> {
        let router = Router(context: GatewayRequestContext.self)
        router.add(middleware: RequestRecords())
        router.add(middleware: ErrorResponses())
        router.add(middleware: RequestTargets())
        router.get("/healthz") { _, _ in "well" }
        router.post("/echo") { request, _ in String(buffer: try await request.body.collect(upTo: 1 << 20)) }
        router.post("/refuse") { _, _ -> Response in Response(status: .unauthorized) }
        ProxyRoutes(lane: lane).add(to: router)
        return router
    }
}

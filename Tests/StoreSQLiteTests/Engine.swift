import Foundation
import Gateway
import Logging
import StoreSQLite
import Synchronization
import TestSupport

/// Delivery workers over one store.
struct Engine: Sendable {
    let clock: ManualClock
    let store: SQLiteStore
    let sender: ScriptedSender
    private let make: Fixtures
    let vault: Vault
    private let notices: SellerNotices
    private let ids: IdentifierSource
    private let wakeups: [Wakeup]

    /// Runs a test with that many workers.
    static func run(workers: Int, seed: UInt64, _ test: @Sendable (Engine) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock(WallClock.system.now)
            let logger = Logger(label: "engine") { _ in SwiftLogNoOpLogHandler() }
            let file = KeyRingFile(path: folder.path + "/enlace.keyring")
            try file.create(clock: clock.wallClock, random: .system)
            let ring = try file.read()
            let store = try await SQLiteStore.open(
                at: folder.path + "/enlace.sqlite", seal: AuditSeal(ring), clock: clock.wallClock, logger: logger)
            let ids = IdentifierSource(clock: clock.wallClock, random: .system)
            let vault = Vault(keyRing: ring, store: store, ids: ids, clock: clock.wallClock)
            try await vault.start()
            let random = SeededRandom(seed: seed).source
            let sender = ScriptedSender(random: random)
            let notices = SellerNotices(store: store, vault: vault, ids: ids, clock: clock.wallClock)
            let all = (0..<workers).map { _ in
                DeliveryWorker(
                    store: store, sender: sender, vault: vault,
                    requests: DeliveryRequests(vault: vault, forwarder: NoForwarder()), notices: notices,
                    schedule: RetrySchedule(waits: [Duration](repeating: .seconds(1), count: 50)), wakeup: Wakeup(),
                    wallClock: clock.wallClock, clock: ContinuousClock(), random: random, logger: logger)
            }
            let engine = Engine(
                clock: clock, store: store, sender: sender, make: Fixtures(clock: clock, seed: seed), vault: vault,
                notices: notices, ids: ids, wakeups: all.map(\.wakeup))
            let outcome: Result<Void, any Error> = await withTaskGroup(of: Void.self) { group in
                for worker in all { group.addTask { try? await worker.run() } }
                let outcome: Result<Void, any Error>
                do { outcome = .success(try await test(engine)) } catch { outcome = .failure(error) }
                sender.end()
                group.cancelAll()
                return outcome
            }
            await store.close()
            try outcome.get()
        }
    }

    /// A stored seller.
    func seller() async throws -> SellerID {
        let seller = make.seller()
        try await store.add(
            seller, dataKey: try vault.newDataKey(for: .seller(seller.id)).0, as: make.change())
        return seller.id
    }

    /// An active endpoint; the integrator's where no seller is named.
    @discardableResult
    func endpoint(of seller: SellerID? = nil, concurrency: Int = 4) async throws -> EndpointID {
        let id: Identifier<EndpointSecret> = ids.next()
        var endpoint = make.endpoint(of: seller, topics: ["*"], state: .pending)
        endpoint.concurrency = concurrency
        endpoint.url = "https://example.com/\(endpoint.id)"
        let sealer = try await vault.sealer(for: seller.map { .seller($0) } ?? .installation)
        let secret = EndpointSecret(
            id: id, endpoint: endpoint.id, sealed: try sealer.seal(make.bytes(32), .endpointSecret, row: id.ulid),
            createdAt: clock.now, expiresAt: nil)
        try await store.add(
            endpoint, secret: secret, test: try await event(of: seller, Endpoint.testEventType, "test", endpoint.id),
            as: make.change(.endpointCreated))
        let made = endpoint.id
        try await until { try await $0.store.endpoint(made)?.state == .active }
        return endpoint.id
    }

    /// Records an event about a payment.
    @discardableResult
    func tell(_ seller: SellerID? = nil, about resource: String) async throws -> EventID {
        let event = try await event(of: seller, "payment.updated", resource, nil)
        _ = try await store.record(event)
        for wakeup in wakeups { wakeup.ring() }
        return event.id
    }

    /// Sends an event again.
    func replay(_ event: EventID) async throws {
        try await store.replay(event, to: nil, of: nil, at: clock.now, as: make.change(.eventReplayed))
    }

    /// Turns the clock on until nothing is open.
    func settle() async throws {
        try await until { engine in
            let depth = try await engine.store.queueDepth(at: engine.clock.now)
            // Time passes while nothing is under way, so that no lease ends by it.
            if depth.counts[.sending] == 0 { engine.clock.advance(by: .milliseconds(100)) }
            return depth.open == 0
        }
    }

    /// Wakes the workers until something is so.
    func until(_ isSo: (Engine) async throws -> Bool) async throws {
        while try await !isSo(self) {
            for wakeup in wakeups { wakeup.ring() }
            await Task.yield()
        }
    }

    /// The one delivery of an event.
    func delivery(of event: EventID) async throws -> Delivery {
        try await store.deliveries(DeliveryFilter(event: event), page: Page())[0]
    }

    /// A delivery's attempts, once they are as they should be.
    func attempts(
        of delivery: DeliveryID, once isSo: @Sendable ([Attempt]) -> Bool
    ) async throws -> [Attempt] {
        try await until { try await isSo($0.store.attempts(of: delivery)) }
        return try await store.attempts(of: delivery)
    }

    private func event(
        of seller: SellerID?, _ type: String, _ resource: String, _ only: EndpointID?
    ) async throws -> EventDraft {
        let id: EventID = ids.next()
        let sealer = try await vault.sealer(for: seller.map { .seller($0) } ?? .installation)
        return EventDraft(
            id: id, seller: seller, connection: nil, application: nil, type: type, liveMode: true, proof: .gateway,
            resource: resource, createdAt: clock.now, onlyEndpoint: only
        ) { _ throws(VaultError) in
            try sealer.seal(Array("\(seller?.description ?? "") \(resource)".utf8), .eventBody, row: id.ulid)
        }
    }
}

/// Passes nothing on.
private struct NoForwarder: NotificationForwarder {
    func headers(
        of notification: ArrivedNotification, id: String, at moment: Timestamp, secret: Secret<String>
    ) -> [(name: String, value: String)] { [] }

    func test(at moment: Timestamp) -> ArrivedNotification { ArrivedNotification(query: "", headers: [], body: []) }
}

/// A network that does what a test says.
final class ScriptedSender: WebhookSender {
    /// What was posted.
    struct Post: Sendable {
        let delivery: String
        let type: String
        let place: Int
        let seller: String
        /// The same for everything of one resource at one endpoint.
        let line: String
        let status: Int
        /// The `webhook-id`.
        let event: String
        let replay: String
    }

    /// A post that waits for its answer.
    struct Held: Sendable {
        fileprivate let continuation: CheckedContinuation<Int, Never>

        func answer(_ status: Int) { continuation.resume(returning: status) }
    }

    private struct State {
        var posts: [Post] = []
        var answer: @Sendable (Post, RandomSource) -> Int = { _, _ in 200 }
        var hangsAt: String?
        var hung: [CheckedContinuation<Int, Never>] = []
        var holdsNext = false
        var held: Held?
        var hasEnded = false
    }

    private let random: RandomSource
    private let state = Mutex(State())

    init(random: RandomSource) { self.random = random }

    var posts: [Post] { state.withLock { $0.posts } }

    /// How many posts hang.
    var hanging: Int { state.withLock { $0.hung.count } }

    func answers(_ answer: @escaping @Sendable (Post, RandomSource) -> Int) {
        state.withLock { $0.answer = answer }
    }

    /// Posts of a seller's events are never answered.
    func hangs(at seller: SellerID) {
        state.withLock { $0.hangsAt = seller.description }
    }

    /// The post that is held; `nil` before it came.
    var held: Held? { state.withLock { $0.held } }

    /// Holds the next post.
    func holdsNext() {
        state.withLock { $0.holdsNext = true }
    }

    /// Lets everything go that hangs.
    func end() {
        let hung = state.withLock { state in
            state.hasEnded = true
            defer { state.hung = [] }
            return state.hung
        }
        for continuation in hung { continuation.resume(returning: 500) }
    }

    func check(url: String) async throws(EndpointURLError) {}

    func send(_ request: WebhookRequest) async -> WebhookAnswer {
        let header = { (name: String) in request.headers.first { $0.name == name }?.value ?? "" }
        let words = String(decoding: request.body, as: UTF8.self).split(
            separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let post = { (status: Int) in
            Post(
                delivery: header("enlace-delivery-id"), type: header("enlace-event-type"),
                place: Int(header("enlace-resource-sequence")) ?? 0, seller: String(words[0]),
                line: "\(words.last ?? "") at \(request.url)", status: status, event: header("webhook-id"),
                replay: header("enlace-replay"))
        }
        let decided = post(0)
        let status = await withCheckedContinuation { continuation in
            let answer = state.withLock { state -> Int? in
                if state.holdsNext, decided.type != Endpoint.testEventType {
                    state.holdsNext = false
                    state.held = Held(continuation: continuation)
                    return nil
                }
                if !state.hasEnded, state.hangsAt == decided.seller, decided.type != Endpoint.testEventType {
                    state.hung.append(continuation)
                    return nil
                }
                let status = state.answer(decided, random)
                state.posts.append(post(status))
                return status
            }
            if let answer { continuation.resume(returning: answer) }
        }
        return WebhookAnswer(status: status, failure: nil)
    }
}

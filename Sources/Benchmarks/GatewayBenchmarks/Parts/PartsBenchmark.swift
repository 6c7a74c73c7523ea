import AsyncHTTPClient
import Foundation
import Gateway
import Logging
import StoreSQLite

/// What one call costs in its parts, each measured alone on one thread.
struct PartsBenchmark: Sendable {
    /// So long each part is repeated in each round.
    private static let time = Duration.milliseconds(500)

    let rounds: Int
    let scene: URL

    /// Runs all of it.
    func run() async throws -> PartsReport {
        try await HTTPClient.withHTTPClient(configuration: .init(redirectConfiguration: .disallow)) { http in
            let origin = try await SandboxInstallation.make(in: scene, http)
            try await origin.sandbox.stop()
            let seller = try await Seeding.seed(1, linked: true, in: scene).sellers[0]
            let opened = try await OpenedInstallation(scene)
            let provider = try ProviderTables.provider()
            do {
                let report = try await measure(opened, provider, seller, key: origin.installation.key)
                try await provider.shutdown()
                await opened.store.close()
                return report
            } catch {
                try? await provider.shutdown()
                await opened.store.close()
                throw error
            }
        }
    }

    private func measure(
        _ opened: OpenedInstallation, _ provider: any UpstreamOAuth & UpstreamAccounts, _ seller: SellerID,
        key: String
    ) async throws -> PartsReport {
        let plain = Array(Peer.token.utf8)
        let sealer = try await opened.vault.sealer(for: .seller(seller))
        let row = opened.ids.ulid()
        let sealed = try sealer.seal(plain, .accessToken, row: row)
        let hashing = opened.ring.hashing
        let secret = Array(key.utf8.prefix(32))
        let code = hashing.mac("api-key", secret)
        guard let user = UpstreamUserID(rawValue: 200_000_000) else { throw BenchmarkFailure("There is no account.") }
        guard let application = try await opened.store.applications(page: Page(limit: 1)).first else {
            throw BenchmarkFailure("There is no application.")
        }
        let last = try ProxyTarget("/v2/pos/123456789")
        let policy = try await PolicyStage(opened, provider)
        let get = policy.request("GET", "/users/me", seller, key: key)
        let post = policy.request("POST", "/pos", seller, key: key)
        try await policy.prepare(get)
        var report = PartsReport()
        // In turn, so that whatever else the machine does meets all of them.
        for round in 1...rounds {
            tell("Parts, round \(round) of \(rounds)")
            report.note("fixed loop", Self.fixedLoop())
            report.note("seal a token", try Self.time { _ = try sealer.seal(plain, .accessToken, row: row) })
            report.note("open a token", try Self.time { _ = try sealer.open(sealed, .accessToken, row: row) })
            report.note(
                "check a key",
                try Self.time {
                    guard hashing.isMAC(code, "api-key", secret) else { throw BenchmarkFailure("The key is wrong.") }
                })
            report.note(
                "match the last route",
                try Self.time {
                    guard ProviderTables.routes.route("DELETE", last, for: application, ownUser: user) != nil
                    else { throw BenchmarkFailure("There is no such route.") }
                })
            report.note("decide a GET", try Self.time { try policy.expectForward(get) })
            report.note("decide a POST", try Self.time { try policy.expectForward(post) })
        }
        return report
    }

    /// Nanoseconds of one repetition.
    private static func time(_ work: () throws -> Void) throws -> Double {
        let start = ContinuousClock.now
        var count = 0
        repeat {
            for _ in 0..<100 { try work() }
            count += 100
        } while ContinuousClock.now - start < time
        return (ContinuousClock.now - start) / .nanoseconds(count)
    }

    /// Nanoseconds of a thousand steps of arithmetic that no compiler can shorten: how fast the machine is just now.
    private static func fixedLoop() -> Double {
        var chance = SplitMix(state: 1)
        var sum: UInt64 = 0
        let thousands = 100_000
        let start = ContinuousClock.now
        for _ in 0..<thousands * 1000 { sum = (sum ^ chance.next()) &* 3 }
        let nanoseconds = (ContinuousClock.now - start) / .nanoseconds(thousands)
        // What is never looked at would not be worked out.
        if sum == 0 { tell("The fixed loop ended in 0.") }
        return nanoseconds
    }
}

/// The proxy's policy with its caches filled from a store.
struct PolicyStage: Sendable {
    private static let answered = ProxyOutcome.answered(status: 200, retryAfter: nil)

    private let policy: ProxyPolicy
    private let resolver: ProxyResolver

    /// Wires what the gateway wires.
    init(_ opened: OpenedInstallation, _ provider: any UpstreamOAuth & UpstreamAccounts) async throws {
        let (store, vault, ids, clock) = (opened.store, opened.vault, opened.ids, WallClock.system)
        let directory = ProxyDirectory()
        let applications = Applications(
            store: store, vault: vault, address: PublicAddress(base: "http://127.0.0.1", keyRing: opened.ring),
            ids: ids, clock: clock)
        let refresher = TokenRefresher(
            store: store, vault: vault, applications: applications,
            applicationTokens: ApplicationTokens(
                applications: applications, oauth: provider, accounts: provider, clock: clock),
            oauth: provider, accounts: provider,
            notices: SellerNotices(store: store, vault: vault, ids: ids, clock: clock),
            spool: AnswerSpool(folder: opened.folder.appending(path: "spool").path()), ids: ids, clock: clock,
            sleeper: ContinuousClock(),
            directory: directory, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        policy = ProxyPolicy(
            directory: directory, routes: ProviderTables.routes, headers: ProviderTables.headers,
            keyRing: opened.ring,
            limits: ProxyLimits(
                seller: .init(perSecond: ProxyLimits.highest, burst: ProxyLimits.highest),
                application: .init(perSecond: ProxyLimits.highest, burst: ProxyLimits.highest), sellerConcurrency: 8),
            clock: clock, monotonic: .system, random: .system,
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        resolver = ProxyResolver(store: store, refresher: refresher, directory: directory, clock: clock)
    }

    /// A request as client libraries send it.
    func request(_ method: String, _ target: String, _ seller: SellerID, key: String) -> ProxyRequest {
        ProxyRequest(
            method: method, target: target, seller: seller.description,
            headers: [
                ("host", "127.0.0.1:8080"), ("authorization", "Bearer \(key)"), ("accept", "application/json"),
                ("content-type", "application/json"), ("user-agent", "bench/1.0"), ("connection", "keep-alive"),
                ("accept-encoding", "gzip"), ("accept-language", "es-AR"),
            ])
    }

    /// Fills the caches.
    func prepare(_ request: ProxyRequest) async throws {
        policy.ended(try await policy.decided(request, resolver), Self.answered)
    }

    /// Decides; anything but a forward is a mistake of the benchmark.
    func expectForward(_ request: ProxyRequest) throws {
        guard case .forward(let forward) = policy.decide(request) else {
            throw BenchmarkFailure("The policy did not let \(request.method) \(request.target) through.")
        }
        policy.ended(forward, Self.answered)
    }
}

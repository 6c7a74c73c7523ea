import AsyncHTTPClient
import Foundation
import Gateway
import NIOCore
import StoreSQLite

/// Notifications taken in, and deliveries sent: each beside the same work done bare, in turn.
///
/// Taking in is compared with a loop that writes the same rows, 64 a commit, and knows nothing of HTTP, signatures,
/// repeats and sealing; sending with a client that posts the same bytes and knows nothing of a database (DESIGN §14).
struct DeliveryBenchmark: Sendable {
    /// So many sellers are linked.
    static let sellers = 1000
    /// So many endpoints, of a seller each, take what is sent.
    private static let receivers = 64
    /// Deliveries that are due when a gateway starts to send.
    private static let due = 20_000

    let options: BenchmarkOptions
    let scene: URL

    /// Where raw results are kept, beside the report.
    private var kept: URL { options.folder.appending(path: "delivery") }

    /// Runs all of it.
    ///
    /// - Throws: ``BenchmarkFailure`` when something is missing, does not start, or loses something.
    func run() async throws -> DeliveryReport {
        try? FileManager.default.removeItem(at: kept)
        try FileManager.default.createDirectory(at: kept, withIntermediateDirectories: true)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        return try await HTTPClient.withHTTPClient(configuration: configuration) { http in
            let origin = scene.appending(path: "origin")
            try FileManager.default.createDirectory(at: origin, withIntermediateDirectories: true)
            let place = try await SandboxInstallation.make(in: origin, http)
            try await place.sandbox.stop()
            let seeded = try await Seeding.seed(Self.sellers, linked: true, in: origin)
            var report = DeliveryReport(secondsPerRun: options.secondsPerRun, due: Self.due)
            for round in 1...options.rounds {
                tell("Delivery, round \(round) of \(options.rounds)")
                report.ingests.append(try await ingest(place.installation, round))
                report.fanOuts.append(try await fanOut(place.installation, seeded.sellers, http, round))
            }
            return report
        }
    }

    private func ingest(_ origin: Installation, _ round: Int) async throws -> DeliveryReport.Ingest {
        let installation = try await copy(origin, "ingest-\(round)")
        let opened = try await OpenedInstallation(installation.folder)
        let stage = DeliveryStage(opened)
        try await stage.addEndpoint(of: nil, url: "https://example.com/hook", state: .paused)
        let script = try await stage.writeNotifications(
            to: installation, count: 12_000 * options.secondsPerRun, script: "ingest-\(round)")
        await opened.store.close()
        let bare = try BareRows(installation.folder.appending(path: "enlace.sqlite"), in: scene)
        let bareRate = try bare.run(for: .seconds(options.secondsPerRun))
        let commits = try bare.commits(500)

        let (gateway, _) = try await installation.serve()
        do {
            let load = WrkLoad(
                url: installation.url, connections: 64, seconds: options.secondsPerRun, headers: [:], script: script)
            let result = try await load.run(keeping: kept.appending(path: "ingest-\(round).txt"))
            let depth = try await pending(installation)
            guard result.failures == 0, depth >= result.requests else {
                throw BenchmarkFailure(
                    "\(result.requests) notifications were answered, \(depth) are kept, \(result.failures) failed.")
            }
            let memory = gateway.memory("VmHWM")
            try await gateway.stop()
            return DeliveryReport.Ingest(
                rate: result.requestsPerSecond, median: result.median, p99: result.p99, bareRate: bareRate,
                bareCommit: commits.median, memory: memory)
        } catch {
            try? await gateway.stop()
            throw error
        }
    }

    private func fanOut(
        _ origin: Installation, _ sellers: [SellerID], _ http: HTTPClient, _ round: Int
    ) async throws -> DeliveryReport.FanOut {
        let installation = try await copy(origin, "fan-out-\(round)")
        let receiver = try await Receiver.make(in: scene.appending(path: "receiver-\(round)"))
        let opened = try await OpenedInstallation(installation.folder)
        let stage = DeliveryStage(opened)
        for seller in sellers.prefix(Self.receivers) {
            try await stage.addEndpoint(of: seller, url: receiver.url, state: .active)
        }
        let body = try await stage.record(Self.due, of: Array(sellers.prefix(Self.receivers)))
        await opened.store.close()
        let troupe = Troupe()
        troupe.add(try receiver.start())
        do {
            let bare = try await BareSender(http: http, url: receiver.url, body: body).run(Self.due)
            let gateway = troupe.add(try await installation.serve().gateway)
            let rate = try await rate(installation, of: Self.due)
            let memory = gateway.memory("VmHWM")
            try await troupe.stop()
            return DeliveryReport.FanOut(rate: rate, bareRate: bare, memory: memory)
        } catch {
            try? await troupe.stop()
            throw error
        }
    }

    /// Deliveries a second from the tenth of all that is delivered to the ninth tenth.
    private func rate(_ installation: Installation, of count: Int) async throws -> Double {
        var start: (at: ContinuousClock.Instant, count: Int)?
        while true {
            let now = ContinuousClock.now
            let done = try await counts(installation)["delivered", default: 0]
            if start == nil, done >= count / 10 { start = (now, done) }
            if let start, done >= count * 9 / 10 {
                return Double(done - start.count) / ((now - start.at) / .seconds(1))
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func pending(_ installation: Installation) async throws -> Int {
        try await counts(installation)["pending", default: 0]
    }

    private func counts(_ installation: Installation) async throws -> [String: Int] {
        let response = try await installation.http.execute(
            .init(url: installation.internalURL + "/metrics"), timeout: .seconds(10))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 22))
        return text.split(separator: "\n").reduce(into: [:]) { counts, line in
            guard let match = line.firstMatch(of: /^enlace_delivery_queue_depth\{state="(\w+)"\} (\d+)/) else { return }
            counts[String(match.1)] = Int(match.2)
        }
    }

    private func copy(_ origin: Installation, _ name: String) async throws -> Installation {
        let nowhere = Installation.Upstream(
            apiURL: "http://127.0.0.1:9", authorizationURL: "http://127.0.0.1:9", authority: "")
        return try await origin.copied(to: scene.appending(path: name), nowhere)
    }
}

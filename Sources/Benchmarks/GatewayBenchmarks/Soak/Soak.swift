import AsyncHTTPClient
import Foundation
import Gateway
import NIOCore
import NIOHTTP1

/// Loads the gateway at half of what it can do, for long: nothing may grow, and nothing may fail.
///
/// In the last third of the time the upstream is killed every ten seconds and started again two seconds later.
struct Soak: Sendable {
    private static let sellers = 1000
    private static let connections = 64
    /// How long a run finds out what the gateway can do at most.
    private static let probe = 3
    private static let killInterval = Duration.seconds(10)
    private static let downTime = Duration.seconds(2)

    /// Of the whole soak.
    let seconds: Int
    let scene: URL
    let kept: URL

    /// Runs all of it.
    ///
    /// - Throws: ``BenchmarkFailure`` when something does not start; what the soak found is in the report.
    func run() async throws -> SoakReport {
        try? FileManager.default.removeItem(at: kept)
        try FileManager.default.createDirectory(at: kept, withIntermediateDirectories: true)
        return try await HTTPClient.withHTTPClient(configuration: .init(redirectConfiguration: .disallow)) { http in
            let upstream = try await FakeUpstream.make(in: kept)
            let base = scene.appending(path: "base")
            try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
            // Only to be initialised with; what is called afterwards is the fake upstream.
            let origin = try await SandboxInstallation.make(in: base, http)
            try await origin.sandbox.stop()
            let target = Installation.Upstream(
                apiURL: "http://127.0.0.1:\(upstream.plainPort)", authorizationURL: "", authority: "")
            let place = try await origin.installation.copied(to: scene.appending(path: "soaked"), target)
            let sellers = try await Seeding.seed(Self.sellers, linked: true, in: place.folder).sellers
            let troupe = Troupe()
            do {
                let source = UpstreamSwitch(upstream, troupe.add(try upstream.start()))
                let gateway = troupe.add(try await place.serve().gateway)
                let report = try await run(place, sellers.map(\.description), gateway, source)
                try await source.stop()
                try await troupe.stop()
                return report
            } catch {
                try? await troupe.stop()
                throw error
            }
        }
    }

    private func run(
        _ place: Installation, _ sellers: [String], _ gateway: Program, _ source: UpstreamSwitch
    ) async throws -> SoakReport {
        let script = try SoakScript(key: place.key, sellers: sellers, in: scene)
        tell("Finding out what half of the gateway's load is")
        let most = try await load(place, try script.file(delay: 0), seconds: Self.probe, "probe")
        let delay = Int((Double(Self.connections) / (most.result.requestsPerSecond / 2) * 1000).rounded(.up))
        let file = try script.file(delay: delay)
        let steady = seconds * 2 / 3
        tell("\(steady) s at half of \(Int(most.result.requestsPerSecond)) calls a second")
        let calm = try await sampled(gateway) { try await load(place, file, seconds: steady, "steady") }
        tell("\(seconds - steady) s while the upstream dies every \(Self.killInterval.components.seconds) s")
        let stormy = try await sampled(gateway) {
            try await withThrowingTaskGroup(of: SoakLoad?.self) { group in
                group.addTask { try await load(place, file, seconds: seconds - steady, "stormy") }
                group.addTask {
                    while !Task.isCancelled {
                        try await Task.sleep(for: Self.killInterval - Self.downTime)
                        try await source.kill()
                        try await Task.sleep(for: Self.downTime)
                        try await source.start()
                    }
                    return nil
                }
                defer { group.cancelAll() }
                guard let load = try await group.next(), let load else { throw BenchmarkFailure("No load came.") }
                return load
            }
        }
        try await source.start()
        let after = try await recovered(place, sellers[0])
        return SoakReport(
            seconds: seconds, rate: most.result.requestsPerSecond, calm: calm, stormy: stormy,
            recoverySeconds: after, isAlive: gateway.isRunning)
    }

    /// How long it takes until a call is answered again; `nil` for longer than half a minute.
    private func recovered(_ place: Installation, _ seller: String) async throws -> Double? {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(30) {
            var request = HTTPClientRequest(url: "\(place.url)/v1/sellers/\(seller)/proxy/users/me")
            request.headers.add(name: "authorization", value: "Bearer \(place.key)")
            let response = try await place.http.execute(request, timeout: .seconds(10))
            _ = try await response.body.collect(upTo: 1 << 20)
            if response.status == .ok { return (ContinuousClock.now - start) / .seconds(1) }
            try await Task.sleep(for: .milliseconds(200))
        }
        return nil
    }

    private func load(_ place: Installation, _ script: URL, seconds: Int, _ name: String) async throws -> SoakLoad {
        let output = kept.appending(path: "\(name).txt")
        let load = WrkLoad(
            url: place.url, connections: Self.connections, seconds: seconds, headers: [:], script: script)
        let result = try await load.run(keeping: output)
        return SoakLoad(result: result, statuses: SoakScript.statuses(try String(contentsOf: output, encoding: .utf8)))
    }

    /// Looks at the gateway once a second for as long as it is loaded.
    private func sampled(
        _ gateway: Program, _ load: @Sendable () async throws -> SoakLoad
    ) async throws -> SoakPhase {
        try await withThrowingTaskGroup(of: [SoakSample].self) { group in
            group.addTask {
                var samples: [SoakSample] = []
                while !Task.isCancelled {
                    samples.append(SoakSample(gateway))
                    try? await Task.sleep(for: .seconds(1))
                }
                return samples
            }
            let done = try await load()
            group.cancelAll()
            return SoakPhase(load: done, samples: try await group.next() ?? [])
        }
    }
}

/// What wrk counted.
struct SoakLoad: Sendable {
    let result: WrkResult
    /// How often each status came.
    let statuses: [Int: Int]
}

/// The gateway at one moment.
struct SoakSample: Sendable {
    /// Resident memory in MiB.
    let memory: Double
    let openFiles: Int

    init(_ program: Program) {
        memory = program.memory("VmRSS")
        openFiles = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(program.id)/fd")) ?? []).count
    }
}

/// A part of the soak.
struct SoakPhase: Sendable {
    let load: SoakLoad
    let samples: [SoakSample]
}

/// The upstream, as something to be killed and started again.
private actor UpstreamSwitch {
    private let upstream: FakeUpstream
    private var program: Program?

    init(_ upstream: FakeUpstream, _ program: Program) {
        self.upstream = upstream
        self.program = program
    }

    func start() throws {
        if program == nil { program = try upstream.start() }
    }

    /// Ends it and its workers at once: connections break in the middle of answers.
    func kill() async throws {
        guard let program else { return }
        self.program = nil
        // nginx ends its workers with it, without a word to anybody, on SIGTERM.
        try await program.stop()
    }

    func stop() async throws { try await kill() }
}

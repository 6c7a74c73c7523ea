import AsyncHTTPClient
import Foundation
import Gateway
import NIOCore
import NIOHTTP1

/// The proxy beside nginx, Envoy and Caddy: one upstream, one load, equal work, in turn.
struct ProxyBenchmark: Sendable {
    /// So many sellers are few: what many are compared with.
    private static let few = 1000
    /// A head that the fast lane leaves to the ordinary one: a list in `Connection` (DESIGN §7).
    private static let ordinaryHeader = (name: "Connection", value: "keep-alive, x-none")
    /// A loaded system has a socket on each side for each connection.
    private static let openFiles: rlim_t = 16_384

    let options: BenchmarkOptions
    /// Where the gateways are: their keyring and databases are removed afterwards.
    let scene: URL

    /// Where configurations and raw results are kept, beside the report.
    private var kept: URL { options.folder.appending(path: "proxy") }

    /// Runs all of it.
    ///
    /// - Throws: ``BenchmarkFailure`` when something is missing, does not start or can't be called.
    func run() async throws -> ProxyReport {
        try Self.allowOpenFiles()
        try? FileManager.default.removeItem(at: kept)
        try FileManager.default.createDirectory(
            at: kept.appending(path: "raw"), withIntermediateDirectories: true)
        let versions = try await versions()
        return try await HTTPClient.withHTTPClient(configuration: .init(redirectConfiguration: .disallow)) { http in
            let upstream = try await FakeUpstream.make(in: kept)
            let places = try await GatewayPlaces.make(
                in: scene, keeping: kept, http, upstream, few: Self.few, many: options.sellers)
            let troupe = Troupe()
            do {
                let report = try await run(upstream, places, troupe, versions)
                try await troupe.stop()
                return report
            } catch {
                try? await troupe.stop()
                throw error
            }
        }
    }

    private func run(
        _ upstream: FakeUpstream, _ places: GatewayPlaces, _ troupe: Troupe, _ versions: [String: String]
    ) async throws -> ProxyReport {
        tell("Starting upstream, peers and gateways")
        let source = troupe.add(try upstream.start())
        var peers: [(name: String, peer: RunningPeer)] = []
        for peer in options.peers {
            let running = try await peer.start(
                in: kept, tools: options.folder.appending(path: "venv/bin"), upstream)
            troupe.add(running.program)
            peers.append((peer.rawValue, running))
        }
        let loops = ["NIO_SINGLETON_GROUP_LOOP_COUNT": "\(Peer.workers)"]
        let gateways = try await places.serve(troupe, environment: loops)
        let barePort = try await freePort()
        let upstreamURL = "http://127.0.0.1:\(upstream.plainPort)"
        let bare = troupe.add(
            try Program(
                Program.itself, [BareRoute.argument, "\(barePort)", upstreamURL], environment: loops, in: scene,
                log: "bare-route.log"))
        let stage = ProxyStage(
            places: places, upstream: (source, upstreamURL), peers: peers, few: gateways.few, tls: gateways.tls,
            many: gateways.many, bare: (bare, "http://127.0.0.1:\(barePort)"), ordinaryHeader: Self.ordinaryHeader)
        let scenarios = try stage.scenarios(rounds: options.rounds, scripts: scene)
        try await check(scenarios, places.http)
        var measurements: [ProxyMeasurement] = []
        for round in 0..<options.rounds {
            tell("Round \(round + 1) of \(options.rounds)")
            for scenario in scenarios {
                measurements += try await scenario.run(
                    round: round, seconds: options.secondsPerRun, keepingIn: kept.appending(path: "raw"))
            }
        }
        return ProxyReport(
            sellers: options.sellers, secondsPerRun: options.secondsPerRun, scenarios: scenarios,
            measurements: measurements, versions: versions)
    }

    /// Waits until everything answers what it should to one call, so that no mistake is measured.
    private func check(_ scenarios: [ProxyScenario], _ http: HTTPClient) async throws {
        for scenario in scenarios {
            for candidate in scenario.candidates where candidate.scripts.isEmpty {
                var request = HTTPClientRequest(url: candidate.url)
                for (name, value) in candidate.headers { request.headers.add(name: name, value: value) }
                var last = "it does not answer"
                var isRight = false
                for _ in 0..<100 where !isRight {
                    guard candidate.program.isRunning else { break }
                    do {
                        let response = try await http.execute(request, timeout: .seconds(5))
                        let body = try await response.body.collect(upTo: 16 << 20)
                        isRight = response.status == .ok && body.readableBytes > 100
                        last = "\(response.status.code) \(String(buffer: body).prefix(300))"
                    } catch { last = "\(error)" }
                    if !isRight { try await Task.sleep(for: .milliseconds(100)) }
                }
                guard isRight else {
                    throw BenchmarkFailure("\(candidate.system) fails in \(scenario.name), \(candidate.url): \(last)")
                }
            }
        }
    }

    private func versions() async throws -> [String: String] {
        let tools = options.folder.appending(path: "venv/bin")
        var asked: [(name: String, file: URL, arguments: [String])] = [("nginx", try Tools.find("nginx"), ["-v"])]
        if options.peers.contains(.envoy) { asked.append(("envoy", tools.appending(path: "envoy"), ["--version"])) }
        if options.peers.contains(.caddy) { asked.append(("caddy", tools.appending(path: "caddy"), ["version"])) }
        var versions: [String: String] = [:]
        for (name, file, arguments) in asked {
            try await Program.run(file, arguments, in: kept, log: "\(name)-version.txt")
            let text = try String(contentsOf: kept.appending(path: "\(name)-version.txt"), encoding: .utf8)
            versions[name] = text.firstMatch(of: /[0-9]+\.[0-9]+\.[0-9]+/).map { String($0.output) }
        }
        return versions
    }

    private static func allowOpenFiles() throws {
        let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { throw BenchmarkFailure("The limit of open files can't be read.") }
        limit.rlim_cur = min(max(limit.rlim_cur, openFiles), limit.rlim_max)
        guard setrlimit(resource, &limit) == 0, limit.rlim_cur >= 4096 else {
            throw BenchmarkFailure("At least 4096 files must be allowed to be open: see ulimit -n.")
        }
    }
}

/// All programs of a run, to be stopped together, and never any other.
final class Troupe {
    private var programs: [Program] = []

    /// Takes a program in.
    @discardableResult
    func add(_ program: Program) -> Program {
        programs.append(program)
        return program
    }

    /// Stops all, the last first.
    func stop() async throws {
        for program in programs.reversed() { try await program.stop() }
        programs = []
    }
}

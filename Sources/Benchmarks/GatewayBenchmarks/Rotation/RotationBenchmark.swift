import AsyncHTTPClient
import Foundation
import NIOCore

/// `enlace keyring rotate` over many sellers while shops are served.
///
/// Idle and rotating take turns in one run, so that whatever else the machine does meets both; each idle half stands
/// right before its rotation.
struct RotationBenchmark: Sendable {
    /// How long it is measured without a rotation in each round.
    private static let idle = Duration.seconds(30)
    /// A gateway that has just started fills its caches.
    private static let warmUp = Duration.seconds(10)

    let sellers: Int
    let rounds: Int
    let folder: URL

    /// Runs all of it.
    ///
    /// - Throws: ``BenchmarkFailure`` when a command or a call fails.
    func run() async throws -> RotationReport {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return try await HTTPClient.withHTTPClient(configuration: configuration) { http in
            tell("Setting a sandbox and a gateway up")
            let place = try await SandboxInstallation.make(in: folder, http)
            do {
                let report = try await run(place)
                try await place.sandbox.stop()
                return report
            } catch {
                try? await place.sandbox.stop()
                throw error
            }
        }
    }

    private func run(_ place: SandboxInstallation) async throws -> RotationReport {
        tell("Adding \(sellers) sellers")
        let seeding = try await Seeding.seed(sellers, in: folder).seconds
        var starts: [Double] = []
        for _ in 1..<rounds {
            let (gateway, seconds) = try await place.installation.serve()
            starts.append(seconds)
            try await gateway.stop()
        }
        let (gateway, seconds) = try await place.installation.serve()
        starts.append(seconds)
        do {
            let load = Load(
                http: place.installation.http, paths: try await place.linkShops(), key: place.installation.key)
            let memory = gateway.memory("VmRSS")
            _ = try await load.run(for: Self.warmUp)
            var measured: [RotationReport.Round] = []
            for number in 1...rounds {
                tell("Round \(number) of \(rounds)")
                measured.append(try await round(load, gateway))
            }
            let most = gateway.memory("VmHWM")
            try await gateway.stop()
            return RotationReport(
                sellers: sellers, seedingSeconds: seeding, startSeconds: starts, rounds: measured, memoryIdle: memory,
                memoryMost: most)
        } catch {
            try? await gateway.stop()
            throw error
        }
    }

    private func round(_ load: Load, _ gateway: Program) async throws -> RotationReport.Round {
        let idle = try await load.run(for: Self.idle)
        let before = gateway.processorSeconds
        let start = ContinuousClock.now
        let command = try Program(Program.enlace, ["keyring", "rotate"], in: folder, log: "rotate.log")
        let rotating = try await load.run { command.isRunning }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        guard try await command.end() == 0 else { throw BenchmarkFailure("enlace keyring rotate failed.") }
        let round = RotationReport.Round(
            seconds: seconds, processorSeconds: gateway.processorSeconds - before, idle: idle, rotating: rotating)
        tell(
            "  \(round.seconds.text()) s, p99 \(round.idle.percentile(0.99).text(2)) ms idle, "
                + "\(round.rotating.percentile(0.99).text(2)) ms rotating")
        return round
    }
}

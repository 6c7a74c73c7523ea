import Foundation
import Testing

@testable import enlace

/// Whatever starts a sandbox stands under this one suite, because two cores carry one at a time.
@Suite("Refreshing", .serialized)
struct Refreshing {}

extension Refreshing {
    /// A pair of tokens is never lost, whatever goes wrong and in whichever order.
    ///
    /// The judge is the ledger that the sandbox keeps in a process of its own. `ENLACE_FAULT_SEED=n` runs the schedule
    /// of one seed alone.
    @Suite("under seeded faults")
    struct RefreshFaultTests {
        /// Schedules whose gateway lives in this process.
        private static let inProcess: ClosedRange<UInt64> = 1...1000
        /// Schedules in which `enlace serve` is killed.
        private static let killed: ClosedRange<UInt64> = 1001...1050

        /// Schedules that run at once in this process.
        private static let workers = 8

        @Test("ends every schedule with the provider's newest pair, or rightly with a shop that has to link again")
        func schedules() async throws {
            let one = ProcessInfo.processInfo.environment["ENLACE_FAULT_SEED"].flatMap { UInt64($0) }
            func chosen(_ seeds: ClosedRange<UInt64>) -> [UInt64] { seeds.filter { one == nil || one == $0 } }
            // The gateways that are killed mostly start, which leaves the others the processor.
            let (seeds, killing) = (chosen(Self.inProcess), chosen(Self.killed))
            async let inProcess = Self.inProcess(seeds)
            async let killed = Self.killed(killing)
            let tally = try await inProcess + killed
            print(
                "schedules=\(tally.schedules) kills=\(tally.kills) posts=\(tally.posts) lost=\(tally.lost.count) "
                    + "faults=\(tally.faults) deaths=\(tally.deaths) relinks=\(tally.relinks)")
            #expect(tally.lost.isEmpty, "\(tally.lost.prefix(10).map(\.description).joined(separator: "\n"))")
            guard one == nil else { return }
            #expect(tally.schedules >= 1000 && tally.kills >= 50 && tally.faults >= 3 * tally.schedules)
            #expect(tally.deaths > 250 && tally.relinks > 100 && tally.relinks < tally.schedules)
        }

        private static func inProcess(_ seeds: [UInt64]) async throws -> Tally {
            guard !seeds.isEmpty else { return Tally() }
            return try await LiveSandbox.with { sandbox in
                var tally = Tally()
                // The knobs are the whole sandbox's.
                for (knobs, seeds) in Dictionary(grouping: seeds, by: Schedule.knobs(of:)) {
                    try await sandbox.turn(knobs)
                    // Each worker has a database of its own, whose refusals strike its schedules alone.
                    let parts = (0..<workers).map { worker in
                        seeds.enumerated().filter { $0.offset % workers == worker }.map(\.element)
                    }
                    tally = tally + (try await sum(parts) { try await run($0, against: sandbox) })
                }
                return tally
            }
        }

        private static func run(_ seeds: [UInt64], against sandbox: LiveSandbox) async throws -> Tally {
            guard !seeds.isEmpty else { return Tally() }
            return try await Stage.with(sandbox) { stage in
                var tally = Tally()
                for seed in seeds {
                    tally = tally + (await Tally.of(seed) { try await Schedule.run(seed: seed, on: stage) })
                }
                return tally
            }
        }

        private static func killed(_ seeds: [UInt64]) async throws -> Tally {
            // One gateway starts while the other one is busy.
            let halves = [seeds.filter { $0 % 2 == 0 }, seeds.filter { $0 % 2 == 1 }].filter { !$0.isEmpty }
            return try await sum(halves) { seeds in
                try await LiveGateway.with(shops: seeds.count * KillSchedule.shops) { gateway in
                    var tally = Tally()
                    for (index, seed) in seeds.enumerated() {
                        let shops = gateway.shops[index * KillSchedule.shops..<(index + 1) * KillSchedule.shops]
                        // Without its gateway no further one can be run.
                        do { tally = tally + (try await KillSchedule.run(seed: seed, on: gateway, shops)) } catch {
                            throw Tally.Lost(seed: seed, what: ["\(error)"])
                        }
                    }
                    return tally
                }
            }
        }

        private static func sum(
            _ parts: [[UInt64]], _ run: @escaping @Sendable ([UInt64]) async throws -> Tally
        ) async throws -> Tally {
            try await withThrowingTaskGroup(of: Tally.self) { group in
                for part in parts { group.addTask { try await run(part) } }
                return try await group.reduce(Tally()) { $0 + $1 }
            }
        }
    }
}

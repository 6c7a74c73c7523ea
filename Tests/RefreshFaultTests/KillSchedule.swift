import Foundation
import Gateway
import Synchronization
import TestSupport

@testable import enlace

/// The lives of some shops under seeded faults, with a SIGKILL of `enlace serve` at a seeded instant among them.
///
/// Each instant is made sure of by what the sandbox or the journal says, never by the time that passed.
struct KillSchedule {
    /// When the gateway is killed.
    enum Instant: CaseIterable {
        /// The journal has its line, and nothing was written to the provider.
        case opened
        /// The post has arrived, and nothing was decided.
        case arrived
        /// The pair was rotated, and its answer not let go.
        case rotated
        /// The answer was stored.
        case stored
    }

    /// Shops of one schedule.
    static let shops = 3
    /// Rounds in which something goes wrong, the kill one of them.
    static let rounds = 3

    private let seed: UInt64
    private let random: SeededRandom
    private let gateway: LiveGateway
    private let shops: ArraySlice<LiveGateway.Shop>

    /// Runs the schedule of a seed over shops that no other one had, and judges their ends.
    static func run(
        seed: UInt64, on gateway: LiveGateway, _ shops: ArraySlice<LiveGateway.Shop>
    ) async throws -> Tally {
        let schedule = KillSchedule(seed: seed, random: SeededRandom(seed: seed), gateway: gateway, shops: shops)
        return try await schedule.run()
    }

    private var sandbox: LiveSandbox { gateway.sandbox }

    private func run() async throws -> Tally {
        try await sandbox.turn(Schedule.knobs(of: seed / UInt64(Instant.allCases.count)))
        let instant = Instant.allCases[Int(seed % UInt64(Instant.allCases.count))]
        let killed = Int(random.next() % UInt64(Self.rounds))
        for round in 0..<Self.rounds {
            if round == killed { try await kill(at: instant) } else { try await strike() }
            try await sandbox.disarm()
            // Whatever the fault was, one more try says where the shop stands.
            for shop in shops { _ = await gateway.refresh(shop) }
        }
        var tally = Tally(schedules: 1, kills: 1)
        for shop in shops { tally = tally + (try await judged(shop)) }
        return tally
    }

    // A fault for each shop, and somebody who wants newer pairs.
    private func strike() async throws {
        let faults: [[String: JSONValue]] = [
            ["fault": "plain429"], ["fault": "status", "status": 403, "error": "forbidden"], ["fault": "html502"],
            ["fault": "html502", "after": true], ["fault": "drop"], ["fault": "drop_after"],
            ["fault": "bad_json", "after": true], ["fault": "redirect", "after": true],
        ]
        for shop in shops {
            try await sandbox.arm(faults[Int(random.next() % UInt64(faults.count))], of: shop.account.user)
        }
        await refreshAll()
    }

    private func refreshAll() async {
        await withTaskGroup(of: Void.self) { group in
            for shop in shops { group.addTask { _ = await gateway.refresh(shop) } }
        }
    }

    private func kill(at instant: Instant) async throws {
        switch instant {
        case .opened: gateway.stack.sandbox?.send(SIGSTOP)
        case .arrived:
            for shop in shops { try await sandbox.arm(["fault": "hold"], of: shop.account.user) }
        case .rotated:
            for shop in shops { try await sandbox.arm(["fault": "hold", "after": true], of: shop.account.user) }
        case .stored: break
        }
        let answered = Answered()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for shop in shops {
                group.addTask {
                    _ = await gateway.refresh(shop)
                    answered.note(shop.connection)
                }
            }
            for shop in shops {
                try await waiting(for: "the instant to kill at") {
                    if answered.has(shop.connection) { return () }
                    return try await isReached(instant, shop) ? () : nil
                }
            }
            await gateway.stack.stopGateway(SIGKILL)
            gateway.stack.sandbox?.send(SIGCONT)
            try await group.waitForAll()
        }
        for shop in shops { try await sandbox.release(shop.account.user, cutting: true) }
        try await gateway.stack.startGateway()
    }

    private func isReached(_ instant: Instant, _ shop: LiveGateway.Shop) async throws -> Bool {
        switch instant {
        case .opened: try await gateway.journal(shop).contains { $0.state == .open }
        case .arrived, .rotated: try await sandbox.held(of: shop.account.user) > 0
        // Only the answer says so.
        case .stored: false
        }
    }

    // Uses what is said to work, and asks the ledger.
    private func judged(_ shop: LiveGateway.Shop) async throws -> Tally {
        if try await gateway.state(shop) == .linked, await !gateway.refresh(shop) {
            // The shops of a schedule are those that make the gateway doubt the whole application.
            _ = try? await gateway.api.post("/v1/applications/\(gateway.application)/resume", body: [:])
            _ = await gateway.refresh(shop)
        }
        let state = try await gateway.state(shop)
        let isCalled = await gateway.call(shop)
        let ledger = try await sandbox.ledger(of: shop.account.user)
        var offences = Judge.offences(state: state, journal: try await gateway.journal(shop), in: ledger)
        if state == .linked, !isCalled { offences.append("linked, and a call does not work") }
        return Tally(
            faults: Self.rounds, posts: ledger.posts.count, relinks: state == .needsRelink ? 1 : 0,
            lost: offences.isEmpty ? [] : [.init(seed: seed, what: offences, ledger: ledger)])
    }
}

/// The connections whose demand has come to an end.
private final class Answered: Sendable {
    private let connections = Mutex<Set<ConnectionID>>([])

    func note(_ connection: ConnectionID) { connections.withLock { _ = $0.insert(connection) } }

    func has(_ connection: ConnectionID) -> Bool { connections.withLock { $0.contains(connection) } }
}

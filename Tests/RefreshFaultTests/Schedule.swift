import TestSupport

@testable import Gateway

/// One connection's life under a seeded sequence of faults, over a real database file, a real spool and the sandbox.
struct Schedule {
    /// Faults of each schedule at least.
    static let leastFaults = 3

    private let random: SeededRandom
    private let stage: Stage
    private var refresher: TokenRefresher
    private var dead: [Task<Void, Never>] = []

    /// The knobs that the sandbox must stand at for a seed.
    static func knobs(of seed: UInt64) -> Knobs {
        Knobs(revokesOldAccess: seed & 1 == 0, reuseRevokesGrant: seed & 2 == 0)
    }

    /// Runs the schedule of a seed with a connection that is new on the stage, and judges its end.
    static func run(seed: UInt64, on stage: Stage) async throws -> Tally {
        let stage = try await stage.another()
        var schedule = Schedule(random: SeededRandom(seed: seed), stage: stage, refresher: stage.core.refresher())
        do {
            try await schedule.run()
            let tally = try await schedule.judged(seed)
            try await schedule.bury()
            return tally
        } catch {
            try await schedule.bury()
            throw error
        }
    }

    private func judged(_ seed: UInt64) async throws -> Tally {
        let ledger = try await stage.ledger()
        let offences = try await stage.offences()
        return Tally(
            schedules: 1, faults: stage.provider.struck.count, deaths: dead.count, posts: ledger.posts.count,
            relinks: try await stage.state() == .needsRelink ? 1 : 0,
            lost: offences.isEmpty ? [] : [.init(seed: seed, what: offences, ledger: ledger)])
    }

    // The calls of dead processes end, now that nobody looks any more.
    private func bury() async throws {
        try await stage.provider.release()
        for task in dead { await task.value }
    }

    private mutating func run() async throws {
        var steps = 0
        while steps < Self.leastFaults || stage.provider.struck.count < Self.leastFaults {
            precondition(steps < 100, "nothing is posted any more")
            try await step()
            steps += 1
        }
        try await settle()
    }

    // Some time passes, and somebody wants a newer pair while something goes wrong.
    private mutating func step() async throws {
        let waits: [Duration] = [.seconds(5), .seconds(7200), .seconds(70 * 86_400), .seconds(190 * 86_400)]
        stage.clock.advance(by: waits[Int(random.next() % 4)])
        // A post that goes unanswered may be followed by its last try at once, with a fault of its own.
        let provider = stage.provider
        provider.plan([fault(), fault()])
        let before = provider.struck.count
        let refresher = refresher
        let connection = stage.connection
        let choice = random.next() % 4
        // The call of a process that dies does not end before the schedule has, so nobody may wait for it.
        let demand = Task {
            await Self.ask(refresher, connection, choice)
            provider.noteAnswer()
        }
        let outcome = try await provider.outcome()
        provider.plan([])
        try await stage.store.refusesWrites(false)
        guard outcome == .hangs || provider.struck.dropFirst(before).last == .storeRefusesAndDies else {
            await refresher.adoptWaiting()
            return
        }
        dead.append(demand)
        self.refresher = stage.core.refresher()
        try await self.refresher.recover()
    }

    // A rotation whose answer is lost ends a grant, so it is drawn seldom enough to leave lives that go on.
    private func fault() -> FaultyProvider.Fault {
        let endings: [FaultyProvider.Fault] = [.errorAfter, .cutAfter, .malformed, .redirected, .diesAfter]
        let others = FaultyProvider.Fault.allCases.filter { !endings.contains($0) }
        let drawn = random.next() % 6 == 0 ? endings : others
        return drawn[Int(random.next() % UInt64(drawn.count))]
    }

    private static func ask(_ refresher: TokenRefresher, _ connection: ConnectionID, _ choice: UInt64) async {
        // What a caller is told is the business of other tests.
        do {
            let generation = try await refresher.stored(connection).generation
            switch choice {
            case 0: _ = try await refresher.token(of: connection)
            case 1: _ = try await refresher.renewed(connection, ifGeneration: generation, .person)
            case 2: _ = try await refresher.renewed(connection, ifGeneration: generation, .sweep)
            default: try await refresher.review(connection, ifGeneration: generation)
            }
        } catch {}
    }

    // The faults end; whatever is due then is done, and what is said to work is used.
    private func settle() async throws {
        stage.clock.advance(by: .seconds(400 * 86_400))
        for _ in 0..<4 {
            await Self.ask(refresher, stage.connection, 0)
            stage.clock.advance(by: .seconds(7 * 3600))
        }
        try await stage.prove(refresher)
    }
}

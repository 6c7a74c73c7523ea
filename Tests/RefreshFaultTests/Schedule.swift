import Foundation
import GRDB
import Logging
import TestSupport

@testable import Gateway
@testable import StoreSQLite

/// One connection's life under a seeded sequence of faults, over a real database file and a real spool.
struct Schedule {
    /// Why a schedule ended badly, with the seed that makes it happen again.
    struct Lost: Error, CustomStringConvertible {
        let seed: UInt64
        let what: String
        var description: String { "seed \(seed): \(what)" }
    }

    /// What a schedule did.
    struct Tally: Sendable {
        var faults = 0
        var deaths = 0
        var posts = 0
        var relinks = 0

        static func + (one: Tally, other: Tally) -> Tally {
            Tally(
                faults: one.faults + other.faults, deaths: one.deaths + other.deaths, posts: one.posts + other.posts,
                relinks: one.relinks + other.relinks)
        }
    }

    private let seed: UInt64
    private let random: SeededRandom
    private let clock = ManualClock()
    private let store: SQLiteStore
    private let provider: RotatingProvider
    private let core: RefreshCore
    private let connection: ConnectionID
    private var refresher: TokenRefresher
    private var tally = Tally()

    /// Runs the schedule of a seed in a folder of its own.
    static func run(seed: UInt64) async throws -> Tally {
        try await withTemporaryFolder { folder in
            let file = KeyRingFile(path: folder.path + "/enlace.keyring")
            try file.create(clock: ManualClock().wallClock, random: .system)
            let keyRing = try file.read()
            let store = try await SQLiteStore.open(
                at: folder.path + "/enlace.sqlite", seal: AuditSeal(keyRing), clock: ManualClock().wallClock,
                logger: LogCapture().logger())
            do {
                var schedule = try await Schedule(
                    seed: seed, folder: folder.path, keyRing: keyRing, store: store)
                let tally = try await schedule.run()
                await store.close()
                schedule.provider.release()
                return tally
            } catch {
                await store.close()
                throw error
            }
        }
    }

    private init(seed: UInt64, folder: String, keyRing: KeyRing, store: SQLiteStore) async throws {
        self.seed = seed
        random = SeededRandom(seed: seed)
        self.store = store
        provider = RotatingProvider(
            .init(revokesOldAccess: random.next() & 1 == 0, reuseRevokesGrant: random.next() & 1 == 0)
        ) { try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = ON") } }
        core = try await RefreshCore(
            folder: folder, keyRing: keyRing, store: store, provider: provider, clock: clock)
        connection = try await core.link(access: "access-1", refresh: "refresh-1")
        refresher = core.refresher()
    }

    private mutating func run() async throws -> Tally {
        for _ in 0..<(3 + random.next() % 4) { try await step() }
        try await settle()
        tally.posts = provider.ledger.posts
        return tally
    }

    // Some time passes, and somebody wants a newer pair while something goes wrong.
    private mutating func step() async throws {
        let waits: [Duration] = [.seconds(5), .seconds(7200), .seconds(70 * 86_400), .seconds(190 * 86_400)]
        clock.advance(by: waits[Int(random.next() % 4)])
        let fault = RotatingProvider.Fault.allCases[Int(random.next() % 8)]
        // A post that goes unanswered may be followed by its last try at once, with a fault of its own.
        provider.plan([fault, RotatingProvider.Fault.allCases[Int(random.next() % 4)]])
        if fault != .none { tally.faults += 1 }
        let refresher = refresher
        let connection = connection
        let choice = random.next() % 4
        // The call of a process that dies never ends, so nobody may wait for it.
        Task { [provider] in
            await Self.ask(refresher, connection, choice)
            provider.noteAnswer()
        }
        let outcome = await provider.outcome()
        try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = OFF") }
        guard outcome == .died || fault == .storeRefusesAndDies else {
            await refresher.adoptWaiting()
            return
        }
        tally.deaths += 1
        self.refresher = core.refresher()
        try await self.refresher.recover()
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

    // The faults end; whatever is due then is done, and the provider's ledger says whether anything was lost.
    private mutating func settle() async throws {
        provider.plan([])
        let ledger = provider.ledger
        if ledger.delivered == ledger.refresh, let refresh = ledger.refresh {
            try await expect(try await core.stored(connection).refresh == refresh, "an answer that came is not stored")
        }
        clock.advance(by: .seconds(400 * 86_400))
        for _ in 0..<4 {
            await Self.ask(refresher, connection, 0)
            clock.advance(by: .seconds(7 * 3600))
        }
        let newest = provider.ledger
        let state = try await core.state(of: connection)
        let stored = try await core.stored(connection)
        switch state {
        case .linked:
            try await expect(stored.refresh == newest.refresh, "linked with an old refresh token")
            try await expect(newest.access.contains(stored.access), "linked with an access token that is refused")
        case .needsRelink:
            tally.relinks += 1
            try await expect(stored.refresh != newest.refresh, "a shop is asked to link again for nothing")
        default: try await expect(false, "the connection is \(state)")
        }
    }

    private func expect(_ holds: Bool, _ what: String) async throws {
        if !holds { throw Lost(seed: seed, what: "\(what); \(provider.ledger)") }
    }
}

public import Logging
public import ServiceLifecycle

/// Tries the pairs that came out of a backup, one by one and never faster than `spacing` allows.
///
/// A pair whose access token works stays in use. One whose token is dead gets the deliberate last try of invariant 4,
/// after which it is renewed or the shop has to allow the link again.
public struct RestoreWorker: Service {
    /// Between two looks where nothing waits or nobody answers.
    static let interval = Duration.seconds(60)
    /// Between two connections.
    static let spacing = Duration.milliseconds(500)
    /// Most connections of one look.
    static let most = 100

    private let store: any RestoreStore
    private let refresher: TokenRefresher
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Takes what it uses; `clock` is what it sleeps by.
    public init(
        store: any RestoreStore, refresher: TokenRefresher, wallClock: WallClock, clock: any Clock<Duration>,
        logger: Logger
    ) {
        self.store = store
        self.refresher = refresher
        self.wallClock = wallClock
        self.clock = clock
        self.logger = logger
    }

    /// Tries what waits until shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let isMore = await look()
                if !isMore { try? await clock.sleep(for: Self.interval) }
            }
        }
    }

    /// Tries what waits; `true` when there may be more that was not tried yet.
    func look() async -> Bool {
        let waiting: [Restore.Found]
        do { waiting = try await store.restoredWaiting(limit: Self.most) } catch {
            logger.note("Restored connections not tried: the store does not answer", at: .error)
            return false
        }
        var found = 0
        for one in waiting where !Task.isCancelled {
            let outcome = await outcome(of: one)
            if outcome != .waiting { found += 1 }
            do { try await store.note(outcome, of: one.connection, at: wallClock.now) } catch { return false }
            logger.note("Restored connection tried", [.connection: one.connection, .outcome: outcome.rawValue])
            try? await clock.sleep(for: Self.spacing)
        }
        return waiting.count == Self.most && found > 0
    }

    private func outcome(of one: Restore.Found) async -> Restore.Outcome {
        do throws(Problem) {
            return try await refresher.review(restored: one.connection, ifGeneration: one.generation)
        } catch {
            logger.note(
                "Restored connection not tried", at: .warning,
                [.connection: one.connection, .code: error.code.rawValue])
            return .waiting
        }
    }
}

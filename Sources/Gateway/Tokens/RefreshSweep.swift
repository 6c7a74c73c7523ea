public import Logging
public import ServiceLifecycle

/// Renews token pairs ahead of expiry, one after the other and never faster than `spacing` allows.
///
/// However many are due at once, after a clock jump or a long stop, the provider sees a steady trickle (DESIGN §6).
public struct RefreshSweep: Service {
    /// Between two looks for what is due.
    static let interval = Duration.seconds(300)
    /// Between two connections.
    static let spacing = Duration.milliseconds(500)
    /// Most connections of one look.
    static let most = 200
    /// For how long a pair that lost its place is kept.
    static let answersKept = Duration.seconds(180 * 86_400)

    /// Rings when there is something to renew before the next look.
    let wakeup = Wakeup()
    private let store: any TokenStore
    private let refresher: TokenRefresher
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Takes what it uses; `clock` is what it sleeps by.
    public init(
        store: any TokenStore, refresher: TokenRefresher, wallClock: WallClock, clock: any Clock<Duration>,
        logger: Logger
    ) {
        self.store = store
        self.refresher = refresher
        self.wallClock = wallClock
        self.clock = clock
        self.logger = logger
    }

    /// Sweeps until shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let isMore = await sweep()
                await wakeup.wait(atMost: isMore ? Self.spacing : Self.interval, clock)
            }
        }
    }

    /// Renews what is due; `true` when there may be more.
    func sweep() async -> Bool {
        let due: [RefreshDue]
        do throws(StoreError) {
            try await store.forgetAnswers(openedBefore: wallClock.now - Self.answersKept)
            due = try await store.dueForRefresh(at: wallClock.now, limit: Self.most)
        } catch {
            logger.note("Nothing renewed: the store does not answer", at: .error)
            return false
        }
        for one in due where !Task.isCancelled {
            await renew(one)
            try? await clock.sleep(for: Self.spacing)
        }
        return due.count == Self.most
    }

    private func renew(_ due: RefreshDue) async {
        do throws(Problem) {
            if due.isUncertain {
                try await refresher.review(due.connection, ifGeneration: due.generation)
            } else {
                _ = try await refresher.renewed(due.connection, ifGeneration: due.generation, .sweep)
            }
        } catch {
            logger.note(
                "Tokens not renewed", at: .warning, [.connection: due.connection, .code: error.code.rawValue])
        }
    }
}

public import Logging
import Metrics
public import ServiceLifecycle

/// Takes up what was left behind: claims of a worker that went away (DLV 4), notifications that stayed parked.
///
/// And forgets what is remembered long enough.
public struct Rescuer: Service {
    /// How often it looks.
    static let interval = Duration.seconds(5)
    /// Every how many looks, from the first on, it looks for parked notifications of accounts that are linked.
    static let roundsPerReplay = 6
    /// What has waited for so long is given up (DLV 10).
    static let longestWait = Duration.seconds(30 * 86_400)
    /// For how long an attempt to link is kept: ten minutes for the callback, ten for the page after it, and room.
    static let attemptLife = Duration.seconds(3600)
    /// For how long a repeated request is answered alike (DESIGN §4).
    static let idempotencyLife = Duration.seconds(86_400)

    private let store: any DeliveryStore & IdempotencyStore & LinkStore
    private let parked: ParkedNotifications
    private let deliveries: Wakeup
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Takes what it uses; `clock` is what it sleeps by.
    public init(
        store: any DeliveryStore & IdempotencyStore & LinkStore, parked: ParkedNotifications, deliveries: Wakeup,
        wallClock: WallClock, clock: any Clock<Duration>, logger: Logger
    ) {
        self.store = store
        self.parked = parked
        self.deliveries = deliveries
        self.wallClock = wallClock
        self.clock = clock
        self.logger = logger
    }

    /// Looks at every interval until shutdown.
    public func run() async throws {
        var rounds = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await rescue()
            if rounds.isMultiple(of: Self.roundsPerReplay) {
                await parked.replayAll()
                await forgetAttempts()
            }
            rounds += 1
            await cancelWhenGracefulShutdown { try? await clock.sleep(for: Self.interval) }
        }
    }

    /// Takes up what a former process was sending, whose leases nobody holds any more; before anything is sent.
    ///
    /// The caller has the store for itself.
    public func takeOver() async throws(StoreError) {
        let count = try await store.rescue(
            leasesBefore: Timestamp(milliseconds: .max), at: wallClock.now)
        if count > 0 { logger.note("Deliveries of a former process rescued", at: .notice, [.count: count]) }
    }

    /// So that no verifier outlives what it was drawn for.
    private func forgetAttempts() async {
        do {
            while try await store.forgetAttempts(startedBefore: wallClock.now - Self.attemptLife) > 0 {}
        } catch {
            logger.note("No attempt forgotten: the store does not answer", at: .error)
        }
    }

    private func rescue() async {
        do {
            let count = try await store.rescue(leasesBefore: wallClock.now, at: wallClock.now)
            if count > 0 {
                logger.note("Deliveries rescued", at: .warning, [.count: count])
                deliveries.ring()
            }
            let overtaken = try await store.overtake(
                failingSince: wallClock.now - Delivery.longestBlock, at: wallClock.now)
            if overtaken > 0 { deliveries.ring() }
            let expired = try await store.expire(dueBefore: wallClock.now - Self.longestWait, at: wallClock.now)
            if expired > 0 {
                logger.note(
                    "Deliveries given up: their endpoints did not send for 30 days", at: .error, [.count: expired])
                Counter(label: MetricName.deliveries.rawValue, dimensions: [("outcome", "expired")])
                    .increment(by: expired)
            }
            _ = try await store.forget(before: wallClock.now - Self.idempotencyLife)
        } catch {
            logger.note("Nothing rescued: the store does not answer", at: .error)
        }
    }
}

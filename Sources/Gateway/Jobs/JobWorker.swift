public import Logging
public import ServiceLifecycle

/// Does the work of jobs, a little at a time, so that live deliveries hardly notice (DLV 16).
public struct JobWorker: Service {
    /// Between two pieces of a job that has no room just now.
    static let pause = Duration.milliseconds(100)
    /// How often it looks for jobs when nobody rings.
    static let pollInterval = Duration.seconds(5)

    private let store: any JobStore
    private let notices: SellerNotices
    private let wakeup: Wakeup
    private let deliveries: Wakeup
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Takes what it uses; `wakeup` rings when there is a job, `deliveries` when there is something to send.
    public init(
        store: any JobStore, notices: SellerNotices, wakeup: Wakeup, deliveries: Wakeup, wallClock: WallClock,
        clock: any Clock<Duration>, logger: Logger
    ) {
        self.store = store
        self.notices = notices
        self.wakeup = wakeup
        self.deliveries = deliveries
        self.wallClock = wallClock
        self.clock = clock
        self.logger = logger
    }

    /// Works until shutdown; what is left is done after the next start.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if let pause = await work() {
                    try? await clock.sleep(for: pause)
                } else {
                    await wakeup.wait(atMost: Self.pollInterval, clock)
                }
            }
        }
    }

    /// Does a piece of every job that runs; answers how long to leave them alone, `nil` when there is none.
    func work() async -> Duration? {
        do {
            let jobs = try await store.runningJobs()
            var goesOn = false
            for job in jobs {
                let step = try await advance(job)
                if step.replayed > 0 { deliveries.ring() }
                goesOn = goesOn || step.goesOn
            }
            return jobs.isEmpty ? nil : goesOn ? .zero : Self.pause
        } catch {
            logger.note("Jobs rest: the store does not answer", at: .error)
            return Self.pollInterval
        }
    }

    private func advance(_ job: Job) async throws -> ReplayStep {
        let end = try await notices.replayFinished(job)
        return try await store.advance(job.id, at: wallClock.now, end: end)
    }
}

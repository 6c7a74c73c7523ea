public import Logging
import Metrics
public import ServiceLifecycle

/// Writes what waits in a ``CallLog``, once a second, and forgets what is old.
public struct CallLogWorker: Service {
    /// How often it writes.
    static let interval = Duration.seconds(1)
    /// For how long calls are kept (DESIGN §7).
    static let keptFor = Duration.seconds(30 * 86_400)
    /// Every how many turns it looks for what is old.
    static let turnsPerForgetting = 60
    /// Most blocks that are forgotten in one transaction, so that nobody waits for it.
    static let batch = 200

    private let log: CallLog
    private let store: any CallStore
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Takes what it uses; `clock` is what it sleeps by.
    public init(
        log: CallLog, store: any CallStore, wallClock: WallClock, clock: any Clock<Duration>, logger: Logger
    ) {
        self.log = log
        self.store = store
        self.wallClock = wallClock
        self.clock = clock
        self.logger = logger
    }

    /// Writes at every interval, and once more at the shutdown.
    public func run() async throws {
        var turns = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await write()
            if turns.isMultiple(of: Self.turnsPerForgetting) { await forget() }
            turns += 1
            await cancelWhenGracefulShutdown { try? await clock.sleep(for: Self.interval) }
        }
        await write()
    }

    /// Writes what waits now.
    func write() async {
        var (calls, dropped) = log.take()
        if !calls.isEmpty {
            do {
                try await store.add(CallBlock.pack(calls))
            } catch {
                // A call is worth more than its line: nothing waits for a store that can't be written.
                dropped += calls.count
            }
        }
        guard dropped > 0 else { return }
        Counter(label: MetricName.callsDropped.rawValue).increment(by: dropped)
        logger.note("Calls dropped from the log", at: .warning, [.count: dropped])
    }

    private func forget() async {
        let second = (wallClock.now - Self.keptFor).second
        do {
            while try await store.forgetCalls(before: second, limit: Self.batch) == Self.batch {}
        } catch {
            logger.note("No call forgotten: the store does not answer", at: .error)
        }
    }
}

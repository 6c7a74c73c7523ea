public import Logging
public import ServiceLifecycle

/// Makes a backup whenever the newest one has come to a certain age.
///
/// The age counts from the newest file in the folder, so that restarts neither skip one nor make one too many.
public struct BackupWorker: Service {
    /// Between two looks, and between two tries where one fails.
    static let interval = Duration.seconds(300)

    private let backups: Backups
    private let age: Duration
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Takes what it uses; `age` is how old the newest backup may become.
    public init(
        backups: Backups, age: Duration, wallClock: WallClock, clock: any Clock<Duration>, logger: Logger
    ) {
        self.backups = backups
        self.age = age
        self.wallClock = wallClock
        self.clock = clock
        self.logger = logger
    }

    /// Looks at start and at every interval, until shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await look()
                try? await clock.sleep(for: Self.interval)
            }
        }
    }

    /// Makes a backup if it is time.
    func look() async {
        do throws(Problem) {
            if let newest = try backups.newest(), wallClock.now < newest + age { return }
            try await backups.makeScheduled()
        } catch {
            // What went wrong with the file itself is told already.
            logger.note("Scheduled backup is late", at: .error, [.code: error.code.rawValue])
        }
    }
}

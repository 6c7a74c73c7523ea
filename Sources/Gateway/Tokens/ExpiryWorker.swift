public import Logging
public import ServiceLifecycle

/// Tells of connections that end by themselves, early and once they have ended.
///
/// What was told stands with the pair: neither a restart nor a clock that is set tells it again.
public struct ExpiryWorker: Service {
    /// Between two looks.
    static let interval = Duration.seconds(300)
    /// Between two looks while there is more, and between two probes.
    static let spacing = Duration.milliseconds(500)
    /// Most connections of one look.
    static let most = 200

    /// Rings when a connection came that may end before the next look.
    let wakeup = Wakeup()
    private let store: any TokenStore & ConnectionStore
    private let refresher: TokenRefresher
    private let notices: SellerNotices
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Takes what it uses; `clock` is what it sleeps by.
    public init(
        store: any TokenStore & ConnectionStore, refresher: TokenRefresher, notices: SellerNotices,
        wallClock: WallClock, clock: any Clock<Duration>, logger: Logger
    ) {
        self.store = store
        self.refresher = refresher
        self.notices = notices
        self.wallClock = wallClock
        self.clock = clock
        self.logger = logger
    }

    /// Looks until shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let isMore = await look()
                await wakeup.wait(atMost: isMore ? Self.spacing : Self.interval, clock)
            }
        }
    }

    /// Tells what is to be told now; `true` when there may be more.
    func look() async -> Bool {
        let warnings: [ExpiryWarning]
        let ended: [RefreshDue]
        do throws(StoreError) {
            warnings = try await store.dueForWarning(at: wallClock.now, limit: Self.most)
            ended = try await store.ended(at: wallClock.now, limit: Self.most)
        } catch {
            logger.note("No connection looked at for its end: the store does not answer", at: .error)
            return false
        }
        for warning in warnings where !Task.isCancelled { await warn(warning) }
        for one in ended where !Task.isCancelled {
            await expire(one)
            if one != ended.last { try? await clock.sleep(for: Self.spacing) }
        }
        return warnings.count == Self.most
    }

    private func warn(_ warning: ExpiryWarning) async {
        do {
            guard let connection = try await store.connection(warning.connection) else { return }
            try await store.tell(warning, event: try await notices.expiring(connection, warning))
            logger.note(
                "Connection ends soon, and nothing renews it", at: .warning,
                [.connection: connection.id, .reason: warning.reason.rawValue, .count: warning.daysLeft])
        } catch StoreError.conflict {
            // Renewed meanwhile.
        } catch {
            logger.note("End of a connection not told", at: .error, [.connection: warning.connection])
        }
    }

    private func expire(_ due: RefreshDue) async {
        do throws(Problem) {
            try await refresher.expire(due.connection, ifGeneration: due.generation)
        } catch {
            logger.note(
                "End of a connection not noted", at: .error,
                [.connection: due.connection, .code: error.code.rawValue])
        }
    }
}

public import Logging
public import ServiceLifecycle

/// Ends connections that nobody confirmed in time, and those that their shop owner took back at the provider.
public struct ConnectionEndWorker: Service {
    /// Between two looks.
    static let interval = Duration.seconds(60)
    /// Most connections of each kind at one look.
    static let most = 200

    private let store: any ConnectionStore
    private let connections: Connections
    private let wakeup: Wakeup
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Takes what it uses; `wakeup` rings when the provider said something, `clock` is what it sleeps by.
    public init(
        store: any ConnectionStore, connections: Connections, wakeup: Wakeup, wallClock: WallClock,
        clock: any Clock<Duration>, logger: Logger
    ) {
        self.store = store
        self.connections = connections
        self.wakeup = wakeup
        self.wallClock = wallClock
        self.clock = clock
        self.logger = logger
    }

    /// Looks until shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await look()
                await wakeup.wait(atMost: Self.interval, clock)
            }
        }
    }

    /// Ends what is to end now.
    func look() async {
        let unconfirmed: [Connection]
        let deauthorized: [Connection]
        do throws(StoreError) {
            unconfirmed = try await store.unconfirmed(
                since: wallClock.now - Connection.confirmationLife, limit: Self.most)
            deauthorized = try await store.deauthorized(limit: Self.most)
        } catch {
            logger.note("No connection looked at for its end: the store does not answer", at: .error)
            return
        }
        for connection in unconfirmed where !Task.isCancelled {
            await end(connection) { () async throws(Problem) in try await connections.lapse(connection) }
        }
        for connection in deauthorized where !Task.isCancelled {
            await end(connection) { () async throws(Problem) in
                try await connections.reviewDeauthorization(of: connection)
            }
        }
    }

    private func end(_ connection: Connection, _ work: () async throws(Problem) -> Void) async {
        do throws(Problem) { try await work() } catch {
            logger.note(
                "Connection not ended", at: .error,
                [.connection: connection.id, .code: error.code.rawValue])
        }
    }
}

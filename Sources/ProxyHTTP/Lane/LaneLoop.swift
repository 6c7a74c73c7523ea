import Gateway
import NIOCore

/// What the connections of one event loop share: the pool and a coarse clock.
///
/// It is never used off its loop.
final class LaneLoop {
    /// How often the time-outs are looked at: once for all connections, instead of a timer for each request.
    static let tick = TimeAmount.milliseconds(250)

    let configuration: FastLane.Configuration
    let eventLoop: any EventLoop
    let pool: UpstreamPool
    let writer: HeadWriter
    /// The time at the last tick.
    private(set) var now = NIODeadline.now()
    private var tallies = LaneTallies()

    private var connections: [ObjectIdentifier: FastLaneConnection] = [:]
    private var ticking: RepeatedTask?
    private var ids: RequestIDs

    init(_ configuration: FastLane.Configuration, eventLoop: any EventLoop) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        pool = UpstreamPool(address: configuration.upstream, tls: configuration.tls, eventLoop: eventLoop)
        writer = HeadWriter(headers: configuration.headers, authority: configuration.upstream.authority)
        ids = RequestIDs(random: configuration.random)
    }

    /// A new request's id: `req_…`.
    func makeRequestID() -> String { ids.next(at: configuration.clock.now) }

    func add(_ connection: FastLaneConnection) {
        connections[ObjectIdentifier(connection)] = connection
        guard ticking == nil else { return }
        now = .now()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ticking = eventLoop.scheduleRepeatedTask(initialDelay: Self.tick, delay: Self.tick) { _ in bound.value.ticked()
        }
    }

    func remove(_ connection: FastLaneConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    /// Counts an answer.
    func count(_ address: ProxyAddress, _ forward: ProxyForward, _ status: Int, took: TimeAmount) {
        tallies.count(address, forward.route.pattern, forward.method, status, took: took)
    }

    private func ticked() {
        now = .now()
        for connection in Array(connections.values) { connection.checkDeadline() }
        pool.closeIdle(at: now)
        if connections.isEmpty, pool.connections == 0 {
            ticking?.cancel()
            ticking = nil
        }
    }
}

/// Request ids of one event loop, at the cost of an addition: a start that is drawn, then one more each time.
struct RequestIDs {
    private let top: UInt16
    private var low: UInt64

    init(random: RandomSource) {
        let bytes = random.bytes(10)
        top = bytes[..<2].reduce(0) { $0 << 8 | UInt16($1) }
        low = bytes[2...].reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func next(at moment: Timestamp) -> String {
        low &+= 1
        return "req_\(ULID(at: moment, chance: (top, low)))"
    }
}

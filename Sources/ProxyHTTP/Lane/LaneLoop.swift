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

    /// A new request's id and when it began.
    func makeRequestID() -> (id: CallID, at: Timestamp) {
        let moment = configuration.clock.now
        return (ids.next(at: moment), moment)
    }

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

    /// Counts an answer, and leaves a line about it.
    func note(_ exchange: Exchange, _ forward: ProxyForward, _ status: Int) {
        guard let call = exchange.call else { return }
        let took = NIODeadline.now() - exchange.began
        tallies.count(exchange.address, forward.route.pattern, forward.method, status, took: took)
        configuration.calls.note(
            CallRecord(
                id: call, startedAt: exchange.startedAt, seller: forward.seller, key: forward.key,
                method: forward.method, route: forward.route.pattern, status: status,
                microseconds: Int(took.nanoseconds / 1000), requestBytes: exchange.bodyLength,
                responseBytes: exchange.answered))
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

    mutating func next(at moment: Timestamp) -> CallID {
        low &+= 1
        return CallID(ULID(at: moment, chance: (top, low)))
    }
}

import Synchronization

/// The running upstream: the locked ``World``, the addresses it listens on and the sender's alarm.
final class Simulator: Sendable {
    private let world: Mutex<World>
    private let origins = Mutex(Origins())
    private let alarm: AsyncStream<Void>.Continuation
    /// What the fault `hold` keeps.
    let held = HeldRequests()
    /// Rings whenever a notification may have become due.
    let alarms: AsyncStream<Void>

    /// Starts with a world that may be planted already.
    init(_ world: World) {
        self.world = Mutex(world)
        (alarms, alarm) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Runs one rule of the upstream under the lock; never waits inside.
    func change<Result: Sendable>(_ body: (inout World) throws -> Result) rethrows -> Result {
        let (result, hasWork) = try world.withLock { world in
            let before = world.outbox.count
            let offset = world.clockOffset
            let result = try body(&world)
            return (result, world.outbox.count > before || world.clockOffset != offset)
        }
        if hasWork { ring() }
        return result
    }

    /// Lets the sender look at the outbox again.
    func ring() { alarm.yield() }

    /// The addresses; empty strings until the listeners are up.
    var addresses: Origins { origins.withLock { $0 } }

    /// Notes a listener's address and gives all of them once the last one is known.
    func note(_ path: any WritableKeyPath<Origins, String> & Sendable, _ origin: String) -> Origins? {
        origins.withLock { origins in
            origins[keyPath: path] = origin
            return origins.isComplete ? origins : nil
        }
    }

    /// Runs a rule as the owner of the request's bearer token, or refuses as the route family does.
    func answer(
        _ call: Call, as family: RouteFamily, _ body: (inout World, Caller) throws -> Reply
    ) throws -> Reply {
        try change { world in
            let caller = try world.caller(bearer: call.bearer, family: family)
            return try body(&world, caller)
        }
    }
}

/// Where the three listeners are reached, each as `scheme://host:port`.
struct Origins: Sendable {
    var api = ""
    var pages = ""
    var login = ""

    /// Whether all three are known.
    var isComplete: Bool { !api.isEmpty && !pages.isEmpty && !login.isEmpty }
}

import Synchronization

/// How many pieces of work a worker has under way.
final class InFlight: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }

    func add(_ change: Int) {
        value.withLock { $0 += change }
    }
}

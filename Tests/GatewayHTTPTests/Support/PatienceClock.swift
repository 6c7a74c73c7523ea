import Synchronization

/// A clock by which every wait lasts until it is canceled, or, once told so, is over at once.
final class PatienceClock: Clock {
    private let ended = Mutex(false)

    /// Lets every wait that begins from now on be over at once.
    func end() { ended.withLock { $0 = true } }

    var now: ContinuousClock.Instant { ContinuousClock.now }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        guard !ended.withLock({ $0 }) else { return }
        await untilCanceled()
    }
}

/// Returns when the task is canceled.
func untilCanceled() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    for await _ in stream {}
    continuation.finish()
}

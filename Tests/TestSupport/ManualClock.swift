public import Gateway
import Synchronization

/// A time of day that stands still until a test turns it.
public final class ManualClock: Sendable {
    private let moment: Mutex<Timestamp>

    /// Starts at 2026-01-01T00:00:00Z unless told otherwise.
    public init(_ start: Timestamp = Timestamp(milliseconds: 1_767_225_600_000)) {
        moment = Mutex(start)
    }

    /// The present moment.
    public var now: Timestamp { moment.withLock { $0 } }

    /// This clock in the form that the product takes.
    public var wallClock: WallClock {
        WallClock { self.now }
    }

    /// This clock in the form for time that has passed; unlike the real one it can be turned back.
    public var monotonic: MonotonicClock {
        MonotonicClock { .milliseconds(self.now.milliseconds) }
    }

    /// Turns the clock on, or back with a negative duration.
    public func advance(by duration: Duration) {
        moment.withLock { $0 = $0 + duration }
    }
}

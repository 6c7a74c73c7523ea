/// Where the time that has passed comes from: it only goes forward, whatever is done to the time of day.
///
/// For waits and rates that live in memory alone; what is stored goes by ``WallClock``.
public struct MonotonicClock: Sendable {
    private let read: @Sendable () -> Duration

    /// Takes the closure that tells for how long it has run.
    public init(_ read: @escaping @Sendable () -> Duration) {
        self.read = read
    }

    /// The time since some moment in the past.
    public var now: Duration { read() }

    /// The same in whole nanoseconds.
    var nanoseconds: Int64 { read().nanoseconds }

    /// The machine's own, which counts from the first use.
    public static let system: MonotonicClock = {
        let start = ContinuousClock.now
        return MonotonicClock { ContinuousClock.now - start }
    }()
}

extension Duration {
    /// The duration in whole nanoseconds, rounded towards zero.
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

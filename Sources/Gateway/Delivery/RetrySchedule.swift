/// The waits after failed attempts (DLV 7).
public struct RetrySchedule: Hashable, Sendable {
    /// One wait a failure; after the last one there is no further attempt.
    public let waits: [Duration]

    /// 13 attempts in 72 hours 42 minutes and 35 seconds.
    public static let standard = RetrySchedule(
        seconds: 5, 30, 120, 600, 1800, 3600, 7200, 18_000, 36_000, 50_400, 72_000, 72_000)

    /// Takes the waits, at least one.
    public init(waits: [Duration]) {
        self.waits = waits
    }

    private init(seconds: Int...) {
        waits = seconds.map { .seconds($0) }
    }

    /// How long to wait after the nth failure.
    ///
    /// - Parameters:
    ///   - failures: How many attempts have failed, 1 and more.
    ///   - spread: 0 to 1, drawn by chance, so that what failed together does not come back together.
    /// - Returns: The schedule's step, made longer by up to a fifth; `nil` when there is no further attempt.
    func wait(afterFailures failures: Int, spread: Double) -> Duration? {
        guard waits.indices.contains(failures - 1) else { return nil }
        return waits[failures - 1] * (1 + 0.2 * spread)
    }
}

/// When a notification is tried again.
///
/// Source: the diagram of reference §4.7.
enum RetrySchedule {
    private static let minute = 60.0
    private static let hour = 3600.0

    /// Seconds before each attempt, counted from the one before it.
    static let waits = [0, 15 * minute, 30 * minute, 6 * hour, 48 * hour, 96 * hour, 96 * hour, 96 * hour]

    /// Seconds to wait after a failed attempt, counted from 0; nil after the last one.
    static func wait(after attempt: Int, scale: Double) -> Double? {
        guard waits.indices.contains(attempt + 1) else { return nil }
        return waits[attempt + 1] / max(scale, .leastNonzeroMagnitude)
    }
}

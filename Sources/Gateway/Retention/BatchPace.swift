/// How much is done in one transaction, and how long nothing is done after it, so that nobody waits for it long; pure.
struct BatchPace: Sendable {
    /// Longest that one transaction is to take (DLV 18).
    static let longest = Duration.milliseconds(50)
    /// Most rows in one transaction, and fewest.
    static let sizes = 50...1000
    /// Shortest rest; else four times as long as the work was, so that the one writer is others' most of the time.
    static let shortestRest = Duration.milliseconds(10)

    /// How many rows the next transaction takes.
    private(set) var size = 250

    /// Takes in how long a transaction took; answers how long to rest.
    mutating func rest(after time: Duration) -> Duration {
        size = time > Self.longest ? max(size / 2, Self.sizes.lowerBound) : min(size + 50, Self.sizes.upperBound)
        return max(time * 4, Self.shortestRest)
    }
}

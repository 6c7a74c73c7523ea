/// A token bucket as one number: when it will be full again.
///
/// One that is idle for long enough equals a new one, so that it need not be kept. Times are nanoseconds of
/// ``MonotonicClock``. A clock that went back can't freeze it: it starts anew.
struct TokenBucket: Sendable {
    private var fullAt: Int64 = 0

    /// Whether it equals a new one.
    func isFull(at now: Int64) -> Bool { fullAt <= now }

    /// The time until it has a token; 0 when it has one.
    func wait(_ rate: ProxyLimits.Rate, at now: Int64) -> Int64 {
        max(0, missing(rate, at: now) + rate.interval - rate.capacity)
    }

    /// Takes a token that is there.
    mutating func take(_ rate: ProxyLimits.Rate, at now: Int64) {
        fullAt = now + missing(rate, at: now) + rate.interval
    }

    // More than an empty one lacks is missing only where a clock went back.
    private func missing(_ rate: ProxyLimits.Rate, at now: Int64) -> Int64 {
        fullAt - now > rate.capacity ? 0 : max(fullAt - now, 0)
    }
}

import Testing

@testable import Gateway

@Suite("A token bucket")
struct TokenBucketTests {
    private let rate = ProxyLimits.Rate(perSecond: 10, burst: 3)
    private let second: Int64 = 1_000_000_000

    @Test("gives its burst at once, then a token each interval")
    func burst() {
        var bucket = TokenBucket()
        for _ in 0..<3 {
            #expect(bucket.wait(rate, at: second) == 0)
            bucket.take(rate, at: second)
        }
        #expect(bucket.wait(rate, at: second) == second / 10)
        #expect(bucket.wait(rate, at: second + second / 10) == 0)
        bucket.take(rate, at: second + second / 10)
        #expect(bucket.wait(rate, at: second + second / 10) == second / 10)
    }

    @Test("is full again after its burst's time, and never more than full")
    func full() {
        var bucket = TokenBucket()
        for _ in 0..<3 { bucket.take(rate, at: second) }
        #expect(!bucket.isFull(at: second))
        #expect(bucket.isFull(at: second + 3 * second / 10))
        for _ in 0..<3 { bucket.take(rate, at: 100 * second) }
        #expect(bucket.wait(rate, at: 100 * second) == second / 10)
    }

    @Test("is not frozen by a clock that goes back")
    func back() {
        var bucket = TokenBucket()
        bucket.take(rate, at: 1_000_000 * second)
        #expect(bucket.wait(rate, at: second) == 0)
        bucket.take(rate, at: second)
        #expect(bucket.isFull(at: second + second / 10))
    }

    @Test("takes a million a second")
    func highest() {
        let rate = ProxyLimits.Rate(perSecond: 1_000_000, burst: 1_000_000)
        var bucket = TokenBucket()
        for call in 0..<2_000_000 as Range<Int64> {
            guard bucket.wait(rate, at: call * 1000) == 0 else {
                Issue.record("refused at \(call)")
                return
            }
            bucket.take(rate, at: call * 1000)
        }
    }
}

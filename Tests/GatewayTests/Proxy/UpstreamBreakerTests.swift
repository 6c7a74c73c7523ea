import Testing

@testable import Gateway

@Suite("The breaker")
struct UpstreamBreakerTests {
    private static let answered = ProxyOutcome.answered(status: 503, retryAfter: nil)
    private var breaker = UpstreamBreaker()

    /// Ends that many calls alike.
    private mutating func end(_ count: Int, _ outcome: ProxyOutcome, at now: Int64 = 0) -> UpstreamBreaker.Change? {
        var change: UpstreamBreaker.Change?
        for _ in 0..<count { change = breaker.ended(breaker.pass(at: now), outcome, at: now) }
        return change
    }

    private mutating func open(at now: Int64 = 0) {
        #expect(end(UpstreamBreaker.failuresToOpen, .unreachable, at: now) == .opened)
    }

    @Test("opens after failures in a row, of either kind")
    mutating func opens() {
        #expect(end(UpstreamBreaker.failuresToOpen - 1, .unreachable) == nil)
        #expect(breaker.wait(at: 0) == 0)
        #expect(end(1, .timedOut) == .opened)
        #expect(breaker.wait(at: 0) == UpstreamBreaker.pause)
    }

    @Test("counts an answer of any status as reached, and nothing else")
    mutating func answers() {
        #expect(end(UpstreamBreaker.failuresToOpen - 1, .unreachable) == nil)
        #expect(end(1, Self.answered) == nil)
        #expect(end(UpstreamBreaker.failuresToOpen - 1, .unreachable) == nil)
        #expect(end(100, .abandoned) == nil)
        #expect(end(100, .broken) == nil)
        #expect(breaker.wait(at: 0) == 0)
        #expect(end(1, .unreachable) == .opened)
    }

    @Test("lets one through after its pause, whose answer closes it")
    mutating func closes() {
        open()
        let now = UpstreamBreaker.pause
        #expect(breaker.wait(at: now - 1) == 1)
        #expect(breaker.wait(at: now) == 0)
        let trial = breaker.pass(at: now)
        #expect(breaker.wait(at: now) > 0)
        #expect(breaker.ended(trial, Self.answered, at: now) == .closed)
        #expect(breaker.state == .closed(failures: 0))
    }

    @Test("stays open when the one fails, and tries the next when it says nothing")
    mutating func fails() {
        open()
        let now = UpstreamBreaker.pause
        #expect(breaker.ended(breaker.pass(at: now), .timedOut, at: now) == nil)
        #expect(breaker.wait(at: now) == UpstreamBreaker.pause)
        let later = 2 * UpstreamBreaker.pause
        #expect(breaker.ended(breaker.pass(at: later), .abandoned, at: later) == nil)
        #expect(breaker.wait(at: later) == 0)
    }

    @Test("learns nothing from calls that began before it opened or closed")
    mutating func late() {
        let early = (0..<100).map { _ in breaker.pass(at: 0) }
        open()
        for pass in early { #expect(breaker.ended(pass, Self.answered, at: 0) == nil) }
        #expect(breaker.wait(at: 0) > 0)
        let now = UpstreamBreaker.pause
        #expect(breaker.ended(breaker.pass(at: now), Self.answered, at: now) == .closed)
        for pass in early { #expect(breaker.ended(pass, .timedOut, at: now) == nil) }
        #expect(breaker.state == .closed(failures: 0))
    }

    @Test("does not wait for ever for a trial that never ends, nor for a clock that went back")
    mutating func lost() {
        let start = 1000 * UpstreamBreaker.longestTrial
        open(at: start)
        _ = breaker.pass(at: start + UpstreamBreaker.pause)
        #expect(breaker.wait(at: start + UpstreamBreaker.pause + UpstreamBreaker.longestTrial) == 0)
        #expect(breaker.wait(at: 0) == 0)
    }
}

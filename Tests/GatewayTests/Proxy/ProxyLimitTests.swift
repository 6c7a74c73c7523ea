import TestSupport
import Testing

@testable import Gateway

@Suite("The proxy's limits")
struct ProxyLimitTests {
    private static let tight = ProxyLimits(
        seller: ProxyLimits.Rate(perSecond: 1, burst: 3), application: ProxyLimits.Rate(perSecond: 100, burst: 100),
        sellerConcurrency: 2)
    private static let ok = ProxyOutcome.answered(status: 200, retryAfter: nil)
    private let stage = ProxyStage(Self.tight)

    /// Sends a call that ends at once.
    private func call(_ stage: ProxyStage, _ target: String = "/users/me", key: String) -> Problem? {
        let decision = stage.decide("GET", target, key: key)
        if let forward = decision.forward { stage.policy.ended(forward, Self.ok) }
        return decision.problem
    }

    @Test("hold a seller to its rate, say when to come back, and touch no other seller")
    func rate() {
        let (seller, _) = stage.linkedSeller()
        let (other, _) = stage.linkedSeller()
        let key = stage.key(boundTo: seller.id)
        for _ in 0..<3 { #expect(call(stage, key: key) == nil) }
        let problem = call(stage, key: key)
        #expect(problem?.code == .rateLimited)
        #expect(problem?.retryAfter == .seconds(1))
        #expect(call(stage, key: stage.key(boundTo: other.id)) == nil)
        stage.make.clock.advance(by: .seconds(1))
        #expect(call(stage, key: key) == nil)
        #expect(call(stage, key: key)?.code == .rateLimited)
    }

    @Test("are not frozen by a clock that is set back")
    func clockBack() {
        let (seller, _) = stage.linkedSeller()
        let key = stage.key(boundTo: seller.id)
        for _ in 0..<3 { _ = call(stage, "/intents/a", key: key) }
        stage.make.clock.advance(by: .seconds(-3600))
        stage.make.clock.advance(by: .seconds(5))
        #expect(call(stage, "/intents/a", key: key) == nil)
    }

    @Test("hold all sellers of an application together")
    func application() {
        let stage = ProxyStage(
            ProxyLimits(
                seller: ProxyLimits.Rate(perSecond: 100, burst: 100),
                application: ProxyLimits.Rate(perSecond: 1, burst: 2), sellerConcurrency: 8))
        let first = stage.make.seller()
        let second = stage.make.seller()
        let (connection, application) = stage.connection(of: first)
        let other = stage.make.connection(of: second.id, with: application.id, user: 43, state: .linked)
        stage.keep(first, [(connection, application)])
        stage.keep(second, [(other, application)])
        for connection in [connection, other] { stage.keepToken(connection) }
        #expect(call(stage, key: stage.key(boundTo: first.id)) == nil)
        #expect(call(stage, key: stage.key(boundTo: second.id)) == nil)
        #expect(call(stage, key: stage.key(boundTo: first.id))?.code == .rateLimited)
        let (elsewhere, _) = stage.linkedSeller()
        #expect(call(stage, key: stage.key(boundTo: elsewhere.id)) == nil)
    }

    @Test("count a seller's calls under way, and give their places back however they end")
    func concurrency() throws {
        let (seller, _) = stage.linkedSeller()
        let key = stage.key(boundTo: seller.id)
        let outcomes: [ProxyOutcome] = [Self.ok, .unreachable, .timedOut, .broken, .abandoned]
        let first = try #require(stage.decide(key: key).forward)
        for outcome in outcomes {
            stage.make.clock.advance(by: .seconds(10))
            let second = try #require(stage.decide(key: key).forward)
            #expect(stage.decide(key: key).problem?.code == .rateLimited)
            stage.policy.ended(second, outcome)
        }
        stage.policy.ended(first, Self.ok)
        stage.make.clock.advance(by: .seconds(10))
        #expect(call(stage, key: key) == nil)
    }

    @Test("share the provider's 429 among a seller's calls until its time has passed")
    func pause() throws {
        let (seller, _) = stage.linkedSeller()
        let key = stage.key(boundTo: seller.id)
        let forward = try #require(stage.decide(key: key).forward)
        stage.policy.ended(forward, .answered(status: 429, retryAfter: .seconds(20)))
        let problem = call(stage, "/v1/orders/1", key: key)
        #expect(problem?.code == .upstreamLimited)
        #expect(problem?.retryAfter == .seconds(20))
        let (other, _) = stage.linkedSeller()
        #expect(call(stage, key: stage.key(boundTo: other.id)) == nil)
        stage.make.clock.advance(by: .milliseconds(19_500))
        #expect(call(stage, key: key)?.retryAfter == .seconds(1))
        stage.make.clock.advance(by: .milliseconds(500))
        #expect(call(stage, key: key) == nil)
    }

    @Test("let a seller poll once a second, HEAD and other intents included, and do everything else meanwhile")
    func polls() throws {
        let (seller, _) = stage.linkedSeller()
        let key = stage.key(boundTo: seller.id)
        #expect(call(stage, "/intents/a", key: key) == nil)
        #expect(call(stage, "/intents/b", key: key)?.code == .rateLimited)
        #expect(stage.decide("HEAD", "/intents/a", key: key).problem?.retryAfter == .seconds(1))
        #expect(call(stage, key: key) == nil)
        stage.make.clock.advance(by: .seconds(1))
        #expect(call(stage, "/intents/b", key: key) == nil)
    }

    @Test("take nothing from a call that is refused for another reason")
    func refusedTakesNothing() {
        let (seller, _) = stage.linkedSeller()
        let key = stage.key(boundTo: seller.id)
        for _ in 0..<50 { #expect(stage.decide("GET", "/nowhere", key: key).problem?.code == .routeNotAllowed) }
        for _ in 0..<3 { #expect(call(stage, key: key) == nil) }
    }

    @Test("refuse at once while the provider can't be reached, try one call, and tell the log")
    func breaker() throws {
        let (seller, _) = stage.linkedSeller()
        let key = stage.key(boundTo: seller.id)
        for _ in 0..<UpstreamBreaker.failuresToOpen {
            stage.make.clock.advance(by: .seconds(2))
            stage.policy.ended(try #require(stage.decide(key: key).forward), .unreachable)
        }
        let problem = stage.decide(key: key).problem
        #expect(problem?.code == .upstreamUnreachable)
        #expect(problem?.extra == ["reason": "circuit_open"])
        #expect(problem?.retryAfter == .seconds(5))
        stage.make.clock.advance(by: .seconds(5))
        let trial = try #require(stage.decide(key: key).forward)
        #expect(stage.decide(key: key).problem?.code == .upstreamUnreachable)
        stage.policy.ended(trial, Self.ok)
        #expect(stage.decide(key: key).forward != nil)
        #expect(stage.logs.text.contains("can't be reached"))
        #expect(stage.logs.text.contains("can be reached again"))
    }

    @Test("say of a call whether it may be sent twice")
    func replay() {
        let (seller, _) = stage.linkedSeller()
        let key = stage.key(boundTo: seller.id)
        let sent = [("x-idempotency-key", "mine")].map { (name: $0.0, value: $0.1) }
        #expect(stage.decide("GET", "/users/me", key: key).forward?.isReplaySafe == true)
        #expect(stage.decide("POST", "/v1/orders", key: key).forward?.isReplaySafe == true)
        stage.make.clock.advance(by: .seconds(10))
        let other = stage.linkedSeller().seller.id
        let intents = "/point/devices/PAX_1/payment-intents"
        #expect(stage.decide("POST", intents, key: stage.key(boundTo: other), sent).forward?.isReplaySafe == false)
    }

    @Test("let a call go once more with the idempotency key that was made for it")
    func sameKey() throws {
        let (seller, _) = stage.linkedSeller()
        let request = ProxyRequest(
            method: "POST", target: "/v1/orders", seller: nil,
            headers: [("authorization", "Bearer \(stage.key(boundTo: seller.id))")])
        let first = try #require(stage.policy.decide(request).forward)
        let second = try #require(stage.policy.decide(request.again(after: first)).forward)
        #expect(first.madeIdempotencyKey != nil)
        #expect(second.madeIdempotencyKey == first.madeIdempotencyKey)
    }
}

@Suite("What is remembered of sellers' calls")
struct SellerTrafficTests {
    private let make = Fixtures()
    private let limits = ProxyLimits.standard
    private let second: Int64 = 1_000_000_000

    @Test("is bounded by the sellers that are busy, not by those that ever called")
    func bounded() throws {
        var traffic = SellerTraffic()
        for index in 0..<100_000 as Range<Int64> {
            let now = second + index * 1_000_000
            let placeFound = traffic.place(of: make.ids.next(), at: now)
            let place = try #require(placeFound)
            traffic.entries[place].bucket.take(limits.seller, at: now)
        }
        // Each is busy for 20 ms of its bucket, so that about 20 are at a time.
        #expect(traffic.entries.count < 100)
    }

    @Test("never loses a call in hand or a pause, even where all places are taken")
    func full() throws {
        var traffic = SellerTraffic(limit: 2)
        let held: SellerID = make.ids.next()
        let paused: SellerID = make.ids.next()
        let firstFound = traffic.place(of: held, at: second)
        let first = try #require(firstFound)
        traffic.entries[first].inHand = 1
        let otherFound = traffic.place(of: paused, at: second)
        let other = try #require(otherFound)
        traffic.entries[other].pausedUntil = 10 * second
        #expect(traffic.place(of: make.ids.next(), at: second) == nil)
        #expect(traffic.place(of: held, at: second) == first)
        #expect(traffic.place(of: make.ids.next(), at: 10 * second) == other)
    }

    @Test("gives up a bucket that is not full before it refuses a seller")
    func busy() throws {
        var traffic = SellerTraffic(limit: 1)
        let placeFound = traffic.place(of: make.ids.next(), at: second)
        let place = try #require(placeFound)
        traffic.entries[place].bucket.take(limits.seller, at: second)
        #expect(traffic.place(of: make.ids.next(), at: second) == place)
    }
}

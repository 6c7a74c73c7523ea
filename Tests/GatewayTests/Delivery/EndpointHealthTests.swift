import TestSupport
import Testing

@testable import Gateway

@Suite("DLV 10: an endpoint's health")
struct EndpointHealthTests {
    private let make = Fixtures()
    private var start: Timestamp { make.clock.now }

    private func deliveries(_ count: Int) -> [DeliveryID] { (0..<count).map { _ in make.ids.next() } }

    /// Takes in failures of these deliveries, one a second.
    private func failed(
        _ health: inout EndpointHealth, _ deliveries: [DeliveryID], from start: Timestamp, isProbe: Bool = false
    ) -> [EndpointHealth.Signal] {
        deliveries.enumerated().flatMap { index, delivery in
            health.record(
                .failure(isOverload: false), of: delivery, isProbe: isProbe, limit: 4, at: start + .seconds(index))
        }
    }

    @Test("opens after ten failures in a row of three deliveries, and not before")
    func streak() {
        var health = EndpointHealth()
        let three = deliveries(3)
        #expect(failed(&health, three + three + three, from: start) == [])
        #expect(health.breaker == .closed)
        #expect(failed(&health, [three[0]], from: start + .seconds(9)) == [.suspended])
        #expect(health.probeAt == start + .seconds(39))
        #expect(health.allowed(of: 64) == 1)
    }

    @Test("opens when seven of ten attempts of five minutes failed")
    func share() {
        var health = EndpointHealth()
        let seven = deliveries(7)
        var signals: [EndpointHealth.Signal] = []
        for delivery in seven {
            signals += health.record(
                .failure(isOverload: false), of: delivery, isProbe: false, limit: 4, at: start)
            if delivery == seven[2] || delivery == seven[4] {
                signals += health.record(.success, of: delivery, isProbe: false, limit: 4, at: start)
            }
        }
        #expect(signals == [])
        #expect(failed(&health, deliveries(1), from: start) == [.suspended])
    }

    @Test("never opens for two deliveries that fail, nor for refusals of events")
    func poison() {
        var health = EndpointHealth()
        let two = deliveries(2)
        #expect(failed(&health, (0..<50).map { two[$0 % 2] }, from: start) == [])
        for delivery in deliveries(50) {
            #expect(health.record(.neutral, of: delivery, isProbe: false, limit: 4, at: start) == [])
        }
        #expect(health.breaker == .closed)
    }

    @Test("waits longer between probes, ten minutes at most, and counts nothing that was under way")
    func probes() {
        var health = EndpointHealth()
        _ = failed(&health, deliveries(10), from: start)
        let opened = health
        _ = failed(&health, deliveries(3), from: start)
        #expect(health == opened)
        #expect(health.record(.success, of: make.ids.next(), isProbe: false, limit: 4, at: start) == [])
        #expect(health == opened)
        var waits: [Int64] = []
        for _ in 0..<6 {
            let moment = start + .seconds(100)
            _ = failed(&health, deliveries(1), from: moment, isProbe: true)
            waits.append((health.probeAt! - moment).components.seconds)
        }
        #expect(waits == [60, 120, 240, 480, 600, 600])
    }

    @Test("closes after three probes that succeeded, none failing between them")
    func closing() {
        var health = EndpointHealth()
        _ = failed(&health, deliveries(10), from: start)
        func succeeded() -> [EndpointHealth.Signal] {
            health.record(.success, of: make.ids.next(), isProbe: true, limit: 4, at: start)
        }
        #expect(succeeded() + succeeded() == [])
        #expect(health.probeAt == start)
        _ = failed(&health, deliveries(1), from: start, isProbe: true)
        #expect(succeeded() + succeeded() == [])
        #expect(succeeded() == [.recovered])
        #expect(health == .resumed)
        #expect(health.allowed(of: 4) == 1)
    }

    @Test("warns after one day and after three, and disables after five")
    func silence() {
        var health = EndpointHealth()
        var told: [Int: EndpointHealth.Signal] = [:]
        for hour in 0...120 {
            let signals = health.record(
                .failure(isOverload: false), of: make.ids.next(), isProbe: true, limit: 4,
                at: start + .seconds(hour * 3600))
            if let signal = signals.first { told[hour] = signal }
        }
        #expect(told == [9: .suspended, 24: .warned(days: 1), 72: .warned(days: 3), 120: .disabled])
    }

    @Test("does not disable what hardly anything was tried at, and begins anew with a success")
    func rare() {
        var health = EndpointHealth()
        for day in 0..<19 {
            let signals = health.record(
                .failure(isOverload: false), of: make.ids.next(), isProbe: true, limit: 4,
                at: start + .seconds(day * 2 * 86_400))
            #expect(!signals.contains(.disabled))
        }
        _ = health.record(.success, of: make.ids.next(), isProbe: true, limit: 4, at: start + .seconds(38 * 86_400))
        #expect(health.failingSince == nil)
        let later = start + .seconds(39 * 86_400)
        #expect(failed(&health, deliveries(25), from: later, isProbe: true).contains(.disabled) == false)
    }

    @Test("lowers what is under way where it is too much, and raises it by one in ten successes")
    func overload() {
        var health = EndpointHealth()
        _ = health.record(.failure(isOverload: true), of: make.ids.next(), isProbe: false, limit: 8, at: start)
        #expect(health.allowed(of: 8) == 4)
        _ = health.record(.failure(isOverload: true), of: make.ids.next(), isProbe: false, limit: 8, at: start)
        #expect(health.allowed(of: 8) == 2)
        for _ in 0..<10 { _ = health.record(.success, of: make.ids.next(), isProbe: false, limit: 8, at: start) }
        #expect(health.allowed(of: 8) == 3)
    }

    @Test("remembers nothing of an endpoint that is well again")
    func forgetting() {
        var health = EndpointHealth.resumed
        #expect(!health.isBlank)
        for number in 0..<400 {
            _ = health.record(
                .success, of: make.ids.next(), isProbe: false, limit: 4, at: start + .seconds(number))
        }
        #expect(health.isBlank)
    }
}

@Suite("DLV 13: the fair share")
struct FairShareTests {
    /// Deals to owners of endless lines; answers how many each got.
    private func deal(_ share: FairShare, _ owners: [String], underWay: [String: Int] = [:]) -> [String: Int] {
        share.deal(owners.map { ($0, $0) }, underWay: underWay) { $0 }
            .reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    @Test("gives alike to all who wait, and the first to whom waits longest")
    func alike() {
        #expect(deal(FairShare(places: 64, free: 64), ["a", "b", "c", "d"]) == ["a": 16, "b": 16, "c": 16, "d": 16])
        #expect(deal(FairShare(places: 64, free: 3), ["a", "b", "c", "d"]) == ["a": 1, "b": 1, "c": 1])
    }

    @Test("lets one owner have a quarter while another waits, and three quarters when nobody does")
    func caps() {
        #expect(deal(FairShare(places: 64, free: 64), ["a"]) == ["a": 48])
        #expect(deal(FairShare(places: 64, free: 20), ["a", "b"], underWay: ["a": 16]) == ["a": 2, "b": 18])
        #expect(deal(FairShare(places: 64, free: 16), ["a", "b"], underWay: ["a": 48]) == ["b": 16])
        #expect(deal(FairShare(places: 64, free: 16), ["a"], underWay: ["a": 48]) == [:])
    }

    @Test("lets an owner's endpoints take turns")
    func turns() {
        let lines = [("a", 1), ("a", 2), ("b", 3)]
        let picked = FairShare(places: 64, free: 5).deal(lines, underWay: [:]) { $0 }
        #expect(picked == [1, 3, 2, 3, 1])
    }

    @Test("passes over an endpoint that has nothing more to give")
    func empty() {
        var left = [1: 1, 2: 3]
        let picked = FairShare(places: 64, free: 64).deal([("a", 1), ("a", 2)], underWay: [:]) { line -> Int? in
            guard left[line, default: 0] > 0 else { return nil }
            left[line, default: 0] -= 1
            return line
        }
        #expect(picked == [1, 2, 2, 2])
    }
}

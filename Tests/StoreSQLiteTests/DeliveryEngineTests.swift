import Foundation
import Gateway
import Logging
import StoreSQLite
import Synchronization
import TestSupport
import Testing

/// Workers over a real store, the network scripted and the wall clock turned by hand.
@Suite("The delivery engine", .timeLimit(.minutes(2)))
struct DeliveryEngineTests {
    @Test(
        "DLV 12: four workers and random failures deliver each payment's events once and in order",
        arguments: [1, 2, 3])
    func order(seed: UInt64) async throws {
        try await Engine.run(workers: 4, seed: seed) { engine in
            for _ in 0..<3 { try await engine.endpoint(concurrency: 8) }
            engine.sender.answers { request, random in
                random.unit() < 0.3 && request.type != Endpoint.testEventType ? 500 : 200
            }
            for number in 0..<200 { try await engine.tell(about: "payment \(number % 40)") }
            try await engine.settle()
            let delivered = engine.sender.posts.filter { $0.status == 200 && $0.type == "payment.updated" }
            #expect(delivered.count == 600)
            #expect(Set(delivered.map(\.delivery)).count == 600)
            for (line, posts) in Dictionary(grouping: delivered, by: \.line) {
                #expect(posts.map(\.place) == [1, 2, 3, 4, 5], "\(line)")
            }
        }
    }

    @Test("DLV 4: a worker that was frozen past its lease changes nothing when it goes on")
    func frozen() async throws {
        try await Engine.run(workers: 2, seed: 1) { engine in
            try await engine.endpoint()
            engine.sender.holdsNext()
            let event = try await engine.tell(about: "payment")
            try await engine.until { $0.sender.held != nil }
            let held = try #require(engine.sender.held)
            engine.clock.advance(by: .seconds(300))
            #expect(try await engine.store.rescue(leasesBefore: engine.clock.now, at: engine.clock.now) == 1)
            try await engine.settle()
            let delivery = try await engine.delivery(of: event)
            #expect(delivery.state == .delivered)
            #expect(delivery.attempts == 2)
            held.answer(500)
            let attempts = try await engine.attempts(of: delivery.id) { $0[0].isLate }
            #expect(attempts.map(\.status) == [500, 200])
            #expect(attempts.map(\.isLate) == [true, false])
            #expect(try await engine.delivery(of: event) == delivery)
        }
    }

    @Test("DLV 13: a seller whose endpoints hang with thousands waiting holds up nobody else")
    func hostile() async throws {
        try await Engine.run(workers: 1, seed: 1) { engine in
            let hostile = try await engine.seller()
            for _ in 0..<8 { try await engine.endpoint(of: hostile, concurrency: 64) }
            let others = try await (0..<20).asyncMap { _ in try await engine.seller() }
            for other in others { try await engine.endpoint(of: other) }
            engine.sender.hangs(at: hostile)
            for number in 0..<300 { try await engine.tell(hostile, about: "\(number)") }
            try await engine.until { $0.sender.hanging == 192 }
            for other in others { try await engine.tell(other, about: "sale") }
            try await engine.until { engine in
                let posts = engine.sender.posts.filter { $0.status == 200 && $0.type == "payment.updated" }
                return Set(posts.map(\.seller)) == Set(others.map(\.description))
            }
            // All of it still hangs: nobody had to wait for one of them to end.
            #expect(engine.sender.hanging == 192)
        }
    }

    @Test("DLV 16: an event sent again keeps its webhook-id, and says that it is a replay where it had come before")
    func replay() async throws {
        try await Engine.run(workers: 2, seed: 1) { engine in
            try await engine.endpoint()
            let event = try await engine.tell(about: "payment")
            try await engine.settle()
            try await engine.endpoint()
            try await engine.replay(event)
            try await engine.settle()
            let posts = engine.sender.posts.filter { $0.event == event.description }
            let byEndpoint = Dictionary(grouping: posts, by: \.line).values.sorted { $0.count > $1.count }
            #expect(byEndpoint.map { $0.map(\.replay) } == [["", "true"], [""]])
        }
    }

    @Test("DLV 17: what is counted is what there is")
    func counts() async throws {
        try await Engine.run(workers: 2, seed: 4) { engine in
            try await engine.endpoint(concurrency: 8)
            engine.sender.answers { request, random in
                request.type == Endpoint.testEventType ? 200 : random.unit() < 0.5 ? 422 : 200
            }
            for number in 0..<60 { try await engine.tell(about: "\(number % 50)") }
            try await engine.settle()
            let depth = try await engine.store.queueDepth(at: engine.clock.now)
            var counted: [Delivery.State: Int] = [:]
            var page = Page(limit: 200)
            while true {
                let found = try await engine.store.deliveries(DeliveryFilter(), page: page)
                for delivery in found { counted[delivery.state, default: 0] += 1 }
                guard found.count == page.limit, let last = found.last else { break }
                page = Page(limit: 200, after: last.id.ulid)
            }
            #expect(depth.counts.filter { $0.value > 0 } == counted)
            #expect(counted.values.reduce(0, +) == 61)
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ make: (Element) async throws -> Value) async rethrows -> [Value] {
        var made: [Value] = []
        for element in self { made.append(try await make(element)) }
        return made
    }
}

import Logging
import StoreSQLite
import TestSupport
import Testing

@testable import Gateway

/// What the worker leaves behind, over a real store and with the wall clock turned by hand.
@Suite("Retention", .timeLimit(.minutes(2)))
struct RetentionTests {
    @Test("DLV 18: forgets bodies and attempts after a month and all after a year, but nothing that has not ended")
    func lives() async throws {
        try await Engine.run(workers: 1, seed: 1) { engine in
            let seller = try await engine.seller()
            let endpoint = try await engine.endpoint(of: seller)
            let over = try await engine.tell(seller, about: "over")
            try await engine.settle()
            _ = try await engine.store.move(
                endpoint, to: .paused, from: [.active], as: Fixtures(clock: engine.clock).change(.endpointUpdated))
            let open = try await engine.tell(seller, about: "open")
            let body = try #require(try await engine.store.body(of: over))
            let bytes = try await engine.vault.open(
                body.sealed, body.purpose, row: over.ulid, owner: .seller(seller)
            ).reveal { $0 }
            let worker = engine.retention()

            engine.clock.advance(by: .seconds(86_400 * 29))
            await worker.forget()
            #expect(try await engine.store.event(over)?.forgotten == nil)

            engine.clock.advance(by: .seconds(86_400 * 2))
            await worker.forget()
            let forgotten = try await engine.store.event(over)?.forgotten
            #expect(forgotten == Event.Forgotten(at: engine.clock.now, sha256: sha256(bytes), size: bytes.count))
            let ended = try await engine.delivery(of: over)
            #expect(ended.state == .delivered)
            #expect(try await engine.store.attempts(of: ended.id).isEmpty)
            #expect(try await engine.store.body(of: open) != nil)

            engine.clock.advance(by: .seconds(86_400 * 370))
            await worker.forget()
            #expect(try await engine.store.event(over) == nil)
            #expect(try await engine.store.delivery(ended.id) == nil)
            #expect(try await engine.delivery(of: open).state == .pending)
            #expect(try await engine.store.body(of: open) != nil)
        }
    }

    @Test("goes on with less at a time when it takes long, and rests four times as long as it worked")
    func pace() {
        var pace = BatchPace()
        let first = pace.size
        #expect(pace.rest(after: .milliseconds(60)) == .milliseconds(240))
        #expect(pace.size == first / 2)
        for _ in 0..<20 { _ = pace.rest(after: .seconds(1)) }
        #expect(pace.size == BatchPace.sizes.lowerBound)
        #expect(pace.rest(after: .milliseconds(1)) == BatchPace.shortestRest)
        for _ in 0..<40 { _ = pace.rest(after: .milliseconds(1)) }
        #expect(pace.size == BatchPace.sizes.upperBound)
    }
}

extension Engine {
    fileprivate func retention() -> RetentionWorker {
        RetentionWorker(
            rules: .standard, store: store, vault: vault, wallClock: clock.wallClock, monotonic: .system,
            clock: ContinuousClock(), logger: Logger(label: "retention") { _ in SwiftLogNoOpLogHandler() })
    }
}

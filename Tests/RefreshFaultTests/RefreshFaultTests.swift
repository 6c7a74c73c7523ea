import Testing

/// A pair of tokens is never lost, whatever goes wrong and in whichever order.
///
/// `Schedule.run(seed:)` with the seed of a failure makes it happen again.
@Suite("Refreshing under faults")
struct RefreshFaultTests {
    @Test("ends every schedule with the provider's newest pair, or rightly with a shop that has to link again")
    func schedules() async throws {
        let count = 1000
        let tally = try await withThrowingTaskGroup(of: Schedule.Tally.self) { group in
            var next: UInt64 = 1
            while next <= 2 {
                let seed = next
                group.addTask { try await Schedule.run(seed: seed) }
                next += 1
            }
            var tally = Schedule.Tally()
            for try await one in group {
                tally = tally + one
                guard next <= count else { continue }
                let seed = next
                group.addTask { try await Schedule.run(seed: seed) }
                next += 1
            }
            return tally
        }
        print(
            "schedules=\(count) faults=\(tally.faults) deaths=\(tally.deaths) posts=\(tally.posts) "
                + "relinks=\(tally.relinks) lost=0")
        #expect(tally.faults > count && tally.deaths > count / 4 && tally.relinks > count / 10)
    }
}

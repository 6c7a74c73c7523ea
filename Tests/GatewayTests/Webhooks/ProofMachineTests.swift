import Testing

@testable import Gateway

@Suite("What follows from asking the provider")
struct ProofMachineTests {
    private func verdict(
        _ finding: ProofMachine.Finding, isClaim: Bool = true, isDisputed: Bool = false, isAwaited: Bool = false,
        tries: Int = 1, age: Duration = .zero
    ) -> ProofMachine.Verdict {
        ProofMachine(isClaim: isClaim, isDisputed: isDisputed, isAwaited: isAwaited, tries: tries, age: age)
            .verdict(on: finding)
    }

    @Test("what it confirms is told, however late")
    func fetched() {
        #expect(verdict(.fetched) == .fetched)
        #expect(verdict(.fetched, isDisputed: true, tries: 9, age: .seconds(300_000)) == .fetched)
    }

    @Test("what it denies is held for ten minutes before it counts as a lie")
    func contradicted() {
        for finding in [ProofMachine.Finding.contradicted, .absent] {
            #expect(verdict(finding) == .disputed(again: .seconds(1)))
            #expect(verdict(finding, isDisputed: true, tries: 4, age: .seconds(599)) == .disputed(again: .seconds(120)))
            #expect(verdict(finding, isDisputed: true, tries: 5, age: .seconds(600)) == .contradicted)
        }
    }

    @Test("what was just made may not be found for a moment, and is told with its id alone then")
    func absent() {
        #expect(verdict(.absent, isClaim: false) == .again(after: .seconds(1)))
        #expect(verdict(.absent, isClaim: false, tries: 2) == .unproved)
    }

    @Test("a provider that can't be asked is asked until receivers are told without it")
    func unavailable() {
        #expect(verdict(.unavailable(wait: nil)) == .again(after: .seconds(1)))
        #expect(verdict(.unavailable(wait: nil), tries: 2, age: .seconds(1)) == .again(after: .seconds(2)))
        #expect(verdict(.unavailable(wait: .seconds(40)), tries: 2, age: .seconds(1)) == .again(after: .seconds(40)))
        #expect(verdict(.unavailable(wait: nil), tries: 4, age: .seconds(5)) == .unproved)
    }

    @Test("somebody who is told nothing unproven is waited with for three days")
    func awaited() {
        let day = Duration.seconds(86_400)
        #expect(
            verdict(.unavailable(wait: nil), isAwaited: true, tries: 40, age: day * 2)
                == .again(after: .seconds(14_400)))
        #expect(verdict(.unavailable(wait: nil), isAwaited: true, tries: 60, age: day * 3) == .unproved)
    }

    @Test("a dispute that can't be settled for three days is a lie")
    func unsettled() {
        #expect(
            verdict(.unavailable(wait: nil), isDisputed: true, tries: 3, age: .seconds(900))
                == .disputed(again: .seconds(30)))
        #expect(verdict(.unavailable(wait: nil), isDisputed: true, tries: 60, age: .seconds(259_200)) == .contradicted)
    }
}

import Testing

@testable import Gateway

@Suite("The budget of repetitions")
struct RepeatBudgetTests {
    private static func taken(_ budget: inout RepeatBudget, tries: Int = 1_000) -> Int {
        (0..<tries).count { _ in budget.take() }
    }

    @Test("bears a few at first, then one for ten calls")
    func rate() {
        var budget = RepeatBudget()
        #expect(Self.taken(&budget) == RepeatBudget.atFirst)
        for _ in 0..<99 { budget.earn() }
        #expect(Self.taken(&budget) == 9)
        budget.earn()
        #expect(Self.taken(&budget) == 1)
    }

    @Test("saves no more than a hundred in a calm")
    func cap() {
        var budget = RepeatBudget()
        for _ in 0..<1_000_000 { budget.earn() }
        #expect(Self.taken(&budget) == RepeatBudget.most)
    }
}

/// How many calls may be sent twice: one in ten, so that repetitions never become the load that brings a provider down.
///
/// Source: SEC C4.10.
struct RepeatBudget: Sendable {
    /// So many calls earn one repetition.
    static let callsPerRepeat = 10
    /// So many may come at once, after a calm.
    static let most = 100
    /// What there is at first, so that the first broken connection of a quiet gateway is borne.
    static let atFirst = 10

    /// Repetitions, in tenths.
    private var left = RepeatBudget.atFirst * RepeatBudget.callsPerRepeat

    /// A call goes.
    mutating func earn() { left = min(left + 1, Self.most * Self.callsPerRepeat) }

    /// Takes one repetition; `false` where there is none.
    mutating func take() -> Bool {
        guard left >= Self.callsPerRepeat else { return false }
        left -= Self.callsPerRepeat
        return true
    }
}

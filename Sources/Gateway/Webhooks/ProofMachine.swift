/// Decides what follows from asking the provider about a notification; pure.
///
/// A time-out is no lie: what can't be asked for is told with ids alone (DESIGN §9). A contradiction may be the
/// provider's own delay between what it sends and what it answers, so it has to last.
struct ProofMachine: Sendable {
    /// How long receivers wait for proof before they are told without it.
    static let patience = ProofDemand.patience
    /// A contradiction that lasts for so long is one.
    static let longestDispute = Duration.seconds(10 * 60)
    /// After that nobody asks any more.
    static let longestWait = Duration.seconds(72 * 3600)
    /// Between two tries.
    static let waits: [Duration] = [1, 2, 30, 120, 450, 1_800, 3_600, 7_200, 14_400].map { .seconds($0) }

    /// What the provider said.
    enum Finding: Sendable {
        case fetched
        case absent
        case contradicted
        /// Nothing, with the time that it wants to be left alone for.
        case unavailable(wait: Duration?)
    }

    enum Verdict: Equatable, Sendable {
        case fetched, unproved, contradicted
        case again(after: Duration)
        case disputed(again: Duration)
    }

    let isClaim: Bool
    let isDisputed: Bool
    /// Whether somebody waits who is not told without proof.
    let isAwaited: Bool
    /// How often the provider was asked, this time included.
    let tries: Int
    /// For how long the proof has been wanted.
    let age: Duration

    func verdict(on finding: Finding) -> Verdict {
        switch finding {
        case .fetched: return .fetched
        case .absent where !isClaim:
            // What was just made may not be found for a moment; then it is told without.
            return tries == 1 ? .again(after: wait) : .unproved
        case .absent, .contradicted:
            return age >= Self.longestDispute ? .contradicted : .disputed(again: wait)
        case .unavailable(let asked):
            let wait = max(wait, asked ?? .zero)
            if isDisputed { return age >= Self.longestWait ? .contradicted : .disputed(again: wait) }
            let isOver = age >= (isAwaited ? Self.longestWait : Self.patience)
            return isOver ? .unproved : .again(after: wait)
        }
    }

    private var wait: Duration { Self.waits[min(max(tries, 1), Self.waits.count) - 1] }
}

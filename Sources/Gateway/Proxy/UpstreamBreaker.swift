/// Keeps calls from a provider that can't be reached: after some failures in a row it refuses at once, then tries one.
///
/// An answer of any status counts as reached. Times are nanoseconds of ``MonotonicClock``. Whoever was let through in
/// one state says nothing about another: what ends late is told apart by its pass.
struct UpstreamBreaker: Sendable {
    /// Failures in a row, of all sellers together, that open it.
    static let failuresToOpen = 10
    /// For how long it refuses before it tries.
    static let pause: Int64 = 5_000_000_000
    /// For how long a trial may go without an end before there is another.
    static let longestTrial: Int64 = 150_000_000_000

    enum State: Equatable, Sendable {
        /// Everybody is let through.
        case closed(failures: Int)
        /// Nobody is.
        case open(until: Int64)
        /// One call is under way, whose end decides.
        case halfOpen(until: Int64)
    }

    /// What one that was let through shows when it ends.
    struct Pass: Equatable, Sendable {
        fileprivate let era: Int32
    }

    enum Change: Equatable, Sendable { case opened, closed }

    private(set) var state = State.closed(failures: 0)
    private var era: Int32 = 0

    /// How long to stay away; 0 when the next call is let through.
    func wait(at now: Int64) -> Int64 {
        switch state {
        case .closed: 0
        case .open(let until), .halfOpen(let until):
            // An end further away than there can be is one of a clock that went back.
            until - now > Self.longestTrial ? 0 : min(max(until - now, 0), Self.pause)
        }
    }

    /// Lets a call through that need not stay away.
    mutating func pass(at now: Int64) -> Pass {
        if case .closed = state { return Pass(era: era) }
        enter(.halfOpen(until: now + Self.longestTrial))
        return Pass(era: era)
    }

    /// Takes in how a call ended.
    mutating func ended(_ pass: Pass, _ outcome: ProxyOutcome, at now: Int64) -> Change? {
        guard pass.era == era else { return nil }
        switch (state, outcome) {
        case (.closed(let failures), .unreachable), (.closed(let failures), .timedOut):
            guard failures + 1 >= Self.failuresToOpen else {
                state = .closed(failures: failures + 1)
                return nil
            }
            enter(.open(until: now + Self.pause))
            return .opened
        case (.closed, .answered): state = .closed(failures: 0)
        case (.halfOpen, .answered):
            enter(.closed(failures: 0))
            return .closed
        case (.halfOpen, .unreachable), (.halfOpen, .timedOut): enter(.open(until: now + Self.pause))
        // Says nothing: the next call is the trial.
        case (.halfOpen, .broken), (.halfOpen, .abandoned): enter(.open(until: now))
        case (.closed, .broken), (.closed, .abandoned), (.open, _): break
        }
        return nil
    }

    private mutating func enter(_ state: State) {
        self.state = state
        era &+= 1
    }
}

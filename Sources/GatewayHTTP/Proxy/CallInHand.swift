import Gateway
import Synchronization

/// A forwarded call for as long as it lasts; tells the policy how it ended, exactly once and whoever drops it.
final class CallInHand: Sendable {
    let forward: ProxyForward
    private let policy: ProxyPolicy
    private let state = Mutex<(outcome: ProxyOutcome, isOver: Bool)>((.abandoned, false))

    init(_ forward: ProxyForward, policy: ProxyPolicy) {
        self.forward = forward
        self.policy = policy
    }

    deinit { end() }

    /// Notes what came of it; the last word counts.
    func note(_ outcome: ProxyOutcome) { state.withLock { $0.outcome = outcome } }

    /// Gives its place back; it is over.
    func end() {
        let outcome = state.withLock { state -> ProxyOutcome? in
            guard !state.isOver else { return nil }
            state.isOver = true
            return state.outcome
        }
        if let outcome { policy.ended(forward, outcome) }
    }
}

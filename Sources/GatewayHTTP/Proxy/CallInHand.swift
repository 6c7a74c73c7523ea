import Gateway
import Synchronization

/// A forwarded call for as long as it lasts; tells the policy how it ended, exactly once and whoever drops it.
///
/// And leaves its line in the call log when it is dropped.
final class CallInHand: Sendable {
    private struct State {
        var outcome = ProxyOutcome.abandoned
        var isOver = false
        // The caller has left, until it is answered.
        var status = 499
        var responseBytes = 0
        var line: CallLine?
    }

    let forward: ProxyForward
    private let policy: ProxyPolicy
    private let state: Mutex<State>

    /// Takes what was decided, and what the call log wants to know beside; `nil` for a call that leaves no line.
    init(_ forward: ProxyForward, policy: ProxyPolicy, line: CallLine?) {
        self.forward = forward
        self.policy = policy
        state = Mutex(State(line: line))
    }

    deinit {
        end()
        let (status, bytes, line) = state.withLock { ($0.status, $0.responseBytes, $0.line) }
        line?.write(forward, status: status, responseBytes: bytes)
    }

    /// Notes what came of it; the last word counts.
    func note(_ outcome: ProxyOutcome, status: Int) {
        state.withLock { state in
            state.outcome = outcome
            state.status = status
        }
    }

    /// Notes that the caller is answered otherwise than the provider answered.
    func noteStatus(_ status: Int) { state.withLock { $0.status = status } }

    /// Counts bytes of the answer that were passed on.
    func count(_ bytes: Int) { state.withLock { $0.responseBytes += bytes } }

    /// The body of its request is so long.
    func noteRequest(_ bytes: Int) { state.withLock { $0.line?.requestBytes = bytes } }

    /// Gives its place back; it is over.
    func end() {
        let outcome = state.withLock { state -> ProxyOutcome? in
            guard !state.isOver else { return nil }
            state.isOver = true
            return state.outcome
        }
        if let outcome { policy.ended(forward, outcome) }
    }

    /// Goes on as another forward of the same request, which leaves the line in its stead.
    func again(_ forward: ProxyForward) -> CallInHand {
        let line = state.withLock { state in
            let line = state.line
            state.line = nil
            return line
        }
        return CallInHand(forward, policy: policy, line: line)
    }
}

/// What a line of the call log takes that no forward knows.
struct CallLine: Sendable {
    let calls: CallLog
    let id: CallID
    let startedAt: Timestamp
    let clock: MonotonicClock
    let began: Duration
    var requestBytes = 0

    /// Begins now.
    init(_ id: CallID, in calls: CallLog, at moment: Timestamp, clock: MonotonicClock) {
        self.calls = calls
        self.id = id
        startedAt = moment
        self.clock = clock
        began = clock.now
    }

    func write(_ forward: ProxyForward, status: Int, responseBytes: Int) {
        calls.note(
            CallRecord(
                id: id, startedAt: startedAt, seller: forward.seller, key: forward.key, method: forward.method,
                route: forward.route.pattern, status: status,
                microseconds: Int((clock.now - began) / .microseconds(1)), requestBytes: requestBytes,
                responseBytes: responseBytes))
    }
}

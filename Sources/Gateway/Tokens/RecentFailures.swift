import Synchronization

/// Posts that failed a moment ago, so that calls which need a token don't each make the next one.
final class RecentFailures: Sendable {
    /// For how long the calls of a shop whose token has died get the same answer without a post.
    static let pause = Duration.seconds(5)

    private let failures = Mutex<[ConnectionID: (problem: Problem, until: Timestamp)]>([:])

    /// Notes why a post failed.
    func note(_ problem: Problem, of connection: ConnectionID, at moment: Timestamp) {
        failures.withLock { failures in
            failures = failures.filter { moment < $0.value.until }
            failures[connection] = (problem, moment + Self.pause)
        }
    }

    /// Why the last post failed, if that was a moment ago.
    func recent(_ connection: ConnectionID, at moment: Timestamp) -> Problem? {
        failures.withLock { failures in
            guard let failure = failures[connection], moment < failure.until else { return nil }
            return failure.problem
        }
    }
}

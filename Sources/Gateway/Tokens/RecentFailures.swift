import Synchronization

/// Posts that failed a moment ago, so that calls which need a token don't each make the next one.
final class RecentFailures: Sendable {
    /// For how long the calls of a shop whose token has died get the same answer without a post.
    static let pause = Duration.seconds(5)

    private let failures = Mutex<[ConnectionID: (problem: Problem, at: Timestamp)]>([:])

    /// Notes why a post failed.
    func note(_ problem: Problem, of connection: ConnectionID, at moment: Timestamp) {
        failures.withLock { failures in
            failures = failures.filter { Self.isRecent($0.value.at, at: moment) }
            failures[connection] = (problem, moment)
        }
    }

    /// Why the last post failed, if that was a moment ago.
    func recent(_ connection: ConnectionID, at moment: Timestamp) -> Problem? {
        failures.withLock { failures in
            guard let failure = failures[connection], Self.isRecent(failure.at, at: moment) else { return nil }
            return failure.problem
        }
    }

    // What failed in a future that a clock set back has not reached says nothing.
    private static func isRecent(_ failure: Timestamp, at moment: Timestamp) -> Bool {
        failure <= moment && moment < failure + pause
    }
}

import Synchronization

/// Applications whose token endpoint asked for a pause: the sweep leaves all of their shops alone until it is over.
///
/// A 429 counts for the application and not for one shop. Source: SEC C2.10.
final class ApplicationPauses: Sendable {
    /// For how long where the provider did not say, and at least.
    static let shortest = Duration.seconds(60)
    /// Whatever the provider says.
    static let longest = Duration.seconds(3600)

    private let pauses = Mutex<[ApplicationID: (since: Timestamp, length: Duration)]>([:])

    /// Notes a 429 with the time to wait, where it was said.
    func note(_ application: ApplicationID, for wait: Duration?, at moment: Timestamp) {
        let length = min(max(wait ?? Self.shortest, Self.shortest), Self.longest)
        pauses.withLock { $0[application] = (moment, length) }
    }

    /// Whether the application is to be left alone.
    func isPaused(_ application: ApplicationID, at moment: Timestamp) -> Bool {
        pauses.withLock { pauses in
            // What began in a future that a clock set back has not reached says nothing.
            guard let pause = pauses[application], pause.since <= moment, moment < pause.since + pause.length else {
                pauses[application] = nil
                return false
            }
            return true
        }
    }
}

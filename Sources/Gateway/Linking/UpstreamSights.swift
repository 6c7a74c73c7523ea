import Synchronization

/// What was seen of connections at the provider a moment ago, and until when it asked not to be called for them.
///
/// A page that somebody keeps reloading costs the provider a few calls every two seconds and no more, and a 429 none
/// until its time is over. Holds 1,000 of each at most.
final class UpstreamSights: Sendable {
    /// For how long what was seen is shown again.
    static let life = Duration.seconds(2)
    /// What a 429 asks for that does not say how long.
    static let assumedPause = Duration.seconds(60)
    private static let most = 1_000

    private struct Kept {
        var sights: [ConnectionID: (at: Timestamp, sight: Sight)] = [:]
        var pauses: [ConnectionID: Timestamp] = [:]
    }

    /// What one look at the provider brought.
    struct Sight: Sendable {
        var terminals: Result<[Terminal], ReadinessEvidence.Gap>
        var places: Result<ReadinessEvidence.Places, ReadinessEvidence.Gap>
        var webhook: Result<ReadinessEvidence.Webhook, ReadinessEvidence.Gap>

        /// Nothing, and why.
        init(nothing gap: ReadinessEvidence.Gap) {
            terminals = .failure(gap)
            places = .failure(gap)
            webhook = .failure(gap)
        }
    }

    private let kept = Mutex(Kept())

    /// What was seen of it within the last two seconds.
    func recent(_ connection: ConnectionID, at moment: Timestamp) -> Sight? {
        kept.withLock { kept in
            kept.sights[connection].flatMap { seen in
                // A clock that was set back must not keep anything.
                seen.at <= moment && moment - seen.at < Self.life ? seen.sight : nil
            }
        }
    }

    /// Keeps what was just seen.
    func keep(_ sight: Sight, of connection: ConnectionID, at moment: Timestamp) {
        kept.withLock { kept in
            if kept.sights.count >= Self.most { kept.sights.removeAll() }
            kept.sights[connection] = (moment, sight)
        }
    }

    /// Makes the next look a new one.
    func forget(_ connection: ConnectionID) {
        kept.withLock { $0.sights[connection] = nil }
    }

    /// For how long the provider is still to be left alone about it; `nil` when it is not.
    func pause(of connection: ConnectionID, at moment: Timestamp) -> Duration? {
        kept.withLock { kept in
            guard let end = kept.pauses[connection] else { return nil }
            // The longest that is believed of an answer is a day; more means that the clock was set back.
            guard moment < end, end - moment <= .seconds(86_400) else {
                kept.pauses[connection] = nil
                return nil
            }
            return end - moment
        }
    }

    /// Leaves the provider alone about it for as long as it asked.
    func pause(_ connection: ConnectionID, for wait: Duration?, from moment: Timestamp) {
        kept.withLock { kept in
            if kept.pauses.count >= Self.most { kept.pauses = kept.pauses.filter { moment < $0.value } }
            guard kept.pauses.count < Self.most else { return }
            kept.pauses[connection] = moment + (wait ?? Self.assumedPause)
        }
    }
}

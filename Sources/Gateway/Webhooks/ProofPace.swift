import Synchronization

/// When a seller's account may be asked next: a moment after it was asked, or later where the provider said so.
///
/// Bounded by time: what is over is forgotten when the next one begins.
final class ProofPace: Sendable {
    /// Its pause where the provider wants one and does not say how long.
    static let shortestPause = Duration.seconds(1)
    /// The longest that the provider's word is taken for.
    static let longestPause = Duration.seconds(3600)

    private let pauses = Mutex<[SellerID: Timestamp]>([:])

    /// Takes a seller's turn and keeps the next one apart from it; where it is not its turn, says how long to wait.
    func take(_ seller: SellerID, pause: Duration, at moment: Timestamp) -> Duration? {
        pauses.withLock { pauses in
            // An end further away than there can be is one of a clock that went back.
            if let end = pauses[seller], moment < end, end - moment <= Self.longestPause { return end - moment }
            if pause > .zero { Self.set(&pauses, seller, moment + pause, at: moment) }
            return nil
        }
    }

    /// Leaves a seller's account alone.
    func pause(_ seller: SellerID, for length: Duration, at moment: Timestamp) {
        let length = min(max(length, Self.shortestPause), Self.longestPause)
        pauses.withLock { Self.set(&$0, seller, moment + length, at: moment) }
    }

    private static func set(
        _ pauses: inout [SellerID: Timestamp], _ seller: SellerID, _ end: Timestamp, at moment: Timestamp
    ) {
        if pauses.count >= 1024 { pauses = pauses.filter { moment < $0.value } }
        pauses[seller] = end
    }
}

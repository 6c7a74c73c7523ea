/// What a shop owner is told who opens a link of a shop that is linked already.
public struct RelinkNotice: Hashable, Sendable {
    /// For how long calls go on without the shop owner.
    public enum Left: Hashable, Sendable {
        /// So many whole days; 0 on the last one.
        case days(Int)
        /// They don't work any more.
        case over
        /// It does not end by itself, or nothing is known of it.
        case open
    }

    /// Why the shop owner is asked again; `nil` where nothing is wrong.
    public let reason: Connection.RelinkReason?
    /// For how long calls go on.
    public let left: Left

    /// Takes both.
    public init(reason: Connection.RelinkReason?, left: Left) {
        self.reason = reason
        self.left = left
    }

    /// What the health of a connection in use says; `nil` for one that is not in use.
    init?(_ health: ConnectionHealth, at moment: Timestamp) {
        guard health.state.isUsable else { return nil }
        reason = health.reason
        guard let end = health.worksUntil else {
            left = .open
            return
        }
        let seconds = (end.milliseconds - moment.milliseconds) / 1000
        left = seconds <= 0 ? .over : .days(Int(seconds / 86_400))
    }
}

/// `PA•••OL`: enough to recognise the name of one's own account at the provider.
func masked(nickname: String) -> String {
    nickname.count > 6 ? "\(nickname.prefix(2))•••\(nickname.suffix(2))" : "\(nickname.prefix(1))•••"
}

/// `•••4567`: the same of an account of which the number alone is known.
func masked(number: UpstreamUserID) -> String { "•••" + number.description.suffix(4) }

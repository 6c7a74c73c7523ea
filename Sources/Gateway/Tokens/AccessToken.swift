/// An access token in memory, ready to be set on a call.
public struct AccessToken: Sendable {
    /// The token.
    public let value: Secret<String>
    /// Which pair of its connection it belongs to.
    public let generation: Int
    /// When it dies.
    public let expiresAt: Timestamp
    /// The token as a call's `authorization` carries it, written once.
    let bearer: Secret<String>

    init(value: Secret<String>, generation: Int, expiresAt: Timestamp) {
        self.value = value
        self.generation = generation
        self.expiresAt = expiresAt
        bearer = value.reveal { Secret("Bearer \($0)") }
    }

    /// A token is renewed when it has less than this left, so that it doesn't die on the way.
    static let margin = Duration.seconds(60)

    /// Whether it may be set on a call at `moment` without asking for a newer one.
    func isFresh(at moment: Timestamp) -> Bool { moment + Self.margin < expiresAt }
}

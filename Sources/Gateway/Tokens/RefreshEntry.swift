/// A connection whose tokens are to be renewed ahead of expiry.
public struct RefreshDue: Hashable, Sendable {
    /// From so long before the access token's end an unanswered generation gets its one last try (invariant 4).
    public static let lastTryFrom = Duration.seconds(14 * 86_400)

    /// Whose tokens.
    public let connection: ConnectionID
    /// The generation that was found.
    public let generation: Int
    /// Whether a refresh went unanswered, so that the access token has to be tried first.
    public let isUncertain: Bool

    /// Takes the fields as they were read.
    public init(connection: ConnectionID, generation: Int, isUncertain: Bool) {
        self.connection = connection
        self.generation = generation
        self.isUncertain = isUncertain
    }
}

/// A row of the refresh journal: one post of one generation's refresh token.
///
/// A partial unique index allows one open or unanswered row per connection and generation (invariant 4).
public struct RefreshEntry: Hashable, Sendable {
    /// How a post stands.
    public enum State: String, Sendable, CaseIterable {
        /// Committed before the call; nothing is known yet.
        case open
        /// The answer was stored.
        case stored
        /// Refused in so many words: the token was not used up.
        case refused
        /// Failed before anything was written to the provider.
        case notWritten = "not_written"
        /// Written, and no answer in so many words: the token may be used up.
        case unanswered
        /// Replaced by the one deliberate last try.
        case superseded
    }

    /// For longer than any post may take, so that a row past it has nobody behind it (SEC C2.1).
    public static let lease = Duration.seconds(150)

    /// The row's id, which its place in the spool is named after too.
    public let id: ULID
    /// Whose pair was to be refreshed.
    public let connection: ConnectionID
    /// The generation that was posted.
    public let generation: Int
    /// How the post stands.
    public let state: State
    /// Whether it is the deliberate try of a generation whose first post went unanswered.
    public let isLastTry: Bool
    /// When the row was committed.
    public let openedAt: Timestamp
    /// Until when whoever opened it is believed to be at it.
    public let leaseUntil: Timestamp
    /// When it was closed; `nil` while open.
    public let closedAt: Timestamp?
    /// The provider's error code or ours, never a body.
    public let problem: String?

    /// Takes the fields as they were read or made.
    public init(
        id: ULID, connection: ConnectionID, generation: Int, state: State = .open, isLastTry: Bool = false,
        openedAt: Timestamp, leaseUntil: Timestamp? = nil, closedAt: Timestamp? = nil, problem: String? = nil
    ) {
        self.id = id
        self.connection = connection
        self.generation = generation
        self.state = state
        self.isLastTry = isLastTry
        self.openedAt = openedAt
        self.leaseUntil = leaseUntil ?? openedAt + Self.lease
        self.closedAt = closedAt
        self.problem = problem
    }
}

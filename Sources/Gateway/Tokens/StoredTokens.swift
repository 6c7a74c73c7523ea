/// A connection's newest token pair as the stores keep it.
public struct StoredTokens: Hashable, Sendable {
    /// Whose pair.
    public let connection: ConnectionID
    /// Counts the pairs of this connection from 1; what a replacement compares.
    public let generation: Int
    /// The access token, sealed for the seller.
    public let access: SealedSecret
    /// The refresh token, sealed for the seller; `nil` where the provider gave none.
    public let refresh: SealedSecret?
    /// When the provider issued the pair.
    public let issuedAt: Timestamp
    /// When the access token dies.
    public let expiresAt: Timestamp

    /// Takes the fields as they were read or made.
    public init(
        connection: ConnectionID, generation: Int, access: SealedSecret, refresh: SealedSecret?,
        issuedAt: Timestamp, expiresAt: Timestamp
    ) {
        self.connection = connection
        self.generation = generation
        self.access = access
        self.refresh = refresh
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
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

    /// The row's id.
    public let id: ULID
    /// Whose pair was to be refreshed.
    public let connection: ConnectionID
    /// The generation that was posted.
    public let generation: Int
    /// How the post stands.
    public let state: State
    /// When the row was committed.
    public let openedAt: Timestamp
    /// When it was closed; `nil` while open.
    public let closedAt: Timestamp?
    /// The provider's error code or ours, never a body.
    public let problem: String?

    /// Takes the fields as they were read or made.
    public init(
        id: ULID, connection: ConnectionID, generation: Int, state: State = .open, openedAt: Timestamp,
        closedAt: Timestamp? = nil, problem: String? = nil
    ) {
        self.id = id
        self.connection = connection
        self.generation = generation
        self.state = state
        self.openedAt = openedAt
        self.closedAt = closedAt
        self.problem = problem
    }
}

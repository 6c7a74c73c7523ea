/// A row of the exchange journal: the one post of one attempt's code.
///
/// A code works once, so its answer is kept from the moment it came: in the row, or in the spool when the database
/// refuses it (DESIGN invariant 4).
public struct ExchangeEntry: Hashable, Sendable {
    /// How a post stands.
    public enum State: String, Sendable, CaseIterable {
        /// Committed before the call; nothing is known yet.
        case open
        /// The answer is kept and the account not read yet.
        case answered
        /// The answer became a connection.
        case stored
        /// Refused in so many words.
        case refused
        /// Failed before anything was written to the provider.
        case notWritten = "not_written"
        /// Written, and no answer in so many words: the code may be used up.
        case unanswered
        /// The answer came and must not be used: another account, or one that nobody may link.
        case dropped
    }

    /// The row's id, which its place in the spool is named after too.
    public let id: ULID
    /// Whose code; an attempt has one exchange at most.
    public let attempt: LinkAttemptID
    /// The connection that an answer is sealed for.
    public let connection: ConnectionID
    /// How the post stands.
    public let state: State
    /// When the row was committed.
    public let openedAt: Timestamp
    /// What came, with ``State/answered``.
    public let answer: SealedGrant?

    /// Takes the fields as they were read or made.
    public init(
        id: ULID, attempt: LinkAttemptID, connection: ConnectionID, state: State = .open, openedAt: Timestamp,
        answer: SealedGrant? = nil
    ) {
        self.id = id
        self.attempt = attempt
        self.connection = connection
        self.state = state
        self.openedAt = openedAt
        self.answer = answer
    }

    /// The same row once its answer came.
    func answered(_ answer: SealedGrant) -> ExchangeEntry {
        ExchangeEntry(
            id: id, attempt: attempt, connection: connection, state: .answered, openedAt: openedAt, answer: answer)
    }
}

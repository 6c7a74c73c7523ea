/// That a backup took the database's place, and how far the look at what is in it has come.
public struct Restore: Hashable, Sendable {
    /// What is known of a connection's pair that came out of a backup.
    public enum Outcome: String, Sendable, CaseIterable {
        /// Not tried yet, or the provider gave no answer.
        case waiting
        /// The access token works; whether the refresh token does is found out near its end.
        case works
        /// A newer pair has taken its place.
        case renewed
        /// It was refreshed after the backup and the newer pair is lost: the shop has to allow the link again.
        case needsRelink = "needs_relink"
        /// The connection was revoked or replaced meanwhile.
        case ended
    }

    /// A connection that came out of the backup.
    public struct Found: Hashable, Sendable {
        /// Which.
        public let connection: ConnectionID
        /// Whose.
        public let seller: SellerID
        /// The generation in the backup.
        public let generation: Int
        /// What is known of it.
        public let outcome: Outcome

        /// Takes the fields as they were read.
        public init(connection: ConnectionID, seller: SellerID, generation: Int, outcome: Outcome) {
            self.connection = connection
            self.seller = seller
            self.generation = generation
            self.outcome = outcome
        }
    }

    /// The backup's file.
    public let backup: String
    /// When it was put in place.
    public let restoredAt: Timestamp
    /// How many newer pairs were taken over from the database that it replaced.
    public let adopted: Int
    /// How many deliveries were open in it.
    public let held: Int
    /// How many of these still wait for their release.
    public let heldStill: Int
    /// How many connections there are of each outcome.
    public let outcomes: [Outcome: Int]

    /// Takes the fields as they were read.
    public init(
        backup: String, restoredAt: Timestamp, adopted: Int, held: Int, heldStill: Int, outcomes: [Outcome: Int]
    ) {
        self.backup = backup
        self.restoredAt = restoredAt
        self.adopted = adopted
        self.held = held
        self.heldStill = heldStill
        self.outcomes = outcomes
    }
}

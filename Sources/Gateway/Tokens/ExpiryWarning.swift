/// Tells that a connection ends soon and that nothing renews it.
public struct ExpiryWarning: Hashable, Sendable {
    /// With how many days left it is told, the last first; each once in the life of a pair.
    public static let days = [1, 7, 14, 30]

    /// Why nothing renews it.
    public enum Reason: String, Sendable, CaseIterable {
        /// The shop owner has to allow the link again; until it ends it works.
        case needsRelink = "needs_relink"
        /// No refresh token or no `offline_access` came with it.
        case notRefreshable = "not_refreshable"
        /// It was imported, and nobody has said yet that the system it came from has stopped.
        case refreshHeld = "refresh_held"
        /// The provider refuses the application itself, so that nothing of it is renewed.
        case refreshStopped = "refresh_stopped"
    }

    /// Whose tokens.
    public let connection: ConnectionID
    /// The pair that ends.
    public let generation: Int
    /// The nearest of ``days`` that was reached.
    public let daysLeft: Int
    /// When the access token dies.
    public let endsAt: Timestamp
    /// Why nothing renews it.
    public let reason: Reason

    /// Takes the fields as they were read.
    public init(connection: ConnectionID, generation: Int, daysLeft: Int, endsAt: Timestamp, reason: Reason) {
        self.connection = connection
        self.generation = generation
        self.daysLeft = daysLeft
        self.endsAt = endsAt
        self.reason = reason
    }
}

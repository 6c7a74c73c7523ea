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

/// Keeps what a restored backup has to be watched for.
///
/// Every method is one transaction.
public protocol RestoreStore: Sendable {
    /// Writes down that a backup took the database's place.
    ///
    /// Every connection that can be refreshed becomes `refresh_uncertain`, its generation taken for posted and
    /// unanswered, since a backup can't know what was refreshed after it (DESIGN §6). Deliveries that are pending are
    /// held until ``releaseHeld(at:as:)``.
    func markRestored(
        _ backup: String, adopted: Int, at moment: Timestamp, as change: Change
    ) async throws(StoreError)
    /// The newest restore, or `nil` where there was none.
    func restore() async throws(StoreError) -> Restore?
    /// At most `limit` connections whose pair is not known to work or to be dead; those tried longest ago first.
    func restoredWaiting(limit: Int) async throws(StoreError) -> [Restore.Found]
    /// Writes down what was found.
    func note(_ outcome: Restore.Outcome, of connection: ConnectionID, at moment: Timestamp) async throws(StoreError)
    /// One page of the connections that came out of the backup, newest first; of one outcome, if one is named.
    func restored(_ outcome: Restore.Outcome?, page: Page) async throws(StoreError) -> [Restore.Found]
    /// Makes the deliveries that are held since the restore due; answers how many.
    func releaseHeld(at moment: Timestamp, as change: Change) async throws(StoreError) -> Int
}

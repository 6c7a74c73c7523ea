/// Keeps the journal of code exchanges.
///
/// Every method is one transaction. ``ConnectionStore/establish(_:tokens:finishing:events:as:)`` closes an attempt's row as
/// `stored`.
public protocol ExchangeStore: Sendable {
    /// Commits the row that must stand before a code is posted.
    ///
    /// - Throws: ``StoreError/conflict(rule:)`` with `exchange_open` when the attempt has a row; ``StoreError/notFound``.
    func openExchange(_ entry: ExchangeEntry) async throws(StoreError)
    /// Keeps the answer of an open row, which is `answered` from then on; one that is kept already stays.
    ///
    /// - Throws: ``StoreError/notFound``; ``StoreError/conflict(rule:)`` with `state` for a row that is closed.
    func keepAnswer(_ answer: SealedGrant, ofExchange entry: ULID) async throws(StoreError)
    /// Closes a row that made no connection and destroys its answer.
    ///
    /// `pair` is what becomes of an answer for an account that an active connection holds: it is kept as one of that
    /// connection's, because the provider may have ended the earlier pair when it gave this one.
    ///
    /// - Throws: ``StoreError/notFound`` for a row that is unknown or closed.
    func closeExchange(
        _ entry: ULID, as state: ExchangeEntry.State, problem: String?, leaving pair: KeptPair?, at moment: Timestamp
    ) async throws(StoreError)
    /// The row of an attempt, or `nil`.
    func exchange(of attempt: LinkAttemptID) async throws(StoreError) -> ExchangeEntry?
    /// All rows that are open or answered, oldest first.
    func unfinishedExchanges() async throws(StoreError) -> [ExchangeEntry]
}

/// Keeps what becomes of a seller that is erased (invariant 9).
///
/// Every method is one transaction, but for ``scrub()``.
public protocol ErasureStore: Sendable {
    /// The ids of all data keys of a seller, oldest first; none for an erased one.
    func dataKeys(of seller: SellerID) async throws(StoreError) -> [ULID]
    /// The sellers that own one of these data keys, each once.
    func sellers(owning dataKeys: [ULID]) async throws(StoreError) -> [SellerID]
    /// Erases a seller: what must not stay goes, what must stay says nothing of it any more.
    ///
    /// Its data keys, token pairs and endpoint secrets are deleted, and the notifications that are parked for its
    /// accounts, unless another seller has the account too. Connections become `erased` without name, address and
    /// integrator token; endpoints are removed without their URLs; links and keys are revoked; open deliveries of its
    /// events and to its endpoints are canceled; the seller itself becomes `erased` without name and ref.
    ///
    /// - Throws: ``StoreError/notFound``; ``StoreError/conflict(rule:)`` with `state` when it is erased already, with
    ///   `stale` when it has a data key that the erasure does not name.
    func erase(_ erasure: Erasure, event: EventDraft, as change: Change) async throws(StoreError)
    /// How a seller was erased, or `nil` for one that was not.
    func erasure(of seller: SellerID) async throws(StoreError) -> Erasure?
    /// Erasures whose remains have not been overwritten yet.
    func unfinishedErasures() async throws(StoreError) -> [Erasure]
    /// Says that nothing is left of an erased seller's rows in the log.
    ///
    /// - Throws: ``StoreError/notFound``.
    func finish(erasure seller: SellerID, at moment: Timestamp) async throws(StoreError)
    /// The data keys of all erased sellers.
    func erasedDataKeys() async throws(StoreError) -> [ULID]
    /// Overwrites what deleted and changed rows leave behind in the store's own log.
    ///
    /// - Returns: Whether nothing is left; `false` while somebody still reads what was.
    func scrub() async throws(StoreError) -> Bool
}

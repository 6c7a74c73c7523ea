/// Keeps the call log.
public protocol CallStore: Sendable {
    /// Adds blocks, all or none.
    func add(_ blocks: [CallBlock]) async throws(StoreError)
    /// The blocks of the newest second that has any, within these bounds; none where there is no such second.
    ///
    /// - Parameters:
    ///   - seller: Only blocks with calls of this one; others' calls are in them too.
    ///   - last: The last second that counts.
    ///   - first: The first second that counts.
    /// - Returns: The blocks, in any order.
    /// - Throws: ``StoreError/unavailable``.
    func newestCalls(
        of seller: SellerID?, atOrBefore last: Int64, since first: Int64
    ) async throws(StoreError) -> [CallBlock]
    /// Forgets at most `limit` blocks from before a second; answers how many.
    func forgetCalls(before second: Int64, limit: Int) async throws(StoreError) -> Int
}

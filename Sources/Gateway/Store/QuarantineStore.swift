/// Keeps who is quarantined.
///
/// Every method is one transaction.
public protocol QuarantineStore: Sendable {
    /// Who is quarantined.
    func quarantine() async throws(StoreError) -> Quarantine
    /// Quarantines a seller or every one; whoever is already stays so since then.
    ///
    /// - Throws: ``StoreError/notFound`` for a seller that is not there or erased.
    func quarantine(_ scope: Quarantine.Scope, at moment: Timestamp, as change: Change) async throws(StoreError)
    /// Lifts it for a seller or for every one.
    ///
    /// - Throws: ``StoreError/conflict(rule:)`` with `state` for whoever is not quarantined.
    func lift(_ scope: Quarantine.Scope, as change: Change) async throws(StoreError)
    /// How far a quarantine reaches, or would reach; without a scope that of whoever is quarantined.
    func reach(of scope: Quarantine.Scope?) async throws(StoreError) -> Quarantine.Reach
    /// One page of the quarantined sellers that have an active connection, newest first.
    func affectedSellers(page: Page) async throws(StoreError) -> [Seller]
}

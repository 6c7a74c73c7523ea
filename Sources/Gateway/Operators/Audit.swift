/// The operators' audit, as keys see it.
public struct Audit: Sendable {
    /// How many lines are read at once while the chain is checked.
    static let batch = 2_000

    private let store: any AuditStore
    private let seal: AuditSeal
    private let changes: ChangeMaker

    /// Takes what it uses.
    public init(store: any AuditStore, seal: AuditSeal, ids: IdentifierSource, clock: WallClock) {
        self.store = store
        self.seal = seal
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// One page of the lines within reach, newest first.
    public func list(
        _ filter: AuditFilter, page: Page, for principal: Principal
    ) async throws(Problem) -> [AuditEntry] {
        try principal.require(.audit)
        var filter = filter
        if let own = principal.seller {
            guard filter.seller.map({ $0 == own }) ?? true else { return [] }
            filter.seller = own
        }
        do { return try await store.auditEntries(filter, page: page) } catch { throw Problem(error) }
    }

    /// Leaves the line of an export, which begins once this has returned (SEC C6.3).
    public func beginExport(by caller: Caller) async throws(Problem) {
        try caller.require(.audit)
        let change = changes.change(
            .auditExported, subject: caller.principal.key.description, seller: caller.principal.seller, by: caller)
        do { try await store.add(change.audit) } catch { throw Problem(error) }
    }

    /// Checks the whole chain in batches and names the first line that does not hold.
    ///
    /// - Throws: ``Problem/Code/missingScope`` also for a key that is bound to a seller: the chain is everybody's.
    public func verify(for principal: Principal) async throws(Problem) -> AuditVerdict {
        try principal.require(.audit)
        try principal.requireUnbound()
        var verification = AuditVerification()
        var position = Int64.min
        do {
            while true {
                let stretch = try await store.auditStretch(after: position, limit: Self.batch)
                verification.check(stretch.lines, head: stretch.head)
                guard let last = stretch.lines.last, stretch.lines.count == Self.batch, !verification.isOver else {
                    return verification.verdict(head: stretch.head, seal: seal)
                }
                position = last.position
            }
        } catch {
            throw Problem(error)
        }
    }
}

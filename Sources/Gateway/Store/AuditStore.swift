/// Keeps the audit, each line chained to the one before.
///
/// Lines are written by the changes they are about; this reads them and adds the few that stand alone.
public protocol AuditStore: Sendable {
    /// Adds a line that no other write carries, such as a refused callback.
    func add(_ entry: AuditEntry) async throws(StoreError)
    /// Adds lines about what no row holds, such as the keyring, with the records of their requests; all or none.
    func add(_ changes: [Change]) async throws(StoreError)
    /// One page of the audit, newest first.
    func auditEntries(_ filter: AuditFilter, page: Page) async throws(StoreError) -> [AuditEntry]
    /// The lines behind `position`, oldest first and at most `limit`, with the chain's end as of the same moment.
    ///
    /// Shows lines as they are, also those that nobody could have written.
    func auditStretch(after position: Int64, limit: Int) async throws(StoreError) -> AuditStretch
}

/// Some lines of the audit and the chain's end, read in one snapshot.
public struct AuditStretch: Hashable, Sendable {
    /// The lines, oldest first.
    public let lines: [AuditLine]
    /// The chain's end; `nil` where it is gone.
    public let head: AuditHead?

    /// Takes both.
    public init(lines: [AuditLine], head: AuditHead?) {
        self.lines = lines
        self.head = head
    }
}

/// Which lines of the audit a list shows; `nil` does not narrow it.
public struct AuditFilter: Hashable, Sendable {
    /// Only lines that concern this seller.
    public var seller: SellerID?
    /// Only this action.
    public var action: AuditAction?
    /// Only what this one did.
    public var actor: Actor?
    /// Only what was done at this time or later.
    public var since: Timestamp?
    /// Only what was done before this time.
    public var until: Timestamp?

    /// Narrows nothing until told.
    public init(
        seller: SellerID? = nil, action: AuditAction? = nil, actor: Actor? = nil, since: Timestamp? = nil,
        until: Timestamp? = nil
    ) {
        self.seller = seller
        self.action = action
        self.actor = actor
        self.since = since
        self.until = until
    }
}

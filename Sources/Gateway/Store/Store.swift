/// All that the gateway keeps, behind one conformance suite.
public typealias Store = SellerStore & ApplicationStore & APIKeyStore & VaultStore & IdempotencyStore & AuditStore
    & LinkStore & ExchangeStore & ConnectionStore & TokenStore & EventStore & ProofStore & EndpointStore
    & DeliveryStore & ErasureStore & ReadinessStore & QuarantineStore & BackupStore & RestoreStore & CallStore
    & RetentionStore & JobStore & StoreHealth

/// What start, readiness and shutdown ask of a store.
public protocol StoreHealth: Sendable {
    /// Reads one row and answers whether the store can be written to.
    func isWritable() async -> Bool
    /// What the store says about itself.
    ///
    /// - Throws: ``StoreError/corrupted`` when it can't be read through, ``StoreError/unavailable``.
    func diagnosis() async throws(StoreError) -> StoreDiagnosis
    /// Lets what is waiting be committed, then closes; nothing may be asked afterwards.
    func close() async
}

/// How a store is.
public struct StoreDiagnosis: Hashable, Sendable {
    /// Whether its pages and indexes fit together.
    public enum Integrity: Hashable, Sendable {
        case whole, damaged
        /// Too many bytes to be read through while shops are served.
        case tooLarge(bytes: Int64)
    }

    /// The settings that would have to be otherwise for a commit to be on the disk, each with its value.
    public let lapses: [String]
    /// Whether its pages and indexes fit together.
    public let integrity: Integrity

    /// Takes what was read.
    public init(lapses: [String], integrity: Integrity) {
        self.lapses = lapses
        self.integrity = integrity
    }
}

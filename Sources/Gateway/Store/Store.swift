/// All that the gateway keeps, behind one conformance suite.
public typealias Store = SellerStore & ApplicationStore & APIKeyStore & VaultStore & IdempotencyStore & AuditStore
    & LinkStore & ExchangeStore & ConnectionStore & TokenStore & EventStore & EndpointStore & DeliveryStore
    & ErasureStore & ReadinessStore & BackupStore & StoreHealth

/// What start, readiness and shutdown ask of a store.
public protocol StoreHealth: Sendable {
    /// Reads one row and answers whether the store can be written to.
    func isWritable() async -> Bool
    /// Lets what is waiting be committed, then closes; nothing may be asked afterwards.
    func close() async
}

/// Keeps sellers.
///
/// Every method is one transaction.
public protocol SellerStore: Sendable {
    /// Adds a seller with its data key.
    ///
    /// - Throws: ``StoreError/conflict(rule:)`` with `unique` when the external ref is taken.
    func add(_ seller: Seller, dataKey: WrappedDataKey, as change: Change) async throws(StoreError)
    /// The seller that is named, or `nil`.
    func seller(_ reference: SellerReference) async throws(StoreError) -> Seller?
    /// One page of sellers, newest first; erased ones only where the filter names their state.
    func sellers(_ filter: SellerFilter, page: Page) async throws(StoreError) -> [Seller]
    /// Writes what was given and nothing else, and answers the seller as it now is.
    ///
    /// - Throws: ``StoreError/notFound``; ``StoreError/conflict(rule:)`` with `unique`.
    @discardableResult
    func update(_ seller: SellerID, _ changes: SellerChanges, as change: Change) async throws(StoreError) -> Seller
}

/// Which sellers a list shows; `nil` does not narrow it.
public struct SellerFilter: Hashable, Sendable {
    /// Only this one: what a seller-bound key sees.
    public var only: SellerID?
    /// Only those in this state.
    public var state: Seller.State?
    /// Only the one with this ref.
    public var externalRef: ExternalRef?
    /// Only those whose name contains this text, letters of either case.
    public var search: String?

    /// Narrows nothing until told.
    public init(
        only: SellerID? = nil, state: Seller.State? = nil, externalRef: ExternalRef? = nil, search: String? = nil
    ) {
        self.only = only
        self.state = state
        self.externalRef = externalRef
        self.search = search
    }
}

/// Keeps applications, their secrets and test users.
///
/// Every method is one transaction.
public protocol ApplicationStore: Sendable {
    /// Adds an application with its first secrets.
    ///
    /// - Throws: ``StoreError/conflict(rule:)`` with `unique` when client id and mode are taken.
    func add(_ application: Application, secrets: [ApplicationSecret], as change: Change) async throws(StoreError)
    /// The application with this id, or `nil`.
    func application(_ id: ApplicationID) async throws(StoreError) -> Application?
    /// One page of applications, newest first.
    func applications(page: Page) async throws(StoreError) -> [Application]
    /// Writes what was given and nothing else, and answers the application as it now is.
    ///
    /// - Throws: ``StoreError/notFound``.
    @discardableResult
    func update(
        _ application: ApplicationID, _ changes: ApplicationChanges, as change: Change
    ) async throws(StoreError) -> Application
    /// Removes an application with its secrets, links and test users.
    ///
    /// - Throws: ``StoreError/conflict(rule:)`` with `in_use` while connections of it exist in any state.
    func remove(_ application: ApplicationID, as change: Change) async throws(StoreError)
    /// The secrets of a kind that count at `moment`, newest first.
    func secrets(
        of application: ApplicationID, _ kind: ApplicationSecret.Kind, at moment: Timestamp
    ) async throws(StoreError) -> [ApplicationSecret]
    /// Adds a secret; those of its kind that are current expire at `othersExpireAt`; at most two stay active.
    func add(
        _ secret: ApplicationSecret, othersExpireAt: Timestamp, as change: Change
    ) async throws(StoreError)
    /// Stops the renewal of an application's tokens ahead of expiry, and says so.
    ///
    /// - Throws: ``StoreError/notFound``; ``StoreError/conflict(rule:)`` with `state` when it is stopped already.
    func stopRefreshing(
        _ application: ApplicationID, _ stop: Application.RefreshStop, event: EventDraft, as change: Change
    ) async throws(StoreError)
    /// Lets it go on.
    ///
    /// - Throws: ``StoreError/notFound``; ``StoreError/conflict(rule:)`` with `state` when it is not stopped.
    func resumeRefreshing(_ application: ApplicationID, as change: Change) async throws(StoreError)
    /// Adds a test user.
    func add(_ testUser: TestUser, as change: Change) async throws(StoreError)
    /// The test users of an application, newest first.
    func testUsers(of application: ApplicationID) async throws(StoreError) -> [TestUser]
}

/// Keeps API keys.
///
/// Every method is one transaction.
public protocol APIKeyStore: Sendable {
    /// Adds a key.
    func add(_ key: APIKey, as change: Change) async throws(StoreError)
    /// The key with this id in whatever state, or `nil`.
    func apiKey(_ id: APIKeyID) async throws(StoreError) -> APIKey?
    /// One page of keys, newest first; of one seller's only, if one is named.
    func apiKeys(boundTo seller: SellerID?, page: Page) async throws(StoreError) -> [APIKey]
    /// Revokes a key; one that is revoked already stays as it is and nothing is written.
    ///
    /// - Throws: ``StoreError/notFound``.
    func revoke(_ key: APIKeyID, as change: Change) async throws(StoreError)
}

/// Keeps the wrapped data keys and the canary.
///
/// Every method is one transaction.
public protocol VaultStore: Sendable {
    /// The newest data key of an owner, or `nil`.
    func dataKey(of owner: DataKeyOwner) async throws(StoreError) -> WrappedDataKey?
    /// The data key with this id, or `nil`.
    func dataKey(_ id: ULID) async throws(StoreError) -> WrappedDataKey?
    /// The sealed canary, or `nil` in a new database.
    func canary() async throws(StoreError) -> SealedSecret?
    /// Keeps the installation's data key and the canary of a new database, both or none.
    ///
    /// - Throws: ``StoreError/conflict(rule:)`` with `unique` when they are there already.
    func begin(dataKey: WrappedDataKey, canary: SealedSecret) async throws(StoreError)
    /// Writes further sealings of a data key down, and answers how many that makes.
    ///
    /// - Throws: ``StoreError/notFound`` when it was destroyed.
    func reserveSealings(_ count: Int, of dataKey: ULID) async throws(StoreError) -> Int
    /// Adds a data key to the owner of another one, which stays for opening.
    ///
    /// - Throws: ``StoreError/notFound`` when the owner was erased; ``StoreError/conflict(rule:)`` with `stale` when
    ///   the other one is not its owner's newest.
    func add(_ key: WrappedDataKey, after newest: ULID) async throws(StoreError)
    /// The ids of all keyring keys that some data key is wrapped by.
    func keyringKeysInUse() async throws(StoreError) -> [String]
    /// How many data keys each keyring key wraps; those that wrap none are left out.
    func dataKeyCounts() async throws(StoreError) -> [String: Int]
    /// At most `limit` data keys that this keyring key wraps, oldest first, from behind `last` on.
    func dataKeys(
        wrappedBy keyringKey: String, after last: ULID?, limit: Int
    ) async throws(StoreError) -> [WrappedDataKey]
    /// Replaces the wrapped form of those data keys that `keyringKey` still wraps; answers how many.
    ///
    /// One that was destroyed or replaced meanwhile stays as it is.
    func replace(_ keys: [WrappedDataKey], wrappedBy keyringKey: String) async throws(StoreError) -> Int
}

/// Keeps what repeated requests are answered with.
public protocol IdempotencyStore: Sendable {
    /// What this caller's key was used for since `since`, or `nil`.
    func record(of apiKey: APIKeyID, key: String, since: Timestamp) async throws(StoreError) -> IdempotencyRecord?
    /// Forgets what is older, at most 1,000 rows; answers how many.
    func forget(before: Timestamp) async throws(StoreError) -> Int
}

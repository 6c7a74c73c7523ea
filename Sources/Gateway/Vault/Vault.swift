import Crypto
import Metrics
import Synchronization

/// Seals and opens what must not lie about in plain: a data key per seller, wrapped by the keyring.
public final class Vault: Sendable {
    /// At most this many opened data keys are kept in memory; beyond it the cache starts anew.
    static let cacheLimit = 50_000
    /// After so many sealings a data key makes room for a new one: far below the 2^32 at which random nonces of
    /// AES-GCM must end (SEC C3.1).
    public static let sealingLimit = 100_000_000
    /// So many sealings are written down ahead at a time.
    public static let sealingBlock = 10_000
    // What the canary says; that it opens proves that keyring and database belong together.
    private static let canaryRow = ULID(at: Timestamp(milliseconds: 0), random: RandomSource { 0 })
    private static let canaryText = Array("enlace canary".utf8)

    private struct Cache {
        var byID: [ULID: Sealer] = [:]
        var byOwner: [DataKeyOwner: Sealer] = [:]
        /// Counts what was forgotten, so that a read which was under way meanwhile is not kept.
        var epoch = 0
    }

    private let ring: Mutex<KeyRing>
    private let store: any VaultStore
    private let ids: IdentifierSource
    private let clock: WallClock
    private let cache = Mutex(Cache())
    private let sealingLimit: Int
    private let sealingBlock: Int
    private let reservations = SingleFlight<ULID, Bool>()

    /// Takes the keyring and the store of the wrapped data keys; nothing is opened yet.
    ///
    /// The last two are lower in tests.
    public init(
        keyRing: KeyRing, store: any VaultStore, ids: IdentifierSource, clock: WallClock,
        sealingLimit: Int = sealingLimit, sealingBlock: Int = sealingBlock
    ) {
        ring = Mutex(keyRing)
        self.store = store
        self.ids = ids
        self.clock = clock
        self.sealingLimit = sealingLimit
        self.sealingBlock = sealingBlock
    }

    /// The keyring in use; a later one hashes alike.
    public var keyRing: KeyRing { ring.withLock { $0 } }

    /// Takes another keyring into use, which ``KeyRotation`` has checked: it has every key in use and hashes alike.
    func use(_ next: KeyRing) {
        ring.withLock { $0 = next }
    }

    /// Proves that this keyring opens this database; a new database gets its data key and canary here.
    ///
    /// - Throws: ``VaultError/missingKeyringKey(id:)`` naming the key that the keyring lacks,
    ///   ``VaultError/doesNotOpen`` when the canary was sealed under another key.
    public func start() async throws(VaultError) {
        do {
            let keyRing = keyRing
            for id in try await store.keyringKeysInUse() { _ = try keyRing.key(id) }
            if let canary = try await store.canary() {
                _ = try await open(canary, .canary, row: Self.canaryRow, owner: .installation)
                return
            }
            let (wrapped, sealer) = try newDataKey(for: .installation)
            let canary = try sealer.seal(Self.canaryText, .canary, row: Self.canaryRow)
            try await store.begin(dataKey: wrapped, canary: canary)
        } catch let error as VaultError {
            throw error
        } catch {
            throw .unavailable
        }
    }

    /// Makes a data key, wrapped for the store, and its sealer; the caller adds it to the store.
    public func newDataKey(for owner: DataKeyOwner) throws(VaultError) -> (WrappedDataKey, Sealer) {
        let id = ids.ulid()
        let key = SymmetricKey(size: .bits256)
        return (try wrap(key, id, owner, createdAt: clock.now), Sealer(id: id, owner: owner, key: key))
    }

    /// The same data key, wrapped by the current key of the keyring.
    func rewrapped(_ wrapped: WrappedDataKey) throws(VaultError) -> WrappedDataKey {
        try wrap(try key(in: wrapped), wrapped.id, wrapped.owner, createdAt: wrapped.createdAt)
    }

    /// The sealer of an owner's newest data key; a key that has sealed often enough makes room for a new one first.
    ///
    /// - Throws: ``VaultError/missingDataKey`` when the owner has none (any more).
    public func sealer(for owner: DataKeyOwner) async throws(VaultError) -> Sealer {
        let (known, epoch) = cache.withLock { ($0.byOwner[owner], $0.epoch) }
        let sealer = if let known { known } else { try await newest(of: owner, epoch: epoch) }
        guard await isSpent(sealer) else { return sealer }
        return try await successor(of: sealer, epoch: epoch)
    }

    private func newest(of owner: DataKeyOwner, epoch: Int) async throws(VaultError) -> Sealer {
        let wrapped: WrappedDataKey?
        do { wrapped = try await store.dataKey(of: owner) } catch { throw .unavailable }
        guard let wrapped else { throw .missingDataKey }
        let sealer = try unwrap(wrapped)
        return keep(sealer, isNewest: true, epoch: epoch)
    }

    /// Whether a data key has sealed often enough; writes further sealings down where few are left.
    private func isSpent(_ sealer: Sealer) async -> Bool {
        guard sealer.count.missing(block: sealingBlock) != nil else { return false }
        let isSpent = try? await reservations.run(sealer.id) {
            [store, sealingLimit, sealingBlock] () async throws(Problem) in
            guard let missing = sealer.count.missing(block: sealingBlock) else { return false }
            // A database that can't be written to must not keep a refresh's answer from being sealed.
            guard let total = try? await store.reserveSealings(missing, of: sealer.id) else { return false }
            sealer.count.reserve(missing)
            return total > sealingLimit
        }
        return isSpent ?? false
    }

    /// A new data key in the place of one that has sealed often enough; what that has sealed it still opens.
    private func successor(of old: Sealer, epoch: Int) async throws(VaultError) -> Sealer {
        let (wrapped, sealer) = try newDataKey(for: old.owner)
        do throws(StoreError) { try await store.add(wrapped, after: old.id) } catch {
            switch error {
            case .conflict: return try await newest(of: old.owner, epoch: epoch)
            case .notFound: throw .missingDataKey
            // Far below where it must end: the next block asks again.
            case .unavailable, .corrupted: return old
            }
        }
        _ = await isSpent(sealer)
        return keep(sealer, isNewest: true, epoch: epoch)
    }

    /// Gives an owner a new data key, unless its newest is from `moment` or later; older ones stay for opening.
    func renewDataKey(of owner: DataKeyOwner, unlessMadeSince moment: Timestamp) async throws(VaultError) {
        let epoch = cache.withLock { $0.epoch }
        let wrapped: WrappedDataKey?
        do { wrapped = try await store.dataKey(of: owner) } catch { throw .unavailable }
        guard let wrapped else { throw .missingDataKey }
        guard wrapped.createdAt < moment else { return }
        _ = try await successor(of: try unwrap(wrapped), epoch: epoch)
    }

    /// Opens a value that was sealed for exactly this place; one that does not open is counted (SEC C3.2).
    public func open(
        _ sealed: SealedSecret, _ purpose: SealPurpose, row: ULID, owner: DataKeyOwner
    ) async throws(VaultError) -> Secret<[UInt8]> {
        do throws(VaultError) { return try await opened(sealed, purpose, row, owner) } catch {
            if let reason = error.metricReason {
                Counter(label: MetricName.vaultFailures.rawValue, dimensions: [("reason", reason)]).increment()
            }
            throw error
        }
    }

    private func opened(
        _ sealed: SealedSecret, _ purpose: SealPurpose, _ row: ULID, _ owner: DataKeyOwner
    ) async throws(VaultError) -> Secret<[UInt8]> {
        guard let id = Sealer.dataKey(of: sealed) else { throw .doesNotOpen }
        let (known, epoch) = cache.withLock { ($0.byID[id], $0.epoch) }
        if let known { return try Self.open(sealed, purpose, row, owner, known) }
        let wrapped: WrappedDataKey?
        do { wrapped = try await store.dataKey(id) } catch { throw .unavailable }
        guard let wrapped else { throw .missingDataKey }
        let sealer = try unwrap(wrapped)
        keep(sealer, isNewest: false, epoch: epoch)
        return try Self.open(sealed, purpose, row, owner, sealer)
    }

    private static func open(
        _ sealed: SealedSecret, _ purpose: SealPurpose, _ row: ULID, _ owner: DataKeyOwner, _ sealer: Sealer
    ) throws(VaultError) -> Secret<[UInt8]> {
        guard sealer.owner == owner else { throw .doesNotOpen }
        return try sealer.open(sealed, purpose, row: row)
    }

    private func unwrap(_ wrapped: WrappedDataKey) throws(VaultError) -> Sealer {
        Sealer(id: wrapped.id, owner: wrapped.owner, key: try key(in: wrapped))
    }

    private func wrap(
        _ key: SymmetricKey, _ id: ULID, _ owner: DataKeyOwner, createdAt: Timestamp
    ) throws(VaultError) -> WrappedDataKey {
        let keyRing = keyRing
        let keyringKey = try keyRing.key(keyRing.current)
        let box = try? key.withUnsafeBytes { bytes in
            try AES.GCM.seal(
                bytes, using: keyringKey,
                authenticating: Self.boundTo(owner: owner, id: id, keyringKey: keyRing.current))
        }
        guard let wrapped = box?.combined else { throw .doesNotOpen }
        return WrappedDataKey(
            id: id, owner: owner, keyringKey: keyRing.current, wrapped: Array(wrapped), createdAt: createdAt)
    }

    private func key(in wrapped: WrappedDataKey) throws(VaultError) -> SymmetricKey {
        try Self.key(in: wrapped, openedBy: keyRing)
    }

    /// Proves that a keyring opens a canary that was sealed under one of these data keys.
    static func check(
        _ canary: SealedSecret, _ dataKeys: [WrappedDataKey], openedBy keyRing: KeyRing
    ) throws(VaultError) {
        guard let wrapped = dataKeys.first(where: { $0.id == Sealer.dataKey(of: canary) }) else {
            throw .missingDataKey
        }
        let sealer = Sealer(id: wrapped.id, owner: wrapped.owner, key: try key(in: wrapped, openedBy: keyRing))
        _ = try sealer.open(canary, .canary, row: canaryRow)
    }

    private static func key(
        in wrapped: WrappedDataKey, openedBy keyRing: KeyRing
    ) throws(VaultError) -> SymmetricKey {
        let keyringKey = try keyRing.key(wrapped.keyringKey)
        let bytes = try? AES.GCM.open(
            AES.GCM.SealedBox(combined: wrapped.wrapped), using: keyringKey,
            authenticating: boundTo(owner: wrapped.owner, id: wrapped.id, keyringKey: wrapped.keyringKey))
        guard let bytes else { throw .doesNotOpen }
        return SymmetricKey(data: bytes)
    }

    /// Forgets the data keys of an owner that was erased.
    func forget(_ owner: DataKeyOwner) {
        cache.withLock { cache in
            cache.epoch += 1
            cache.byOwner[owner] = nil
            cache.byID = cache.byID.filter { $0.value.owner != owner }
        }
    }

    /// Keeps a data key that was opened, and gives the one that everybody uses, so that it counts for all.
    @discardableResult
    private func keep(_ sealer: Sealer, isNewest: Bool, epoch: Int) -> Sealer {
        cache.withLock { cache in
            guard cache.epoch == epoch else { return sealer }
            let kept = cache.byID[sealer.id] ?? sealer
            if cache.byID.count >= Self.cacheLimit { cache = Cache(epoch: epoch) }
            cache.byID[kept.id] = kept
            if isNewest { cache.byOwner[kept.owner] = kept }
            return kept
        }
    }

    private static func boundTo(owner: DataKeyOwner, id: ULID, keyringKey: String) -> [UInt8] {
        lengthPrefixed([
            Array("v1".utf8), Array("data-key".utf8), owner.boundBytes, id.bytes, Array(keyringKey.utf8),
        ])
    }
}

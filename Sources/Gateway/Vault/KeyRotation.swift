import Synchronization

/// The keys of the keyring while the gateway runs: which there are, what depends on them, and the change to new ones.
public final class KeyRotation: Sendable {
    /// What the keyring is and how far re-wrapping has come.
    public struct Status: Sendable {
        /// One key of the keyring.
        public struct Key: Sendable {
            /// The key's id.
            public let id: String
            /// When it was made, where the keyring says so.
            public let createdAt: Timestamp?
            /// How many data keys are wrapped by it.
            public let dataKeys: Int
        }

        /// The id of the key that wraps new data keys.
        public let current: String
        /// Where the keyring comes from: `file`, `environment` or `command`.
        public let source: String
        /// Every key, by id, so oldest first.
        public let keys: [Key]
        /// How many data keys there are.
        public var total: Int { keys.reduce(0) { $0 + $1.dataKeys } }
        /// How many of them the current key wraps.
        public var done: Int { keys.reduce(0) { $0 + ($1.id == current ? $1.dataKeys : 0) } }
    }

    let source: KeyRingSource
    let vault: Vault
    private let store: any VaultStore & AuditStore
    private let changes: ChangeMaker
    private let rewrapping: Wakeup
    private let clock: any Clock<Duration>
    private let isReloading = Mutex(false)

    /// Takes what it uses; `rewrapping` is rung when data keys may have to be wrapped anew.
    public init(
        source: KeyRingSource, store: any VaultStore & AuditStore, vault: Vault, ids: IdentifierSource,
        wallClock: WallClock, rewrapping: Wakeup, clock: any Clock<Duration>
    ) {
        self.source = source
        self.store = store
        self.vault = vault
        self.rewrapping = rewrapping
        self.clock = clock
        changes = ChangeMaker(ids: ids, clock: wallClock)
    }

    /// The keys and what depends on them.
    public func status(for principal: Principal) async throws(Problem) -> Status {
        try principal.require(.read)
        try principal.requireUnbound()
        return try await status()
    }

    /// Reads the keyring anew and takes it into use at once; nothing that runs is interrupted.
    ///
    /// - Throws: ``Problem/Code/keyringRefused`` for one that can't be read, lacks a key in use, hashes otherwise or
    ///   gives a known id another key: then the old one stays in use. ``Problem/Code/stateConflict`` while another
    ///   reload is under way.
    public func reload(by caller: Caller) async throws(Problem) -> Status {
        try caller.require(.applicationsAdmin)
        try caller.principal.requireUnbound()
        // One at a time: a keyring that was read earlier must not replace one that was read later.
        let isFirst = isReloading.withLock { isReloading in
            defer { isReloading = true }
            return !isReloading
        }
        guard isFirst else { throw Problem(.stateConflict, "Another reload is under way. Wait for its end.") }
        defer { isReloading.withLock { $0 = false } }
        let old = vault.keyRing
        let new = try await checked(against: old)
        try await record(lines(from: old, to: new, by: caller))
        vault.use(new)
        rewrapping.ring()
        return try await status()
    }

    /// Adds a new current key to the keyring's file and takes it into use at once.
    ///
    /// - Returns: The new key's id.
    /// - Throws: ``Problem/Code/keyringRefused`` where the keyring comes from elsewhere or its file can't be changed, and
    ///   as ``reload(by:)`` does.
    func rotate(clock: WallClock, random: RandomSource, by caller: Caller) async throws(Problem) -> String {
        guard case .file(let file) = source else {
            throw Problem(
                .keyringRefused,
                "The keyring's source is \(source.word). Add a key where it is kept, then run `enlace keyring reload`, or "
                    + "start the gateway anew where it comes from its environment.")
        }
        let id: String
        do { id = try file.rotate(clock: clock, random: random) } catch {
            throw Problem(.keyringRefused, error.description)
        }
        _ = try await reload(by: caller)
        return id
    }

    /// How many data keys this key wraps, for a command on the machine itself.
    public func dataKeys(wrappedBy id: String) async throws(Problem) -> Int {
        do { return try await store.dataKeyCounts()[id] ?? 0 } catch { throw Problem(error) }
    }

    /// Leaves the audit's line of what a command did to the keyring's file while no gateway ran.
    public func note(_ action: AuditAction, key: String) async throws(Problem) {
        try await record([changes.change(action, subject: key, by: .command)])
    }

    /// What a repeated reload is answered with.
    public func statusAgain(for caller: Caller) async throws(Problem) -> Status {
        try caller.require(.applicationsAdmin)
        try caller.principal.requireUnbound()
        return try await status()
    }

    /// The keyring as its source has it now, if it may take the place of `old`.
    func checked(against old: KeyRing) async throws(Problem) -> KeyRing {
        let new: KeyRing
        do { new = try await source.read(clock: clock) } catch {
            throw Problem(.keyringRefused, error.description + " The keyring in use stays.")
        }
        guard old.agrees(with: new) else {
            throw Problem(
                .keyringRefused,
                "This is another installation's keyring, or one that was altered: its keys are not those in use. "
                    + "The keyring in use stays. Restore the keyring that belongs to this database.")
        }
        let needed: [String]
        do { needed = try await store.keyringKeysInUse() } catch { throw Problem(error) }
        if let missing = ([old.current] + needed).first(where: { !new.ids.contains($0) }) {
            throw Problem(
                .keyringRefused, VaultError.missingKeyringKey(id: missing).description + " The keyring in use stays.")
        }
        return new
    }

    private func lines(from old: KeyRing, to new: KeyRing, by caller: Caller) -> [Change] {
        func line(_ action: AuditAction, _ id: String) -> Change {
            Change(audit: changes.change(action, subject: id, by: caller).audit)
        }
        var lines = [changes.change(.keyringReloaded, subject: new.current, by: caller)]
        if new.current != old.current { lines.append(line(.keyringRotated, new.current)) }
        lines += old.ids.filter { !new.ids.contains($0) }.map { line(.keyringKeyRetired, $0) }
        return lines
    }

    private func record(_ lines: [Change]) async throws(Problem) {
        do { try await store.add(lines) } catch { throw Problem(error) }
    }

    /// The keys and what depends on them, for whoever was asked who they are.
    func status() async throws(Problem) -> Status {
        let counts: [String: Int]
        do { counts = try await store.dataKeyCounts() } catch { throw Problem(error) }
        let ring = vault.keyRing
        let ids = Set(ring.ids).union(counts.keys).sorted()
        return Status(
            current: ring.current, source: source.word,
            keys: ids.map { .init(id: $0, createdAt: ring.createdAt(of: $0), dataKeys: counts[$0] ?? 0) })
    }
}

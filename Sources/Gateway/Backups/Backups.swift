public import Logging
import Metrics
import Synchronization

/// The backups of the database that is being served.
public final class Backups: Sendable {
    /// A finished backup and the file that it is.
    public struct Kept: Sendable {
        /// What it is.
        public let backup: Backup
        /// Its file, as seen from the gateway's working folder.
        public let path: String
    }

    private let store: any BackupStore & AuditStore
    private let folder: BackupFolder
    private let vault: Vault
    private let clock: WallClock
    private let changes: ChangeMaker
    private let logger: Logger
    private let isMaking = Mutex(false)

    /// Takes what it uses.
    public init(
        store: any BackupStore & AuditStore, folder: BackupFolder, vault: Vault, ids: IdentifierSource,
        clock: WallClock, logger: Logger
    ) {
        self.store = store
        self.folder = folder
        self.vault = vault
        self.clock = clock
        self.logger = logger
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Makes a backup; the gateway goes on meanwhile.
    ///
    /// - Throws: ``Problem/Code/backupFailed`` with what to do, ``Problem/Code/stateConflict`` while another one is
    ///   being made.
    public func create(by caller: Caller) async throws(Problem) -> Kept {
        try Self.admit(caller.principal)
        return try await make(.manual) { [changes] name in
            changes.change(.backupCreated, subject: name, status: 201, by: caller)
        }
    }

    /// Makes a backup because it is time.
    func makeScheduled() async throws(Problem) {
        _ = try await make(.scheduled) { [changes] name in
            changes.change(.backupCreated, subject: name, by: .gateway)
        }
    }

    /// All backups, newest first.
    public func list(for principal: Principal) throws(Problem) -> [Kept] {
        try Self.admit(principal)
        return try all()
    }

    /// The backup that was made before for the same request.
    public func backup(named name: String, for principal: Principal) throws(Problem) -> Kept {
        guard let kept = try list(for: principal).first(where: { $0.backup.name == name }) else {
            throw Problem(.notFound, "That backup has made room for newer ones.")
        }
        return kept
    }

    /// When the newest backup was made; `nil` where there is none.
    func newest() throws(Problem) -> Timestamp? { try all().first?.backup.madeAt }

    private func all() throws(Problem) -> [Kept] {
        do { return try folder.list().map { Kept(backup: $0, path: folder.file(of: $0)) } } catch {
            throw Problem(.backupFailed, error.description)
        }
    }

    private static func admit(_ principal: Principal) throws(Problem) {
        try principal.require(.applicationsAdmin)
        try principal.requireUnbound()
    }

    private func make(
        _ reason: Backup.Reason, _ change: (String) -> Change
    ) async throws(Problem) -> Kept {
        let isFirst = isMaking.withLock { isMaking in
            defer { isMaking = true }
            return !isMaking
        }
        guard isFirst else { throw Problem(.stateConflict, "A backup is being made just now. Wait for its end.") }
        defer { isMaking.withLock { $0 = false } }
        do {
            let backup = try await folder.make(
                reason, openedBy: vault.keyRing, at: clock.now
            ) { [store] path throws(BackupError) in try await store.copy(to: path) }
            try await store.add([change(backup.name)])
            Self.count("made")
            logger.note("Backup made", at: .notice, [.path: folder.file(of: backup), .kind: reason.rawValue])
            return Kept(backup: backup, path: folder.file(of: backup))
        } catch let error as StoreError {
            // The file is whole, but nobody would know who asked for it.
            Self.count("failed")
            throw Problem(error)
        } catch {
            Self.count("failed")
            let text = (error as? BackupError)?.description ?? ""
            logger.note("No backup made", at: .error, [.reason: text])
            throw Problem(.backupFailed, text)
        }
    }

    private static func count(_ outcome: String) {
        Counter(label: MetricName.backups.rawValue, dimensions: [("outcome", outcome)]).increment()
    }
}

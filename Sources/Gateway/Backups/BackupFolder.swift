import Foundation

/// The folder of the backups, mode 0700; one is there whole, checked and synced, or not at all.
public struct BackupFolder: Sendable {
    /// How the names of files end that are not finished.
    private static let unfinished = ".partial"

    /// Where it is.
    public let path: String
    private let keep: Int

    /// Names the folder, made when it is missing; of the backups at most `keep` stay.
    ///
    /// Beside those, the newest one from before the migration of each schema stays.
    public init(path: String, keep: Int) {
        self.path = path
        self.keep = keep
    }

    /// Where a backup lies.
    public func file(of backup: Backup) -> String { "\(path)/\(backup.name)" }

    /// Every finished backup, newest first; none where the folder is missing.
    ///
    /// - Throws: ``BackupError/unreadable(path:)``.
    public func list() throws(BackupError) -> [Backup] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw .unreadable(path: path)
        }
        return names.compactMap { name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
            return Backup(name: name, bytes: (attributes?[.size] as? NSNumber)?.intValue ?? 0)
        }.sorted { ($0.madeAt, $0.name) > ($1.madeAt, $1.name) }
    }

    /// Makes a backup and removes those that need not stay.
    ///
    /// The file gets its name only once it is copied, checked against the keyring and on the disk, so that neither a
    /// kill nor a full disk leaves one to be believed. To be called by the process that has the database, once at a
    /// time: whatever is unfinished is taken for the remains of a dead process.
    ///
    /// - Throws: ``BackupError``; then nothing of it stays.
    public func make(
        _ reason: Backup.Reason, openedBy keyRing: KeyRing, at moment: Timestamp,
        copy: (String) async throws(BackupError) -> BackupContents
    ) async throws(BackupError) -> Backup {
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        removeUnfinished()
        let partial = "\(path)/enlace\(Self.unfinished)"
        do throws(BackupError) {
            try Self.reserve(partial)
            let contents = try await copy(partial)
            try contents.check(openedBy: keyRing)
            let backup = try finish(partial, reason, contents.schema, at: moment)
            prune()
            return backup
        } catch {
            removeUnfinished()
            throw error
        }
    }

    // Made before the database would make it with the umask's mode.
    private static func reserve(_ file: String) throws(BackupError) {
        let descriptor = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .notWritten(path: file) }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw .notWritten(path: file) }
    }

    private func finish(
        _ partial: String, _ reason: Backup.Reason, _ schema: Int, at moment: Timestamp
    ) throws(BackupError) -> Backup {
        let descriptor = open(partial, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .notWritten(path: partial) }
        defer { close(descriptor) }
        var status = stat()
        guard fsync(descriptor) == 0, fstat(descriptor, &status) == 0 else { throw .notWritten(path: partial) }
        var backup = Backup(madeAt: moment, schema: schema, reason: reason, bytes: Int(status.st_size))
        // Two in one millisecond: neither takes the other one's place.
        while FileManager.default.fileExists(atPath: file(of: backup)) {
            backup = Backup(
                madeAt: backup.madeAt + .milliseconds(1), schema: schema, reason: reason, bytes: backup.bytes)
        }
        guard rename(partial, file(of: backup)) == 0, syncFolder() else { throw .notWritten(path: path) }
        return backup
    }

    /// Which of these backups, newest first, need not stay.
    static func surplus(of backups: [Backup], keep: Int) -> [Backup] {
        let (ahead, others) = backups.reduce(into: ([Backup](), [Backup]())) { parts, backup in
            if backup.reason == .migration { parts.0.append(backup) } else { parts.1.append(backup) }
        }
        var schemas = Set<Int>()
        // A migration that fails at each start makes one each time: the newest says it all.
        return Array(others.dropFirst(keep)) + ahead.filter { !schemas.insert($0.schema).inserted }
    }

    // One that can't be removed is tried again the next time.
    private func prune() {
        for backup in Self.surplus(of: (try? list()) ?? [], keep: keep) { unlink(file(of: backup)) }
    }

    private func removeUnfinished() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        // Its own journal's name begins with it.
        for name in names where name.contains(Self.unfinished) { unlink("\(path)/\(name)") }
    }

    private func syncFolder() -> Bool {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return false }
        defer { close(folder) }
        return fsync(folder) == 0
    }
}

/// Keeps a copy of a database that a newer version is about to migrate.
public struct MigrationBackup: Sendable {
    private let folder: BackupFolder
    private let keyRing: KeyRing
    private let clock: WallClock

    /// Takes the folder, and the keyring that has to open the copy.
    public init(folder: BackupFolder, keyRing: KeyRing, clock: WallClock) {
        self.folder = folder
        self.keyRing = keyRing
        self.clock = clock
    }

    /// Makes it.
    public func make(
        _ copy: (String) async throws(BackupError) -> BackupContents
    ) async throws(BackupError) -> Backup {
        try await folder.make(.migration, openedBy: keyRing, at: clock.now, copy: copy)
    }
}

import Foundation
import GRDB
public import Gateway
public import Logging

/// A backup that stands where the database was, opened; nothing may be served before ``finish()``.
public struct PlacedBackup: Sendable {
    /// The opened database.
    public let store: SQLiteStore
    /// Where the database that it replaced lies; `nil` where there was none.
    public let aside: String?
    private let place: RestorePlace

    /// Puts a backup where the database is, and opens it.
    ///
    /// The file is copied, checked and opened with the keyring before the present database is touched, which then stays
    /// beside it under another name. A kill on the way leaves a mark by which ``SQLiteStore`` refuses to open until a
    /// restore was finished.
    ///
    /// - Throws: ``SQLiteOpenError``, ``BackupError``; where it says so nothing was changed.
    public static func put(
        _ file: String, at path: String, openedBy keyRing: KeyRing, seal: AuditSeal, clock: WallClock, logger: Logger
    ) async throws -> PlacedBackup {
        let lock = try LockFile(path: path + ".lock")
        let place = RestorePlace(path: path)
        do {
            try place.stage(file)
            let copy = DatabaseCopy(path: place.staged)
            let contents = try await copy.examine(isThorough: true)
            try contents.check(openedBy: keyRing)
            try await copy.check(Migrator.all)
            place.tidy()
        } catch {
            place.unstage()
            throw error
        }
        let time = clock.now.description.filter { $0 != "-" && $0 != ":" }
        let aside = try place.swap(keeping: "\(path).before-restore-\(time)")
        let store = try await SQLiteStore.open(
            at: path, seal: seal, clock: clock, logger: logger, migrations: Migrator.all, lock: lock)
        return PlacedBackup(store: store, aside: aside, place: place)
    }

    /// Says that the restore is finished, so that the database may be served.
    ///
    /// - Throws: ``BackupError/notWritten(path:)``.
    public func finish() throws(BackupError) { try place.finish() }

    /// The pairs of the database that was replaced, some at a time; none where it can't be read.
    public func evidence(after position: Int64) async -> (pairs: [StoredTokens], last: Int64?) {
        guard let aside else { return ([], nil) }
        var configuration = Configuration()
        configuration.readonly = true
        let read = try? await DatabaseQueue(path: aside, configuration: configuration).read { db in
            try db.rows(
                """
                SELECT t.*, c.id AS connection_id FROM token_pair t JOIN connection c ON c.seq = t.connection
                WHERE t.connection > ? ORDER BY t.connection LIMIT 500
                """, [position]
            ).map { row in
                let tokens = StoredTokens(
                    connection: try row.id("connection_id"), generation: row["generation"],
                    access: row.sealed("access"), refresh: row.optionalSealed("refresh"),
                    issuedAt: row.time("issued_at"), expiresAt: row.time("expires_at"))
                return (tokens: tokens, seq: row["connection"] as Int64)
            }
        }
        let rows = read ?? []
        return (rows.map(\.tokens), rows.last?.seq)
    }
}

/// The files of a restore: what comes, what goes aside, and the mark that stands in between.
struct RestorePlace: Sendable {
    /// The database's own path.
    let path: String

    /// Where the copy lies until it takes its place.
    var staged: String { path + ".incoming" }

    private var mark: String { path + ".restoring" }
    private static let suffixes = ["-wal", "-shm", ""]

    /// Where the present database went if a restore was begun and not finished, else `nil`.
    var unfinished: String? {
        FileManager.default.contents(atPath: mark).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Copies the backup to the database's own folder and syncs it.
    func stage(_ file: String) throws(BackupError) {
        unstage()
        guard let source = FileHandle(forReadingAtPath: file) else { throw .unreadable(path: file) }
        defer { try? source.close() }
        let descriptor = open(staged, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .notWritten(path: staged) }
        let target = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            guard fchmod(descriptor, 0o600) == 0 else { throw BackupError.notWritten(path: staged) }
            while let part = try source.read(upToCount: 4 << 20), !part.isEmpty { try target.write(contentsOf: part) }
            try target.synchronize()
        } catch {
            throw .notWritten(path: staged)
        }
    }

    /// Removes what reading the copy may have left beside it.
    func tidy() {
        for suffix in ["-wal", "-shm"] { unlink(staged + suffix) }
    }

    /// Removes the copy.
    func unstage() {
        for suffix in Self.suffixes + ["-journal"] { unlink(staged + suffix) }
    }

    /// Moves the present database aside and the copy to its place.
    ///
    /// - Returns: Where the present database lies now; `nil` where there was none.
    func swap(keeping wanted: String) throws(BackupError) -> String? {
        let aside = unfinished ?? wanted
        try write(aside, to: mark)
        // Its own file moves last: where that lies aside already, what is here was a restore's that was not finished.
        let isAside = FileManager.default.fileExists(atPath: aside)
        for suffix in Self.suffixes where FileManager.default.fileExists(atPath: path + suffix) {
            let isDone = isAside ? unlink(path + suffix) == 0 : rename(path + suffix, aside + suffix) == 0
            guard isDone else { throw .notWritten(path: path) }
        }
        guard rename(staged, path) == 0, syncFolder() else { throw .notWritten(path: path) }
        return FileManager.default.fileExists(atPath: aside) ? aside : nil
    }

    /// Takes the mark away.
    func finish() throws(BackupError) {
        guard unlink(mark) == 0, syncFolder() else { throw .notWritten(path: mark) }
    }

    private func write(_ text: String, to file: String) throws(BackupError) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .notWritten(path: file) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Foundation.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0, syncFolder()
        else { throw .notWritten(path: file) }
    }

    private func syncFolder() -> Bool {
        let folder = open(
            URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return false }
        defer { close(folder) }
        return fsync(folder) == 0
    }
}

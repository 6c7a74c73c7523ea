import Foundation
import GRDB
import Gateway
import Synchronization

/// A copy of the database in one file, made by SQLite's online backup.
struct DatabaseCopy: Sendable {
    /// Pages between two looks at the disk and at who wants it to stop: 4 MiB.
    static let pagesPerStep: CInt = 1024

    /// The file, which is there and empty.
    let path: String
    /// How many pages are copied at a time.
    var pagesPerStep = Self.pagesPerStep

    /// Copies everything as of one moment.
    ///
    /// One reader holds its snapshot meanwhile: in WAL neither the writer nor other readers wait for it, and nothing that
    /// is written meanwhile makes it begin anew. What was copied goes to the disk step by step, so that the writer's own
    /// syncs never wait for all of it.
    func make(from source: DatabasePool) async throws(BackupError) {
        let stop = StopSign()
        do {
            try await withTaskCancellationHandler {
                try await source.read { db in try copy(db, stop) }
            } onCancel: {
                stop.raise()
            }
            try await settle()
        } catch let error as BackupError {
            throw error
        } catch is CancellationError {
            throw .stopped
        } catch {
            throw .notWritten(path: path)
        }
    }

    private func copy(_ db: Database, _ stop: StopSign) throws {
        // The snapshot begins with the first read.
        _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema")
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw BackupError.notWritten(path: path) }
        defer { close(descriptor) }
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            // The file is worth nothing before it is whole: it needs neither a journal nor syncs in between.
            try db.execute(sql: "PRAGMA journal_mode = OFF")
            try db.execute(sql: "PRAGMA synchronous = OFF")
        }
        let target = try DatabaseQueue(path: path, configuration: configuration)
        try target.writeWithoutTransaction { target in
            try db.backup(to: target, pagesPerStep: pagesPerStep) { _ in
                guard !stop.isRaised else { throw BackupError.stopped }
                guard fdatasync(descriptor) == 0 else { throw BackupError.notWritten(path: path) }
            }
        }
        try target.close()
    }

    // The copy is in WAL like its source, and so would want two more files wherever it is opened.
    private func settle() async throws {
        let queue = try DatabaseQueue(path: path)
        let mode = try await queue.writeWithoutTransaction { db in
            try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
        }
        try queue.close()
        guard mode == "delete" else { throw BackupError.notWritten(path: path) }
    }

    /// Proves the file sound and reads what it says of itself; nothing is written to it.
    ///
    /// - Parameter isThorough: Whether indexes are compared with their tables too, which takes longer.
    /// - Returns: What it says of itself.
    /// - Throws: ``BackupError/damaged(path:)``, ``BackupError/unreadable(path:)``.
    func examine(isThorough: Bool) async throws(BackupError) -> BackupContents {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let contents = try await queue.read { db in
                let check = isThorough ? "integrity_check" : "quick_check"
                guard try String.fetchOne(db, sql: "PRAGMA \(check)(1)") == "ok" else {
                    throw BackupError.damaged(path: path)
                }
                return try words(of: db)
            }
            try queue.close()
            return contents
        } catch let error as BackupError {
            throw error
        } catch is CancellationError {
            throw .stopped
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            throw .damaged(path: path)
        } catch {
            throw .unreadable(path: path)
        }
    }

    /// Proves that these migrations can bring the file up to date.
    ///
    /// - Throws: ``SQLiteOpenError/newer(name:)``, ``SQLiteOpenError/migrationChanged(name:)``, a database error.
    func check(_ migrations: [Migrator.Migration]) async throws {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        _ = try await queue.read { db in try Migrator.isBehind(db, migrations) }
        try queue.close()
    }

    // Columns that every schema has had: an older one is examined too.
    private func words(of db: Database) throws -> BackupContents {
        let dataKeys = try db.rows(
            "SELECT id, keyring_key, wrapped, created_at FROM data_key WHERE seller IS NULL ORDER BY seq"
        ).map { row in
            WrappedDataKey(
                id: try row.ulid("id"), owner: .installation, keyringKey: row["keyring_key"],
                wrapped: row.bytes("wrapped"), createdAt: row.time("created_at"))
        }
        return BackupContents(
            schema: try Migrator.newest(in: db) ?? 0, canary: try db.row("SELECT sealed FROM canary")?.sealed("sealed"),
            dataKeys: dataKeys,
            keyringKeys: try db.rows("SELECT DISTINCT keyring_key FROM data_key ORDER BY keyring_key").map {
                $0["keyring_key"]
            })
    }
}

/// Asks work on another thread to stop.
private final class StopSign: Sendable {
    private let state = Mutex(false)

    var isRaised: Bool { state.withLock { $0 } }

    func raise() { state.withLock { $0 = true } }
}

import Foundation
import GRDB
public import Gateway
public import Logging

/// All that the gateway keeps, in one SQLite file (DESIGN §10).
public final class SQLiteStore: Sendable {
    let pool: DatabasePool
    let writer: GroupWriter
    let clock: WallClock
    let ids: IdentifierSource
    private let lock: LockFile
    private let logger: Logger

    private init(pool: DatabasePool, lock: LockFile, clock: WallClock, logger: Logger) {
        self.pool = pool
        self.lock = lock
        self.clock = clock
        self.logger = logger
        ids = IdentifierSource(clock: clock, random: .system)
        writer = GroupWriter(pool: pool)
    }

    /// Opens or makes the database, takes its lock, proves that it is durable, and migrates it.
    ///
    /// `seal` is what the end of the audit's chain is sealed with. An older database is migrated only once `backup` has
    /// kept a copy of it.
    ///
    /// - Throws: ``SQLiteOpenError``.
    public static func open(
        at path: String, seal: AuditSeal, clock: WallClock, logger: Logger, backup: MigrationBackup? = nil
    ) async throws(SQLiteOpenError) -> SQLiteStore {
        let store = try await open(
            at: path, seal: seal, clock: clock, logger: logger, migrations: Migrator.all, backup: backup)
        do {
            // Who held a lease is gone, since this process has the lock: the rescuer need not wait for its end.
            try await store.writer.write { db in
                try db.run("UPDATE delivery SET lease_until_at = 0 WHERE state = 'sending'")
            }
        } catch {
            throw .unusable(path: path)
        }
        return store
    }

    static func open(
        at path: String, seal: AuditSeal, clock: WallClock, logger: Logger, migrations: [Migrator.Migration],
        backup: MigrationBackup? = nil, lock held: LockFile? = nil
    ) async throws(SQLiteOpenError) -> SQLiteStore {
        let lock = if let held { held } else { try LockFile(path: path + ".lock") }
        // Whoever brings the lock is finishing the restore.
        if held == nil, let aside = RestorePlace(path: path).unfinished { throw .unfinishedRestore(aside: aside) }
        try makeFile(path)
        do {
            let pool = try DatabasePool(path: path, configuration: configuration(seal))
            if let backup, try await pool.read({ db in try Migrator.isBehind(db, migrations) }) {
                let made = try await kept(pool, by: backup)
                logger.note("Backup made before a migration", at: .notice, [.path: made.name])
            }
            try await pool.writeWithoutTransaction { db in
                try makeDurable(db)
                try Migrator.migrate(db, migrations, appliedAt: clock.now.milliseconds)
            }
            return SQLiteStore(pool: pool, lock: lock, clock: clock, logger: logger)
        } catch let error as SQLiteOpenError {
            throw error
        } catch {
            throw .unusable(path: path)
        }
    }

    /// What a pragma reads on the writer.
    package func pragma(_ name: String) async throws -> String {
        try await pool.writeWithoutTransaction { db in
            try String.fetchOne(db, sql: "SELECT CAST(\(name) AS TEXT) FROM pragma_\(name)") ?? ""
        }
    }

    private static func kept(
        _ pool: DatabasePool, by backup: MigrationBackup
    ) async throws(SQLiteOpenError) -> Backup {
        do {
            return try await backup.make { path throws(BackupError) in try await copy(pool, to: path) }
        } catch {
            throw .noBackup(error)
        }
    }

    // Made before SQLite would make it with the umask's mode; its -wal and -shm take the same mode.
    private static func makeFile(_ path: String) throws(SQLiteOpenError) {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unusable(path: path) }
        defer { Foundation.close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw .unusable(path: path) }
    }

    private static func configuration(_ seal: AuditSeal) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            // Readers refuse both: they are for the one connection that writes.
            guard !db.configuration.readonly else { return }
            db.add(function: seal.function)
            try db.execute(sql: "PRAGMA secure_delete = ON")
            // Before WAL and the first table: later it is silently ignored, and writes all the same.
            if try String.fetchOne(db, sql: "SELECT CAST(auto_vacuum AS TEXT) FROM pragma_auto_vacuum") != "2" {
                try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            }
        }
        return configuration
    }

    // GRDB sets NORMAL at the end of its own opening, so FULL is set afterwards and read back.
    private static func makeDurable(_ db: Database) throws {
        try db.execute(sql: "PRAGMA synchronous = FULL")
        if let lapse = try lapses(db).first { throw SQLiteOpenError.pragma(name: lapse.name, value: lapse.value) }
    }

    /// Reads in a snapshot of its own.
    func read<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do { return try await pool.read(work) } catch { throw storeError(error) }
    }
}

extension SQLiteStore: StoreHealth {
    /// Whether an immediate transaction can begin and commit.
    public func isWritable() async -> Bool {
        do {
            try await writer.write { db in
                try db.run("UPDATE canary SET seq = seq")
            }
            return true
        } catch {
            return false
        }
    }

    /// Lets what waits be committed, then closes the file and gives the lock back.
    public func close() async {
        try? await writer.write { _ in }
        // GRDB closes the readers last, and what they can't write would stay beside the file.
        // As a statement: GRDB's own checkpoint crashes on a connection that is closed already.
        try? await pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        do {
            try pool.close()
            lock.release()
        } catch {
            // It may still be written to: the lock goes with the process only.
            logger.note("Database not closed cleanly", at: .warning)
        }
    }
}

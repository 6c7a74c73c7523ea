import Crypto
import Foundation
import GRDB

/// Applies the embedded migrations that a database lacks; they are append-only and never edited.
enum Migrator {
    struct Migration: Sendable {
        let number: Int
        let name: String
        let sql: [UInt8]

        var hash: Data { Data(SHA256.hash(data: sql)) }
    }

    static let all = [
        Migration(number: 1, name: "m0001_sellers", sql: PackageResources.m0001_sellers_sql),
        Migration(number: 2, name: "m0002_linking", sql: PackageResources.m0002_linking_sql),
        Migration(number: 3, name: "m0003_events", sql: PackageResources.m0003_events_sql),
        Migration(number: 4, name: "m0004_audit_chain", sql: PackageResources.m0004_audit_chain_sql),
        Migration(number: 5, name: "m0005_erasure", sql: PackageResources.m0005_erasure_sql),
        Migration(number: 6, name: "m0006_refreshing", sql: PackageResources.m0006_refreshing_sql),
        Migration(number: 7, name: "m0007_exchange_journal", sql: PackageResources.m0007_exchange_journal_sql),
        Migration(number: 8, name: "m0008_import", sql: PackageResources.m0008_import_sql),
        Migration(number: 9, name: "m0009_link_requests", sql: PackageResources.m0009_link_requests_sql),
        Migration(number: 10, name: "m0010_confirming", sql: PackageResources.m0010_confirming_sql),
        Migration(number: 11, name: "m0011_quarantine", sql: PackageResources.m0011_quarantine_sql),
        Migration(number: 12, name: "m0012_restore", sql: PackageResources.m0012_restore_sql),
        Migration(number: 13, name: "m0013_calls", sql: PackageResources.m0013_calls_sql),
        Migration(
            number: 14, name: "m0014_connection_index", sql: PackageResources.m0014_connection_index_sql),
        Migration(number: 15, name: "m0015_engine", sql: PackageResources.m0015_engine_sql),
        Migration(number: 16, name: "m0016_feed", sql: PackageResources.m0016_feed_sql),
        Migration(number: 17, name: "m0017_proof", sql: PackageResources.m0017_proof_sql),
        Migration(number: 18, name: "m0018_retention", sql: PackageResources.m0018_retention_sql),
        Migration(number: 19, name: "m0019_jobs", sql: PackageResources.m0019_jobs_sql),
    ]

    /// Brings the database up to date in one transaction.
    ///
    /// A migration may make a table anew to change its CHECKs: foreign keys are off meanwhile and all of them are
    /// checked before the commit. Source: SQLite, "Making Other Kinds Of Table Schema Changes".
    ///
    /// - Throws: ``SQLiteOpenError/migrationChanged(name:)``, ``SQLiteOpenError/newer(name:)``, a database error.
    static func migrate(_ db: Database, _ migrations: [Migration] = all, appliedAt moment: Int64) throws {
        // Without effect inside a transaction, so around it. A migration that fails leaves no connection to go on with.
        try db.execute(sql: "PRAGMA foreign_keys = OFF")
        try apply(migrations, to: db, at: moment)
        try db.execute(sql: "PRAGMA foreign_keys = ON")
        guard try Int.fetchOne(db, sql: "PRAGMA foreign_keys") == 1 else {
            throw SQLiteOpenError.pragma(name: "foreign_keys", value: "0")
        }
    }

    /// The number of the newest migration that was applied; `nil` for a database without any.
    static func newest(in db: Database) throws -> Int? {
        guard try db.tableExists("migration") else { return nil }
        return try Int.fetchOne(db, sql: "SELECT max(number) FROM migration")
    }

    /// Whether a database that is in use lacks a migration; a new one does not.
    ///
    /// - Throws: ``SQLiteOpenError/migrationChanged(name:)``, ``SQLiteOpenError/newer(name:)``, a database error.
    static func isBehind(_ db: Database, _ migrations: [Migration] = all) throws -> Bool {
        guard let newest = try newest(in: db) else { return false }
        try checkApplied(in: db, migrations)
        return migrations.contains { $0.number > newest }
    }

    private static func checkApplied(in db: Database, _ migrations: [Migration]) throws {
        for row in try Row.fetchAll(db, sql: "SELECT number, name, sha256 FROM migration ORDER BY number") {
            let name: String = row["name"]
            guard let known = migrations.first(where: { $0.number == row["number"] }) else {
                throw SQLiteOpenError.newer(name: name)
            }
            guard known.hash == row["sha256"] else { throw SQLiteOpenError.migrationChanged(name: name) }
        }
    }

    private static func apply(_ migrations: [Migration], to db: Database, at moment: Int64) throws {
        try db.inTransaction(.immediate) {
            try db.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS migration (
                        number     INTEGER PRIMARY KEY,
                        name       TEXT    NOT NULL,
                        sha256     BLOB    NOT NULL CHECK (length(sha256) = 32),
                        applied_at INTEGER NOT NULL
                    ) STRICT
                    """)
            try checkApplied(in: db, migrations)
            let newest = try Int.fetchOne(db, sql: "SELECT max(number) FROM migration") ?? 0
            for migration in migrations where migration.number > newest {
                try db.execute(sql: String(decoding: migration.sql, as: UTF8.self))
                try db.execute(
                    sql: "INSERT INTO migration (number, name, sha256, applied_at) VALUES (?, ?, ?, ?)",
                    arguments: [migration.number, migration.name, migration.hash, moment])
            }
            if let broken = try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") {
                throw SQLiteOpenError.brokenReferences(table: broken["table"])
            }
            return .commit
        }
    }
}

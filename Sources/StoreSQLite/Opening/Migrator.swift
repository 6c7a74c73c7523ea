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
    ]

    /// Brings the database up to date in one transaction.
    ///
    /// - Throws: ``SQLiteOpenError/migrationChanged(name:)``, ``SQLiteOpenError/newer(name:)``, a database error.
    static func migrate(_ db: Database, _ migrations: [Migration] = all, appliedAt moment: Int64) throws {
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
            for row in try Row.fetchAll(db, sql: "SELECT number, name, sha256 FROM migration ORDER BY number") {
                let name: String = row["name"]
                guard let known = migrations.first(where: { $0.number == row["number"] }) else {
                    throw SQLiteOpenError.newer(name: name)
                }
                guard known.hash == row["sha256"] else { throw SQLiteOpenError.migrationChanged(name: name) }
            }
            let newest = try Int.fetchOne(db, sql: "SELECT max(number) FROM migration") ?? 0
            for migration in migrations where migration.number > newest {
                try db.execute(sql: String(decoding: migration.sql, as: UTF8.self))
                try db.execute(
                    sql: "INSERT INTO migration (number, name, sha256, applied_at) VALUES (?, ?, ?, ?)",
                    arguments: [migration.number, migration.name, migration.hash, moment])
            }
            return .commit
        }
    }
}

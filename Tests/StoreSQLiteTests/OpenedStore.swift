import Foundation
import GRDB
import Gateway
import TestSupport

@testable import StoreSQLite

/// A database file in a folder of its own, opened as the product opens it.
struct StoreFile: Sendable {
    let folder: URL

    var path: String { folder.appending(path: "enlace.sqlite").path(percentEncoded: false) }

    /// Opens it as `serve` does.
    func open() async throws -> SQLiteStore {
        try await SQLiteStore.open(
            at: path, seal: .test, clock: ManualClock().wallClock, logger: LogCapture().logger())
    }

    /// Opens it with these migrations.
    func open(migrations: [Migrator.Migration]) async throws -> SQLiteStore {
        try await SQLiteStore.open(
            at: path, seal: .test, clock: ManualClock().wallClock, logger: LogCapture().logger(), migrations: migrations
        )
    }
}

/// Lends a file that does not exist yet, in a folder that goes with the test.
func withStoreFile<Result>(_ body: (StoreFile) async throws -> Result) async throws -> Result {
    try await withTemporaryFolder { try await body(StoreFile(folder: $0)) }
}

/// Lends a new store and closes it afterwards, whatever the test came to.
func withStore<Result>(_ body: (SQLiteStore, StoreFile) async throws -> Result) async throws -> Result {
    try await withStoreFile { file in
        let store = try await file.open()
        do {
            let result = try await body(store, file)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }
}

extension SQLiteStore {
    /// Runs statements on the one writing connection, beside the group writer.
    func execute(_ sql: String) async throws {
        try await pool.writeWithoutTransaction { db in try db.execute(sql: sql) }
    }

    /// The first number of a query on the one writing connection.
    func number(_ sql: String) async throws -> Int? {
        try await pool.writeWithoutTransaction { db in try Int.fetchOne(db, sql: sql) }
    }

    /// Adds a seller and answers it.
    func addSeller(_ make: Fixtures, _ name: String = "Kiosco Ñandú", ref: String? = nil) async throws -> Seller {
        let seller = make.seller(name, ref: ref)
        try await add(seller, dataKey: make.dataKey(of: .seller(seller.id)), as: make.change())
        return seller
    }
}

extension AuditSeal {
    /// A seal that no other program could compute, if this were not the source of it.
    static let test = AuditSeal { head in sha256("\(head)") }
}

/// A database that was made by another program.
func plainDatabase(at path: String, _ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { db in try db.execute(sql: sql) }
    try queue.close()
}

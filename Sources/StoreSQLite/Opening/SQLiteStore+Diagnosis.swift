import GRDB
public import Gateway

extension SQLiteStore {
    /// Larger databases are not read through: it would hold up checkpoints, and so let the WAL grow.
    static let largestChecked: Int64 = 512 << 20

    /// Reads the writer's pragmas back, then checks pages and indexes on a reader.
    public func diagnosis() async throws(StoreError) -> StoreDiagnosis {
        do {
            let lapses = try await pool.writeWithoutTransaction { db in try Self.lapses(db) }
            return StoreDiagnosis(lapses: lapses.map { "\($0.name) is \($0.value)" }, integrity: try await integrity())
        } catch {
            throw storeError(error)
        }
    }

    private func integrity() async throws(StoreError) -> StoreDiagnosis.Integrity {
        try await read { db in
            let pages = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            let bytes = pages * (try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
            guard bytes <= Self.largestChecked else { return .tooLarge(bytes: bytes) }
            return try String.fetchOne(db, sql: "PRAGMA quick_check(1)") == "ok" ? .whole : .damaged
        }
    }

    /// The pragmas of the writer that do not read as durability needs (DESIGN §10).
    static func lapses(_ db: Database) throws -> [(name: String, value: String)] {
        try [("synchronous", "2"), ("auto_vacuum", "2"), ("journal_mode", "wal")].compactMap { name, wanted in
            let value = try String.fetchOne(db, sql: "SELECT CAST(\(name) AS TEXT) FROM pragma_\(name)") ?? ""
            return value == wanted ? nil : (name, value)
        }
    }
}

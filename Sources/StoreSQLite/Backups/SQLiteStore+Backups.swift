// What each method promises is said by the ports.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import GRDB
public import Gateway

extension SQLiteStore: BackupStore {
    public func copy(to path: String) async throws(BackupError) -> BackupContents {
        try await Self.copy(pool, to: path)
    }

    /// Copies a database that may not be migrated yet.
    static func copy(_ pool: DatabasePool, to path: String) async throws(BackupError) -> BackupContents {
        let copy = DatabaseCopy(path: path)
        try await copy.make(from: pool)
        return try await copy.examine(isThorough: false)
    }
}

import GRDB
import Gateway

/// What an error of the database means to a store's caller.
func storeError(_ error: any Error) -> StoreError {
    switch error {
    case let error as StoreError: error
    case let error as DatabaseError:
        switch error.resultCode {
        case .SQLITE_CONSTRAINT: .conflict(rule: rule(error))
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupted
        default: .unavailable
        }
    case is VaultError: .corrupted
    case is RowDecodingError, is UnreadableRow: .corrupted
    default: .unavailable
    }
}

// SQLite names the columns of the index that refused; each of ours has its own.
private func rule(_ error: DatabaseError) -> StoreError.Rule {
    let message = error.message ?? ""
    if message.contains("connection.upstream_user") { return .accountTaken }
    if message.contains("refresh_journal.connection") { return .refreshOpen }
    if message.contains("idempotency.") { return .idempotencyKey }
    if error.extendedResultCode == .SQLITE_CONSTRAINT_FOREIGNKEY { return .inUse }
    let unique: [ResultCode] = [
        .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID,
    ]
    if unique.contains(error.extendedResultCode) { return .unique }
    return .state
}

/// A stored value that no version of the code could have written.
struct UnreadableRow: Error {
    let column: String
}

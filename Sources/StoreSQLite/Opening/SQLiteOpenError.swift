public import Gateway

/// Why a database can't be opened; says what to do.
public enum SQLiteOpenError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another process has it open for writing.
    case locked(pid: Int32)
    /// File or folder can't be created, read or written.
    case unusable(path: String)
    /// A pragma did not take: durability would not be what it must be.
    case pragma(name: String, value: String)
    /// An applied migration is not the one that this version ships.
    case migrationChanged(name: String)
    /// The database was migrated by a newer version.
    case newer(name: String)
    /// A migration is due, and no backup could be made before it; nothing was changed.
    case noBackup(BackupError)
    /// A backup was being put in the database's place when the command ended.
    case unfinishedRestore(aside: String)
    /// After a migration a row would point at nothing; nothing was changed.
    case brokenReferences(table: String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .locked(let pid):
            "The database is in use by process \(pid). One `enlace serve` at a time; stop that one first."
        case .unusable(let path): "The database \(path) can't be opened. Check the folder, its owner and the disk."
        case .pragma(let name, let value): "The database refuses to be durable: \(name) reads \(value)."
        case .migrationChanged(let name):
            "The migration \(name) was applied in another form. Use the version that wrote this database."
        case .brokenReferences(let table):
            "A row of \(table) points at a row that is not there. Restore the newest backup, and report this."
        case .noBackup(let error):
            "The database has to be migrated, which is done only once there is a backup of it. \(error) Then start again."
        case .unfinishedRestore(let aside):
            "A restore was begun and not finished. Run `enlace restore` with the backup again; the database that was here "
                + "before lies at \(aside)."
        case .newer(let name): "The database was written by a newer version (\(name)). Use that version or newer."
        }
    }
}

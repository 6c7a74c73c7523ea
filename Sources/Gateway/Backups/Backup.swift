/// A copy of the database as of one moment: one file that needs no other, its name saying what it is.
public struct Backup: Hashable, Sendable {
    /// Why it was made.
    public enum Reason: String, Sendable, CaseIterable {
        /// Somebody asked for it.
        case manual
        /// It was time, by `backup.every_hours`.
        case scheduled
        /// A newer version was about to migrate the database.
        case migration
    }

    /// When it was made; it holds what was committed by then.
    public let madeAt: Timestamp
    /// The number of the newest migration in it.
    public let schema: Int
    /// Why it was made.
    public let reason: Reason
    /// Its size in bytes.
    public let bytes: Int

    /// Takes the fields as they were read or made.
    public init(madeAt: Timestamp, schema: Int, reason: Reason, bytes: Int) {
        self.madeAt = madeAt
        self.schema = schema
        self.reason = reason
        self.bytes = bytes
    }

    /// The file's name: `enlace-20260101T000000.000Z-schema8-manual.sqlite`.
    public var name: String {
        let time = madeAt.description.filter { $0 != "-" && $0 != ":" }
        return "enlace-\(time)-schema\(schema)-\(reason.rawValue).sqlite"
    }

    /// Reads a file's name; any other than ``name`` gives `nil`.
    init?(name: String, bytes: Int) {
        let form =
            #/enlace-(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\d\.\d{3}Z)-schema(\d{1,6})-([a-z]+)\.sqlite/#
        guard let parts = name.wholeMatch(of: form)?.output,
            let madeAt = Timestamp(rfc3339: "\(parts.1)-\(parts.2)-\(parts.3):\(parts.4):\(parts.5)"),
            let schema = Int(parts.6), let reason = Reason(rawValue: String(parts.7))
        else { return nil }
        self.init(madeAt: madeAt, schema: schema, reason: reason, bytes: bytes)
    }
}

/// Why there is no backup, or none that can be believed; says what to do.
public enum BackupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The disk is full, the folder is not there or not ours.
    case notWritten(path: String)
    /// The file can't be read, or is no database.
    case unreadable(path: String)
    /// The database's own check finds it damaged.
    case damaged(path: String)
    /// The keyring does not open what is in it.
    case notOpened(VaultError)
    /// Asked to stop, such as by a shutdown.
    case stopped

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .notWritten(let path):
            "No backup could be written to \(path): the disk is full, or the folder refuses. Make room there, or let "
                + "backup.folder name another one."
        case .unreadable(let path): "\(path) can't be read as a database. Check its owner and the disk."
        case .damaged(let path):
            "\(path) does not pass the database's own check. Believe neither it nor the disk; take another backup."
        case .notOpened(let error): error.description
        case .stopped: "The backup was not finished, because the gateway was asked to stop."
        }
    }
}

/// Why a value was not sealed or opened.
///
/// Carries names and ids, never material.
public enum VaultError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The keyring has no key with this id.
    case missingKeyringKey(id: String)
    /// There is no data key for this owner, or it was destroyed.
    case missingDataKey
    /// The value was moved, altered, cut, or sealed under another key.
    case doesNotOpen
    /// The data keys could not be read just now.
    case unavailable

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .missingKeyringKey(let id):
            "The keyring lacks the key \(id) that this database was sealed under. Use the keyring that belongs to it."
        case .missingDataKey: "A data key that this database needs is not there. It was destroyed, or rows are missing."
        case .doesNotOpen: "The keyring does not open this database. Use the keyring that belongs to it."
        case .unavailable: "The data keys can't be read just now. Check the database and the disk."
        }
    }

    /// The metric's word for what is wrong with the stored value or the keyring; `nil` for a database that is away.
    var metricReason: String? {
        switch self {
        case .missingKeyringKey: "missing_keyring_key"
        case .missingDataKey: "missing_data_key"
        case .doesNotOpen: "does_not_open"
        case .unavailable: nil
        }
    }
}

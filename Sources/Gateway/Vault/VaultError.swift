/// Why a value was not sealed or opened.
///
/// Carries names and ids, never material.
public enum VaultError: Error, Hashable, Sendable {
    /// The keyring has no key with this id.
    case missingKeyringKey(id: String)
    /// There is no data key for this owner, or it was destroyed.
    case missingDataKey
    /// The value was moved, altered, cut, or sealed under another key.
    case doesNotOpen
    /// The data keys could not be read just now.
    case unavailable
}

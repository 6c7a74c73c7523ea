import Crypto

/// Keyed hashes under the keyring's pepper, without its encryption keys.
///
/// Whoever only hashes keeps this and not the keyring, so that a key which was retired is in the vault alone and leaves
/// the memory when the vault takes the next keyring into use.
public struct KeyedHash: Sendable {
    private let pepper: SymmetricKey

    init(_ pepper: SymmetricKey) {
        self.pepper = pepper
    }

    /// HMAC-SHA-256 over a constant that names the use and the parts, each length-prefixed.
    public func mac(_ use: String, _ parts: [UInt8]...) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: lengthPrefixed([Array(use.utf8)] + parts), using: pepper))
    }

    /// Whether `code` is that HMAC, compared in constant time.
    public func isMAC(_ code: [UInt8], _ use: String, _ parts: [UInt8]...) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: lengthPrefixed([Array(use.utf8)] + parts), using: pepper)
    }

    /// Whether both hash alike, compared in constant time.
    func isSame(as other: KeyedHash) -> Bool { pepper == other.pepper }
}

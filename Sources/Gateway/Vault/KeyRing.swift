import Crypto

/// The encryption keys of the vault: one current, any number of older ones, and the pepper of keyed hashes.
public struct KeyRing: Sendable {
    /// The id of the key that wraps new data keys.
    public let current: String
    private let keys: [String: SymmetricKey]
    private let createdAt: [String: Timestamp]
    private let pepper: SymmetricKey

    /// Takes keys that were checked by ``KeyRingContents``.
    init(
        current: String, keys: [String: SymmetricKey], createdAt: [String: Timestamp] = [:], pepper: SymmetricKey
    ) {
        self.current = current
        self.keys = keys
        self.createdAt = createdAt
        self.pepper = pepper
    }

    /// The ids of all keys, safe to show.
    public var ids: [String] { keys.keys.sorted() }

    /// The key with this id.
    ///
    /// - Throws: ``VaultError/missingKeyringKey(id:)``.
    func key(_ id: String) throws(VaultError) -> SymmetricKey {
        guard let key = keys[id] else { throw .missingKeyringKey(id: id) }
        return key
    }

    /// When the key with this id was made; `nil` where the keyring does not say.
    func createdAt(of id: String) -> Timestamp? { createdAt[id] }

    /// Whether both hash alike and no id stands for two different keys, compared in constant time.
    func agrees(with other: KeyRing) -> Bool {
        pepper == other.pepper && keys.allSatisfy { id, key in other.keys[id].map { $0 == key } ?? true }
    }

    /// HMAC-SHA-256 under the pepper, over a constant that names the use and the parts, each length-prefixed.
    public func mac(_ use: String, _ parts: [UInt8]...) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: lengthPrefixed([Array(use.utf8)] + parts), using: pepper))
    }

    /// Whether `code` is that HMAC, compared in constant time.
    public func isMAC(_ code: [UInt8], _ use: String, _ parts: [UInt8]...) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: lengthPrefixed([Array(use.utf8)] + parts), using: pepper)
    }
}

/// Joins parts so that no two different lists join alike: each behind its length in four bytes.
func lengthPrefixed(_ parts: [[UInt8]]) -> [UInt8] {
    parts.reduce(into: []) { joined, part in
        withUnsafeBytes(of: UInt32(part.count).bigEndian) { joined.append(contentsOf: $0) }
        joined.append(contentsOf: part)
    }
}

/// Takes apart what ``lengthPrefixed(_:)`` joined; bytes of another form give no parts.
func unprefixed(_ joined: [UInt8]) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var rest = joined[...]
    while !rest.isEmpty {
        guard rest.count >= 4 else { return [] }
        let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(4)
        guard length <= rest.count else { return [] }
        parts.append(Array(rest.prefix(length)))
        rest = rest.dropFirst(length)
    }
    return parts
}

import Crypto

/// The encryption keys of the vault: one current, any number of older ones, and the pepper of keyed hashes.
public struct KeyRing: Sendable {
    /// The id of the key that wraps new data keys.
    public let current: String
    private let keys: [String: SymmetricKey]
    private let createdAt: [String: Timestamp]
    /// What all keyed hashes are made with.
    public let hashing: KeyedHash

    /// Takes keys that were checked by ``KeyRingContents``.
    init(
        current: String, keys: [String: SymmetricKey], createdAt: [String: Timestamp] = [:], pepper: SymmetricKey
    ) {
        self.current = current
        self.keys = keys
        self.createdAt = createdAt
        hashing = KeyedHash(pepper)
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
        hashing.isSame(as: other.hashing) && keys.allSatisfy { id, key in other.keys[id].map { $0 == key } ?? true }
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

import Crypto
import Foundation

/// A keyring as it is written down, wherever it comes from: JSON with the keys in Base64.
struct KeyRingContents: Codable, Sendable {
    /// One key with its id.
    struct Key: Codable, Sendable {
        let id: String
        let createdAt: String
        let key: String
    }

    let version: Int
    private(set) var current: String
    private(set) var keys: [Key]
    let pepper: String

    /// Makes a keyring of one key.
    init(clock: WallClock, random: RandomSource) {
        let key = Self.newKey(clock: clock, random: random)
        version = 1
        current = key.id
        keys = [key]
        pepper = Data(random.bytes(32)).base64EncodedString()
    }

    /// Reads the JSON.
    ///
    /// - Throws: ``KeyRingError/malformed(path:)`` with `source` in place of a path.
    init(json: Data, from source: String) throws(KeyRingError) {
        guard let contents = try? JSONDecoder().decode(KeyRingContents.self, from: json), contents.version == 1 else {
            throw .malformed(path: source)
        }
        self = contents
    }

    /// Reads the JSON, or the JSON in Base64, as it fits into a variable.
    ///
    /// - Throws: ``KeyRingError/malformed(path:)``.
    init(text: Data, from source: String) throws(KeyRingError) {
        if let json = Data(base64Encoded: text, options: .ignoreUnknownCharacters), json.first == UInt8(ascii: "{") {
            try self.init(json: json, from: source)
        } else {
            try self.init(json: text, from: source)
        }
    }

    /// The JSON, a line feed at its end; `nil` never for what was read or made here.
    var json: Data? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return (try? encoder.encode(self)).map { $0 + [0x0A] }
    }

    /// Adds a key and makes it the current one; the others stay.
    mutating func rotate(clock: WallClock, random: RandomSource) -> String {
        let key = Self.newKey(clock: clock, random: random)
        keys.append(key)
        current = key.id
        return key.id
    }

    /// Takes a key that is not the current one away.
    ///
    /// - Throws: ``KeyRingError/currentKey(id:)``, ``KeyRingError/unknownKey(id:path:)``.
    mutating func remove(_ id: String, from source: String) throws(KeyRingError) -> Key {
        guard id != current else { throw .currentKey(id: id) }
        guard let index = keys.firstIndex(where: { $0.id == id }) else { throw .unknownKey(id: id, path: source) }
        return keys.remove(at: index)
    }

    /// Puts a key back that was taken away.
    mutating func add(_ key: Key) {
        guard !keys.contains(where: { $0.id == key.id }) else { return }
        keys.append(key)
    }

    /// The keyring, checked: length and randomness of each key, and that no id stands for two (SEC C3.4).
    ///
    /// - Throws: ``KeyRingError/weak(id:)``, ``KeyRingError/malformed(path:)``.
    func keyRing(from source: String) throws(KeyRingError) -> KeyRing {
        var checked: [String: SymmetricKey] = [:]
        for key in keys {
            guard checked.updateValue(try Self.checked(key.key, id: key.id), forKey: key.id) == nil else {
                throw .malformed(path: source)
            }
        }
        guard checked[current] != nil else { throw .malformed(path: source) }
        let pepper = try Self.checked(pepper, id: "pepper")
        try WeakKey.refuseEqual(checked, pepper: pepper)
        let made = keys.compactMap { key in Timestamp(rfc3339: key.createdAt).map { (key.id, $0) } }
        return KeyRing(
            current: current, keys: checked, createdAt: Dictionary(made) { $1 },
            pepper: pepper)
    }

    private static func newKey(clock: WallClock, random: RandomSource) -> Key {
        Key(
            id: "krk_" + ULID(at: clock.now, random: random).description, createdAt: clock.now.description,
            key: Data(random.bytes(32)).base64EncodedString())
    }

    private static func checked(_ base64: String, id: String) throws(KeyRingError) -> SymmetricKey {
        guard let bytes = Data(base64Encoded: base64), !WeakKey.describes([UInt8](bytes)) else {
            throw .weak(id: id)
        }
        return SymmetricKey(data: bytes)
    }
}

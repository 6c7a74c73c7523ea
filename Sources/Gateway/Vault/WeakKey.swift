import Crypto

/// Tells keys that no random source made (SEC C3.4).
enum WeakKey {
    /// Whether bytes are too few, too much alike, a sequence or text; 32 random bytes are none of it by accident.
    static func describes(_ bytes: [UInt8]) -> Bool {
        let steps = zip(bytes, bytes.dropFirst()).map { $1 &- $0 }
        return bytes.count != 32 || Set(bytes).count < 16 || Set(steps).count < 8
            || bytes.allSatisfy { (0x20...0x7E).contains($0) }
    }

    /// Refuses a keyring in which one key does the work of two.
    ///
    /// - Throws: ``KeyRingError/weak(id:)`` with a key that equals the pepper or another key.
    static func refuseEqual(_ keys: [String: SymmetricKey], pepper: SymmetricKey) throws(KeyRingError) {
        for (id, key) in keys {
            let isTwin = keys.contains(where: { $0.key != id && $0.value == key })
            if isTwin || key == pepper { throw .weak(id: id) }
        }
    }
}

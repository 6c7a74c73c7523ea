import Crypto
import Foundation

/// One opened data key: seals and opens values of its owner, synchronously.
///
/// AES-256-GCM with a random 96-bit nonce. Stored form: `EV`, version 1, algorithm 1, data-key id (16), nonce (12),
/// ciphertext, tag (16). The additional data binds a value to its purpose, row, owner and data key, so that one that
/// was moved does not open. Source: DESIGN §6, SEC C3.1 to C3.3.
public struct Sealer: Sendable {
    static let header: [UInt8] = [0x45, 0x56, 1, 1]

    /// The data key's id.
    let id: ULID
    /// Whose values it seals.
    public let owner: DataKeyOwner
    /// How often it has sealed.
    let count = SealingCount()
    private let key: Secret<SymmetricKey>

    /// Takes a data key that was just made or unwrapped.
    init(id: ULID, owner: DataKeyOwner, key: SymmetricKey) {
        self.id = id
        self.owner = owner
        self.key = Secret(key)
    }

    /// Seals bytes for one place.
    public func seal(
        _ plain: [UInt8], _ purpose: SealPurpose, row: ULID
    ) throws(VaultError) -> SealedSecret {
        let bound = boundTo(purpose, row: row)
        count.note()
        let box = try? key.reveal { try AES.GCM.seal(plain, using: $0, authenticating: bound) }
        guard let sealed = box?.combined else { throw .doesNotOpen }
        return SealedSecret(bytes: Self.header + id.bytes + sealed)
    }

    /// Seals text for one place.
    public func seal(
        _ text: Secret<String>, _ purpose: SealPurpose, row: ULID
    ) throws(VaultError) -> SealedSecret {
        try text.reveal { plain throws(VaultError) in try seal(Array(plain.utf8), purpose, row: row) }
    }

    /// Opens what was sealed for exactly this place.
    ///
    /// - Throws: ``VaultError/doesNotOpen``.
    public func open(
        _ sealed: SealedSecret, _ purpose: SealPurpose, row: ULID
    ) throws(VaultError) -> Secret<[UInt8]> {
        guard Self.dataKey(of: sealed) == id else { throw .doesNotOpen }
        let bound = boundTo(purpose, row: row)
        let plain = try? key.reveal { key in
            try AES.GCM.open(
                AES.GCM.SealedBox(combined: sealed.bytes.dropFirst(20)), using: key, authenticating: bound)
        }
        guard let plain else { throw .doesNotOpen }
        return Secret(Array(plain))
    }

    /// The data key that a sealed value names, or `nil` for bytes of another form.
    static func dataKey(of sealed: SealedSecret) -> ULID? {
        guard sealed.bytes.count >= 20 + 12 + 16, Array(sealed.bytes.prefix(4)) == header else { return nil }
        return ULID(bytes: sealed.bytes[4..<20])
    }

    private func boundTo(_ purpose: SealPurpose, row: ULID) -> [UInt8] {
        lengthPrefixed([
            Array("v1".utf8), Array(purpose.rawValue.utf8), row.bytes, owner.boundBytes, id.bytes,
        ])
    }
}

extension DataKeyOwner {
    var boundBytes: [UInt8] {
        switch self {
        case .seller(let id): id.ulid.bytes
        case .installation: Array("installation".utf8)
        }
    }
}

extension Secret<[UInt8]> {
    /// The bytes as text, still secret; bytes that are no UTF-8 are replaced.
    public var text: Secret<String> {
        reveal { Secret<String>(String(decoding: $0, as: UTF8.self)) }
    }
}

/// The text of an API key: `enl_<live|test>_<id>_<secret><checksum>`.
///
/// The id is the key's ULID, the secret 32 random bytes in Base64url (43 characters), the checksum CRC-32 of all that
/// stands before it, in 6 base-62 digits, so that scanners recognise a leaked key. Source: SEC C5.1.
struct APIKeyText: Sendable {
    let mode: Mode
    let id: APIKeyID
    let secret: Secret<[UInt8]>

    /// Writes the text of a key that was just made.
    static func write(mode: Mode, id: APIKeyID, secret: [UInt8]) -> Secret<String> {
        let body = "enl_\(mode.rawValue)_\(id.ulid)_\(base64URL(secret))"
        return Secret(body + String(decoding: checksum(body.utf8), as: UTF8.self))
    }

    /// Reads a key's text; a wrong form or checksum gives `nil` without asking any store.
    init?(_ text: some StringProtocol) {
        let characters = Array(text.utf8)
        guard characters.count == 9 + 26 + 1 + 43 + 6, characters.starts(with: "enl_".utf8),
            let mode = Mode(rawValue: Self.text(characters[4..<8])), characters[8] == UInt8(ascii: "_"),
            characters[35] == UInt8(ascii: "_"), let ulid = ULID(Self.text(characters[9..<35])),
            let secret = bytes(base64URL: Self.text(characters[36..<79])),
            Self.checksum(characters[..<79]).elementsEqual(characters[79...])
        else { return nil }
        self.mode = mode
        id = APIKeyID(ulid)
        self.secret = Secret(secret)
    }

    private static func text(_ characters: ArraySlice<UInt8>) -> String {
        String(decoding: characters, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// CRC-32's steps, a byte at a time.
    private static let steps: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { step, _ in step & 1 == 1 ? step >> 1 ^ 0xEDB8_8320 : step >> 1 }
    }

    private static func checksum(_ text: some Sequence<UInt8>) -> [UInt8] {
        let steps = Self.steps
        let crc = text.reduce(UInt32(0xFFFF_FFFF)) { crc, byte in
            crc >> 8 ^ steps[Int((crc ^ UInt32(byte)) & 0xFF)]
        }
        var rest = ~crc
        var text = [UInt8](repeating: 0, count: 6)
        for index in text.indices.reversed() {
            text[index] = digits[Int(rest % 62)]
            rest /= 62
        }
        return text
    }
}

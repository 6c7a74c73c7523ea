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
        return Secret(body + checksum(body))
    }

    /// Reads a key's text; a wrong form or checksum gives `nil` without asking any store.
    init?(_ text: String) {
        guard text.utf8.count == 9 + 26 + 1 + 43 + 6, text.hasPrefix("enl_"), text.utf8.allSatisfy({ $0 < 0x80 })
        else { return nil }
        let characters = Array(text)
        guard let mode = Mode(rawValue: String(characters[4..<8])), characters[8] == "_", characters[35] == "_",
            let ulid = ULID(String(characters[9..<35])),
            let secret = bytes(base64URL: String(characters[36..<79])),
            Self.checksum(String(characters[..<79])) == String(characters[79...])
        else { return nil }
        self.mode = mode
        id = APIKeyID(ulid)
        self.secret = Secret(secret)
    }

    private static func checksum(_ text: String) -> String {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in text.utf8 {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        var rest = ~crc
        let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        var text: [Character] = []
        for _ in 0..<6 {
            text.append(digits[Int(rest % 62)])
            rest /= 62
        }
        return String(text.reversed())
    }
}

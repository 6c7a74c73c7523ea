/// Hexadecimal text.
enum Hex {
    /// Two lower-case digits for each byte.
    static func lower(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            if byte < 16 { text += "0" }
            text += String(byte, radix: 16)
        }
        return text
    }

    /// Two upper-case digits, as percent escapes are written.
    static func upper(_ byte: UInt8) -> String { lower([byte]).uppercased() }
}

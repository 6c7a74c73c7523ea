/// Classes of bytes, each one bit of a table's entry, so that a scan costs one load for each byte.
struct ByteClass: OptionSet {
    let rawValue: UInt8

    /// RFC 3986's characters of a path that the proxy takes: no escape, no parameter.
    static let path = ByteClass(rawValue: 1)
    /// What may stand in a query as it is, escapes included.
    static let query = ByteClass(rawValue: 2)
    /// Letters, digits and `-` of a header's name; a token could hold more (RFC 9110 §5.6.2), a canonical name does not.
    static let name = ByteClass(rawValue: 4)
    /// Visible ASCII and space.
    static let value = ByteClass(rawValue: 8)
    /// `0`…`9`.
    static let digit = ByteClass(rawValue: 16)
    /// RFC 9110's token.
    static let token = ByteClass(rawValue: 32)

    private static let table: [UInt8] = (0...255).map { (byte: UInt8) in
        let digit = (0x30...0x39).contains(byte)
        let letter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        var classes: ByteClass = []
        if letter || digit || "._~:@/-".utf8.contains(byte) { classes.formUnion([.path, .query]) }
        if "!$&'()*+,;=?%".utf8.contains(byte) { classes.insert(.query) }
        if letter || digit || byte == UInt8(ascii: "-") { classes.insert(.name) }
        if (0x20...0x7E).contains(byte) { classes.insert(.value) }
        if digit { classes.insert(.digit) }
        if letter || digit || "!#$%&'*+-.^_`|~".utf8.contains(byte) { classes.insert(.token) }
        return classes.rawValue
    }

    /// Whether `byte` is of this class.
    @inline(__always)
    func contains(byte: UInt8) -> Bool { Self.table[Int(byte)] & rawValue != 0 }
}

extension UInt8 {
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let colon: UInt8 = 0x3A

    /// An ASCII letter in lower case; any other byte as it is.
    @inline(__always)
    var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

extension Span<UInt8> {
    /// Whether the bytes of `range` are those of `text`, in ASCII of either case; `text` is lower case.
    @inline(__always)
    func isEqual(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { wanted in
            for index in 0..<wanted.count where self[range.lowerBound + index].lowercased != wanted[index] {
                return false
            }
            return true
        }
    }

    /// The bytes of `range` as text.
    func text(_ range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of `range` as text in lower case.
    func lowercasedText(_ range: Range<Int>) -> String {
        String(unsafeUninitializedCapacity: range.count) { target in
            for index in 0..<range.count { target[index] = self[range.lowerBound + index].lowercased }
            return range.count
        }
    }

    /// The number that the decimal digits of `range` spell in their one form, without leading zeros; `nil` for
    /// anything else, and for one of more than `digits` digits.
    func number(_ range: Range<Int>, digits: Int) -> Int? {
        guard !range.isEmpty, range.count <= digits else { return nil }
        guard range.count == 1 || self[range.lowerBound] != UInt8(ascii: "0") else { return nil }
        var number = 0
        for index in range {
            guard ByteClass.digit.contains(byte: self[index]) else { return nil }
            number = number * 10 + Int(self[index] - UInt8(ascii: "0"))
        }
        return number
    }
}

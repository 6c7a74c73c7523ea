/// A ULID: 48 bits of milliseconds and 80 random bits, sortable by time of making.
///
/// Text is 26 characters of Crockford's base 32 in upper case. Source: the ULID specification.
public struct ULID: Hashable, Comparable, Sendable, LosslessStringConvertible {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    /// What each byte stands for; 255 for one that is no digit.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in alphabet.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    private let high: UInt64
    private let low: UInt64

    /// Makes a new one for a moment, its other 80 bits drawn from `random`.
    public init(at moment: Timestamp, random: RandomSource) {
        let chance = random.bytes(10)
        let top = chance[0..<2].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        high = UInt64(bitPattern: moment.milliseconds) << 16 | top
        low = chance[2..<10].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }

    /// Makes a new one for a moment from 80 bits that the caller drew.
    public init(at moment: Timestamp, chance: (UInt16, UInt64)) {
        high = UInt64(bitPattern: moment.milliseconds) << 16 | UInt64(chance.0)
        low = chance.1
    }

    /// Reads the 16 bytes of the stored form; another length gives `nil`.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        high = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        low = bytes.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }

    /// Reads the 26 characters of the text form, upper case only; anything else gives `nil`.
    public init?(_ text: String) {
        let characters = text.utf8
        guard characters.count == 26, let first = characters.first, first <= UInt8(ascii: "7") else { return nil }
        let values = Self.values
        var high: UInt64 = 0
        var low: UInt64 = 0
        for character in characters {
            let value = values[Int(character)]
            guard value < 32 else { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(value)
        }
        self.high = high
        self.low = low
    }

    /// The 16 bytes of the stored form, most significant first.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        for half in [high, low] {
            withUnsafeBytes(of: half.bigEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// The 26 characters of the text form.
    public var description: String {
        var characters: [UInt8] = []
        characters.reserveCapacity(26)
        for index in 0..<26 {
            let shift = (25 - index) * 5
            let bits: UInt64 =
                if shift >= 64 { high >> UInt64(shift - 64) } else if shift > 59 {
                    low >> UInt64(shift) | high << UInt64(64 - shift)
                } else { low >> UInt64(shift) }
            characters.append(Self.alphabet[Int(bits & 31)])
        }
        return String(decoding: characters, as: UTF8.self)
    }

    /// Orders by the text.
    public static func < (left: ULID, right: ULID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

/// SplitMix64: a small generator whose sequence depends on the seed alone.
///
/// Good enough for simulated secrets, which guard nothing.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts the sequence.
    init(seed: UInt64) {
        state = seed
    }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    /// Lower-case hexadecimal text of a length that is given in digits.
    mutating func hex(_ digits: Int) -> String {
        var text = ""
        while text.utf8.count < digits {
            let word = next()
            text += Hex.lower((0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) })
        }
        return String(text.prefix(digits))
    }

    /// A version 4 UUID in lower case.
    mutating func uuid() -> String {
        let digits = Array(hex(32))
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        return "\(part(0..<8))-\(part(8..<12))-4\(part(13..<16))-8\(part(17..<20))-\(part(20..<32))"
    }
}

/// Where chance comes from: the system's cryptographic generator in the product, a seeded one in tests.
public struct RandomSource: Sendable {
    private let draw: @Sendable () -> UInt64

    /// Takes the closure that draws 64 random bits.
    public init(_ draw: @escaping @Sendable () -> UInt64) {
        self.draw = draw
    }

    /// The operating system's cryptographically secure generator.
    public static let system = RandomSource {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    /// That many random bytes.
    public func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            withUnsafeBytes(of: draw()) { bytes.append(contentsOf: $0) }
        }
        return Array(bytes.prefix(count))
    }

    /// A number in `0..<1`, evenly spread.
    public func unit() -> Double {
        Double(draw() >> 11) / Double(UInt64(1) << 53)
    }
}

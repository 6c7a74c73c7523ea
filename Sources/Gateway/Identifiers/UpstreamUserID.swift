/// The number of a seller's account at the provider, sent by it as `user_id`.
///
/// Shape: positive, at most 19 decimal digits.
public struct UpstreamUserID: Hashable, Sendable, CustomStringConvertible {
    /// The number as the upstream writes it.
    public let rawValue: Int64

    /// Accepts only a number that the upstream could have issued; zero and below give `nil`.
    public init?(rawValue: Int64) {
        guard rawValue > 0 else { return nil }
        self.rawValue = rawValue
    }

    /// Reads decimal digits; anything else gives `nil`.
    public init?(_ text: some StringProtocol) {
        guard let number = Int64(text), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        self.init(rawValue: number)
    }

    /// The number in decimal, safe to log.
    public var description: String { String(rawValue) }
}

/// The integrator's own id for a seller, unique within the installation.
///
/// Shape: 1 to 64 characters of `A-Z a-z 0-9 . _ ~ : @ -`, so that it can stand in a path as `ref:<external_ref>`.
public struct ExternalRef: Hashable, Sendable, LosslessStringConvertible {
    /// The text as the integrator wrote it.
    public let description: String

    /// Accepts text of the shape above; anything else gives `nil`.
    public init?(_ text: String) {
        let isAllowed = { (byte: UInt8) -> Bool in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "._~:@-".utf8.contains(byte)
        }
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(isAllowed) else { return nil }
        description = text
    }
}

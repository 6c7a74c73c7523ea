import CQREncode

/// A QR code of a text: a square of dark and light modules, made by libqrencode (ISO/IEC 18004).
public struct QRCode: Hashable, Sendable {
    /// Longest text in bytes of UTF-8: what version 40 holds at the error correction that is used here.
    public static let longestText = 2_331
    /// Light modules that must surround the code, or readers do not find it (ISO/IEC 18004 §9.1).
    public static let quietZone = 4

    /// Modules a side without the quiet zone, 21 to 177.
    public let width: Int
    private let modules: [Bool]

    /// Encodes a text with error correction M, which mends a code of which 15 % can't be read.
    ///
    /// `nil` for an empty text and for one longer than ``longestText``.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...Self.longestText).contains(bytes.count),
            let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M)
        else { return nil }
        defer { QRcode_free(code) }
        width = Int(code.pointee.width)
        // The lowest bit says whether a module is dark; the others are the encoder's notes.
        modules = UnsafeBufferPointer(start: code.pointee.data, count: width * width).map { $0 & 1 == 1 }
    }

    /// Whether a module is dark; those outside the code are light.
    public func isDark(column: Int, row: Int) -> Bool {
        guard (0..<width).contains(column), (0..<width).contains(row) else { return false }
        return modules[row * width + column]
    }

    /// The columns and rows of the code with its quiet zone.
    var framed: Range<Int> { -Self.quietZone..<width + Self.quietZone }
}

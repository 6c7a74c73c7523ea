/// An answer's head, as offsets into the bytes it was scanned from, and how its body is framed.
///
/// What RFC 9112 lets a recipient guess about, this refuses: an answer that is not understood with certainty must not
/// be mistaken for another seller's (DESIGN §7, Pool).
struct AnswerHead {
    /// Longest head in bytes.
    static let longest = 32 << 10
    /// Most header fields.
    static let mostFields = 200

    /// How the end of a body is found (RFC 9112 §6.3).
    enum Framing: Equatable {
        /// There is none: an interim answer, an answer to HEAD, 204 or 304.
        case none
        /// So many bytes.
        case length(Int)
        /// Chunked.
        case chunked
        /// All until the connection closes.
        case close
    }

    /// Three digits.
    private(set) var status = 0
    /// All fields in order.
    private(set) var fields: [HeaderField] = []
    /// How the body ends.
    private(set) var framing = Framing.none
    /// Whether the connection can carry another answer after this one.
    private(set) var keepsAlive = false
    /// What `Content-Length` says, for an answer without a body too.
    private(set) var contentLength: Int?
    /// What `Retry-After` says, in seconds; `nil` where it is missing or a date.
    private(set) var retryAfter: Int?
    /// Bytes of the head, its empty line included.
    private(set) var length = 0

    /// What `Transfer-Encoding` said.
    private var isChunked = false

    /// Reads a head that ends at `end`; fields of an earlier one are overwritten, their storage is kept.
    ///
    /// - Returns: Whether it was understood with certainty; nothing of it may be used otherwise.
    mutating func scan(_ bytes: borrowing Span<UInt8>, end: Int, isHeadRequest: Bool) -> Bool {
        fields.removeAll(keepingCapacity: true)
        contentLength = nil
        retryAfter = nil
        isChunked = false
        length = end
        guard end <= Self.longest, var index = scanLine(bytes) else { return false }
        while bytes[index] != .carriageReturn {
            guard fields.count < Self.mostFields, let next = scanField(bytes, at: index) else { return false }
            index = next
        }
        // RFC 9112 §6.3: with both, one of two readers takes the wrong one.
        guard index + 2 == end, !isChunked || contentLength == nil else { return false }
        if isHeadRequest || status < 200 || status == 204 || status == 304 {
            framing = .none
            // RFC 9110 §8.6 and RFC 9112 §6.1 forbid both in a 204; who sends them may send the body too.
            if status == 204, isChunked || contentLength ?? 0 > 0 { keepsAlive = false }
        } else if isChunked {
            framing = .chunked
        } else if let contentLength {
            framing = .length(contentLength)
        } else {
            framing = .close
            keepsAlive = false
        }
        return true
    }

    /// Reads `HTTP/1.x NNN reason CR LF` and gives where the first field begins.
    private mutating func scanLine(_ bytes: borrowing Span<UInt8>) -> Int? {
        guard length > 14, bytes.isExactly(0..<7, "HTTP/1."), bytes[8] == .space,
            let status = bytes.number(9..<12, digits: 3), status >= 100
        else { return nil }
        switch bytes[7] {
        case UInt8(ascii: "1"): keepsAlive = true
        case UInt8(ascii: "0"): keepsAlive = false
        default: return nil
        }
        self.status = status
        var index = 12
        if bytes[index] == .space {
            while Self.isValue(bytes[index]) { index += 1 }
        }
        guard bytes[index] == .carriageReturn, bytes[index + 1] == .lineFeed else { return nil }
        return index + 2
    }

    /// Text beyond ASCII and tabs pass here: what they mean is the caller's affair, where they end is certain.
    @inline(__always)
    private static func isValue(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

    private mutating func scanField(_ bytes: borrowing Span<UInt8>, at start: Int) -> Int? {
        var index = start
        while ByteClass.token.contains(byte: bytes[index]) { index += 1 }
        let name = start..<index
        guard !name.isEmpty, bytes[index] == .colon else { return nil }
        index += 1
        while bytes[index] == .space || bytes[index] == 0x09 { index += 1 }
        let first = index
        while Self.isValue(bytes[index]) { index += 1 }
        guard bytes[index] == .carriageReturn, bytes[index + 1] == .lineFeed else { return nil }
        var last = index
        while last > first, bytes[last - 1] == .space || bytes[last - 1] == 0x09 { last -= 1 }
        guard take(bytes, name, first..<last, isPlain: last == index) else { return nil }
        fields.append(HeaderField(name: name, value: first..<last))
        return index + 2
    }

    /// Heeds the fields by which an answer is framed; `false` where they leave a doubt, as white space behind them does.
    private mutating func take(
        _ bytes: borrowing Span<UInt8>, _ name: Range<Int>, _ value: Range<Int>, isPlain: Bool
    ) -> Bool {
        switch name.count {
        case 14 where bytes.isEqual(name, "content-length"):
            guard contentLength == nil, isPlain, let number = bytes.number(value, digits: 15) else { return false }
            contentLength = number
        case 17 where bytes.isEqual(name, "transfer-encoding"):
            guard !isChunked, isPlain, bytes.isEqual(value, "chunked"), bytes[7] == UInt8(ascii: "1") else {
                return false
            }
            isChunked = true
        case 10 where bytes.isEqual(name, "connection"), 16 where bytes.isEqual(name, "proxy-connection"):
            // The second name is nobody's standard, but some servers and decoders heed it as the first.
            // Whatever it names beside, only these two words alone are taken for a promise.
            if !bytes.isEqual(value, "keep-alive") { keepsAlive = false }
        case 7 where bytes.isEqual(name, "upgrade"):
            keepsAlive = false
        case 11 where bytes.isEqual(name, "retry-after"):
            retryAfter = bytes.number(value, digits: 6)
        default: break
        }
        return true
    }
}

/// A request's canonical head, as offsets into the bytes it was scanned from.
///
/// Canonical is what can be read in one way only (DESIGN §7): one spelling of everything, origin form, exactly one
/// `Host`, a length or no body. RFC 9112 allows much more; that is the ordinary lane's.
struct RequestHead {
    /// Longest head in bytes, its empty line included (SEC C4.12).
    static let longest = 16 << 10
    /// Most header fields (SEC C4.12).
    static let mostFields = 100
    /// Longest body in bytes (DESIGN §4).
    static let longestBody = 1 << 20

    /// `GET`, `HEAD`, `POST`, `PUT`, `PATCH` or `DELETE`.
    private(set) var method = 0..<0
    /// From its first slash on, query included.
    private(set) var target = 0..<0
    /// All fields in order.
    private(set) var fields: [HeaderField] = []
    /// What `Content-Length` says; 0 where there is none.
    private(set) var bodyLength = 0
    /// Whether the caller wants the connection closed after the answer.
    private(set) var closes = false
    /// Bytes of the head, its empty line included.
    private(set) var length = 0
    /// Whether the method is HEAD, whose answers have no body.
    private(set) var isHead = false

    /// Reads a head that ends at `end`; fields of an earlier one are overwritten, their storage is kept.
    ///
    /// - Returns: Whether it is canonical; nothing of it may be used otherwise.
    mutating func scan(_ bytes: borrowing Span<UInt8>, end: Int) -> Bool {
        fields.removeAll(keepingCapacity: true)
        bodyLength = 0
        closes = false
        length = end
        guard end <= Self.longest, var index = scanLine(bytes) else { return false }
        var seen = Seen()
        while bytes[index] != .carriageReturn {
            guard fields.count < Self.mostFields, let next = scanField(bytes, at: index, &seen) else { return false }
            index = next
        }
        // HeadEnd found the only empty line, so this one is the end.
        return index + 2 == end && seen.hasHost && (bodyLength == 0 || mayHaveBody(bytes))
    }

    /// The fields that may stand in a head once.
    private struct Seen {
        var hasHost = false
        var hasLength = false
        var hasConnection = false
    }

    /// Reads the request line and gives where the first field begins.
    private mutating func scanLine(_ bytes: borrowing Span<UInt8>) -> Int? {
        guard let method = Self.method(bytes) else { return nil }
        self.method = method
        isHead = method.count == 4 && bytes[0] == UInt8(ascii: "H")
        let start = method.upperBound + 1
        var index = start
        guard bytes[index] == UInt8(ascii: "/") else { return nil }
        while ByteClass.path.contains(byte: bytes[index]) { index += 1 }
        if bytes[index] == UInt8(ascii: "?") {
            while ByteClass.query.contains(byte: bytes[index]) { index += 1 }
        }
        target = start..<index
        // The line's end and the head's are both still to come, so this stays within the bytes.
        let version = index..<min(index + 11, length)
        guard bytes.isExactly(version, " HTTP/1.1\r\n") else { return nil }
        return version.upperBound
    }

    private static let methods: [StaticString] = ["GET ", "POST ", "PUT ", "PATCH ", "DELETE ", "HEAD "]

    private static func method(_ bytes: borrowing Span<UInt8>) -> Range<Int>? {
        for name in methods {
            let range = 0..<name.utf8CodeUnitCount
            if range.upperBound < bytes.count, bytes.isExactly(range, name) { return 0..<range.upperBound - 1 }
        }
        return nil
    }

    /// Reads `name: value CR LF` and gives where the next line begins.
    private mutating func scanField(
        _ bytes: borrowing Span<UInt8>, at start: Int, _ seen: inout Seen
    ) -> Int? {
        var index = start
        while ByteClass.name.contains(byte: bytes[index]) { index += 1 }
        let name = start..<index
        guard !name.isEmpty, bytes[index] == .colon, bytes[index + 1] == .space else { return nil }
        let first = index + 2
        index = first
        while ByteClass.value.contains(byte: bytes[index]) { index += 1 }
        let value = first..<index
        guard !value.isEmpty, bytes[first] != .space, bytes[index - 1] != .space,
            bytes[index] == .carriageReturn, bytes[index + 1] == .lineFeed
        else { return nil }
        guard take(bytes, name, value, &seen) else { return nil }
        fields.append(HeaderField(name: name, value: value))
        return index + 2
    }

    /// Heeds the fields by which a message is framed; `false` for one that is not canonical.
    private mutating func take(
        _ bytes: borrowing Span<UInt8>, _ name: Range<Int>, _ value: Range<Int>, _ seen: inout Seen
    ) -> Bool {
        switch name.count {
        case 2: return !bytes.isEqual(name, "te")
        case 4 where bytes.isEqual(name, "host"):
            defer { seen.hasHost = true }
            return !seen.hasHost
        case 6: return !bytes.isEqual(name, "expect")
        case 7: return !bytes.isEqual(name, "upgrade") && !bytes.isEqual(name, "trailer")
        case 10 where bytes.isEqual(name, "connection"):
            defer { seen.hasConnection = true }
            closes = bytes.isEqual(value, "close")
            return !seen.hasConnection && (closes || bytes.isEqual(value, "keep-alive"))
        case 10: return !bytes.isEqual(name, "keep-alive")
        case 14 where bytes.isEqual(name, "content-length"):
            guard !seen.hasLength, let number = bytes.number(value, digits: 7), number <= Self.longestBody else {
                return false
            }
            seen.hasLength = true
            bodyLength = number
            return true
        case 14: return !bytes.isEqual(name, "http2-settings")
        case 16: return !bytes.isEqual(name, "proxy-connection")
        case 17: return !bytes.isEqual(name, "transfer-encoding")
        default: return true
        }
    }

    /// Whether a body means something to the method everywhere (RFC 9110 §9.3).
    private func mayHaveBody(_ bytes: borrowing Span<UInt8>) -> Bool { bytes[0] == UInt8(ascii: "P") }
}

extension Span<UInt8> {
    /// Whether the bytes of `range` are those of `text`.
    @inline(__always)
    func isExactly(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { wanted in
            for index in 0..<wanted.count where self[range.lowerBound + index] != wanted[index] { return false }
            return true
        }
    }
}

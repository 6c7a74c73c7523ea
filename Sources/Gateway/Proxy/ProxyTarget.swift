/// The part of a request target that is matched and sent, byte for byte the same (SEC C4.2).
package struct ProxyTarget: Equatable, Sendable {
    /// Longest path in bytes.
    static let longestPath = 2048
    /// Longest query in bytes.
    static let longestQuery = 4096

    /// From the first slash on.
    let path: String
    /// Without `?`; `nil` where there was none.
    let query: String?
    /// The path's bytes.
    let bytes: [UInt8]
    /// Where its segments lie in them.
    let segments: [Range<Int>]

    /// Accepts a path in normal form only: no escapes, no empty, `.` or `..` segment, no parameters, no other scheme.
    ///
    /// - Throws: ``Problem/Code/badPath``.
    package init(_ target: String) throws(Problem) {
        var bytes = Array(target.utf8)
        if let mark = bytes.firstIndex(of: UInt8(ascii: "?")) {
            query = String(decoding: bytes[(mark + 1)...], as: UTF8.self)
            bytes.removeSubrange(mark...)
            path = String(decoding: bytes, as: UTF8.self)
        } else {
            query = nil
            path = target
        }
        guard bytes.count <= Self.longestPath, let segments = Self.segments(bytes) else {
            throw Problem(
                .badPath, "Send the path in its plain form: no escapes, no empty, `.` or `..` segments, at most 2 KiB.")
        }
        self.bytes = bytes
        self.segments = segments
        if let query { try Self.check(query) }
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
            UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "/"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// The segments behind each slash; `nil` for a path that is not in normal form.
    private static func segments(_ bytes: [UInt8]) -> [Range<Int>]? {
        guard bytes.first == UInt8(ascii: "/") else { return nil }
        var segments: [Range<Int>] = []
        segments.reserveCapacity(8)
        var start = 1
        for index in 1...bytes.count {
            if index < bytes.count {
                guard isPathByte(bytes[index]) else { return nil }
                guard bytes[index] == UInt8(ascii: "/") else { continue }
            }
            guard isPlain(bytes[start..<index]) else { return nil }
            segments.append(start..<index)
            start = index + 1
        }
        return segments
    }

    private static func isPlain(_ segment: ArraySlice<UInt8>) -> Bool {
        switch segment.count {
        case 0: false
        case 1, 2: segment.contains { $0 != UInt8(ascii: ".") }
        default: true
        }
    }

    // RFC 3986 §3.4 and nothing else, so that no client library on the way has a reason to spell it anew.
    private static func isQueryByte(_ byte: UInt8) -> Bool {
        isPathByte(byte) || "!$&'()*+,;=?%".utf8.contains(byte)
    }

    // A token in the query would be written to logs on the way (SEC C4.4), whatever its spelling.
    private static func check(_ query: String) throws(Problem) {
        guard query.utf8.count <= longestQuery, query.utf8.allSatisfy(isQueryByte) else {
            throw Problem(
                .badPath, "Send a query of at most 4 KiB, everything beyond RFC 3986's characters escaped.",
                field: "query")
        }
        for pair in query.split(whereSeparator: { $0 == "&" || $0 == ";" }) {
            let name = pair.prefix { $0 != "=" }
            let plain = percentDecoded(name).lowercased().filter { $0.isLetter }
            guard plain != "accesstoken" else {
                throw Problem(.badPath, "Leave access_token out of the query: the gateway sets the token itself.")
            }
        }
    }
}

/// Percent-decodes once; an escape that is none stays as it stands, bytes that are no UTF-8 are replaced.
func percentDecoded(_ text: some StringProtocol) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), rest.count >= 2,
            let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
        {
            bytes.append(value)
            rest = rest.dropFirst(2)
        } else {
            bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

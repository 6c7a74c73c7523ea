/// The part of a request target that is matched and sent, byte for byte the same (SEC C4.2).
struct ProxyTarget: Equatable, Sendable {
    /// Longest path in bytes.
    static let longestPath = 2048
    /// Longest query in bytes.
    static let longestQuery = 4096

    /// From the first slash on.
    let path: String
    /// Without `?`; `nil` where there was none.
    let query: String?

    /// Accepts a path in normal form only: no escapes, no empty, `.` or `..` segment, no parameters, no other scheme.
    ///
    /// - Throws: ``Problem/Code/badPath``.
    init(_ target: String) throws(Problem) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(parts[0])
        query = parts.count == 2 ? String(parts[1]) : nil
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count <= Self.longestPath,
            path.utf8.allSatisfy(Self.isPathByte), Self.hasPlainSegments(path)
        else {
            throw Problem(
                .badPath, "Send the path in its plain form: no escapes, no empty, `.` or `..` segments, at most 2 KiB.")
        }
        self.path = path
        if let query { try Self.check(query) }
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "._~:@/-".utf8.contains(byte)
    }

    private static func hasPlainSegments(_ path: String) -> Bool {
        path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
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

/// How a notification is kept as it arrived: query, headers, body and the ids that were understood, in one sealed value.
enum ReceivedForm {
    /// Joins the parts, each behind its length.
    static func pack(_ request: ReceivedRequest, ids: [String: String]) -> [UInt8] {
        let headers = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        let names = ids.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
        return lengthPrefixed([Array(request.query.utf8), Array(headers.utf8), request.body, Array(names.utf8)])
    }

    /// The ids that were understood; empty for bytes of another form.
    static func ids(_ packed: [UInt8]) -> [String: String] {
        guard let parts = parts(of: packed) else { return [:] }
        return String(decoding: parts[3], as: UTF8.self).split(separator: "\n").reduce(into: [:]) { ids, line in
            let pair = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { ids[String(pair[0])] = String(pair[1]) }
        }
    }

    /// The notification as it arrived; `nil` for bytes of another form.
    static func notification(_ packed: [UInt8]) -> ArrivedNotification? {
        guard let parts = parts(of: packed) else { return nil }
        return ArrivedNotification(
            query: String(decoding: parts[0], as: UTF8.self),
            headers: String(decoding: parts[1], as: UTF8.self).split(separator: "\n").map(String.init),
            body: Array(parts[2]))
    }

    private static func parts(of packed: [UInt8]) -> [ArraySlice<UInt8>]? {
        var rest = packed[...]
        var parts: [ArraySlice<UInt8>] = []
        while rest.count >= 4 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard length <= rest.count else { return nil }
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.count == 4 ? parts : nil
    }
}

/// A notification as it arrived from the provider.
public struct ArrivedNotification: Hashable, Sendable {
    /// The query, percent-encoded as it came.
    public let query: String
    /// The headers that were kept, `name: value`.
    public let headers: [String]
    /// The body.
    public let body: [UInt8]
}

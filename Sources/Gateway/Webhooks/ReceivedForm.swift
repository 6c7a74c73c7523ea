/// How a notification is kept as it arrived: query, headers, body and what was understood, in one sealed value.
enum ReceivedForm {
    /// What was understood of a notification and stands in no column of its own.
    struct Understood: Hashable, Sendable {
        /// The ids that may be passed on.
        var ids: [String: String] = [:]
        /// The provider's id of the notification, where it was sent.
        var upstreamID: String?
        /// Whether it is about real money, where it was said.
        var liveMode: Bool?
    }

    /// Joins the parts, each behind its length.
    static func pack(_ request: ReceivedRequest, _ understood: Understood) -> [UInt8] {
        let headers = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        let names = understood.ids.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
        let mode = understood.liveMode.map { UInt8(ascii: $0 ? "1" : "0") } ?? UInt8(ascii: "?")
        let said: [UInt8] = [mode] + Array((understood.upstreamID ?? "").utf8)
        return lengthPrefixed([
            Array(request.query.utf8), Array(headers.utf8), request.body, Array(names.utf8), said,
        ])
    }

    /// What was understood; nothing for bytes of another form.
    static func understood(_ packed: [UInt8]) -> Understood {
        let parts = unprefixed(packed)
        guard parts.count == 5, let mode = parts[4].first else { return Understood() }
        let lines = String(decoding: parts[3], as: UTF8.self).split(separator: "\n")
        let ids = lines.reduce(into: [String: String]()) { ids, line in
            let pair = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { ids[String(pair[0])] = String(pair[1]) }
        }
        let upstreamID = String(decoding: parts[4].dropFirst(), as: UTF8.self)
        return Understood(
            ids: ids, upstreamID: upstreamID.isEmpty ? nil : upstreamID,
            liveMode: mode == UInt8(ascii: "?") ? nil : mode == UInt8(ascii: "1"))
    }

    /// The notification as it arrived; `nil` for bytes of another form.
    static func notification(_ packed: [UInt8]) -> ArrivedNotification? {
        let parts = unprefixed(packed)
        guard parts.count == 5 else { return nil }
        return ArrivedNotification(
            query: String(decoding: parts[0], as: UTF8.self),
            headers: String(decoding: parts[1], as: UTF8.self).split(separator: "\n").map(String.init),
            body: parts[2])
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

    /// Takes the parts as they came.
    public init(query: String, headers: [String], body: [UInt8]) {
        self.query = query
        self.headers = headers
        self.body = body
    }
}

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
        let parts = unprefixed(packed)
        guard parts.count == 4 else { return [:] }
        return String(decoding: parts[3], as: UTF8.self).split(separator: "\n").reduce(into: [:]) { ids, line in
            let pair = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { ids[String(pair[0])] = String(pair[1]) }
        }
    }
}

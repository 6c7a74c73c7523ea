import HTTPTypes

/// A failure that waits for the next matching API requests.
struct Fault: Sendable {
    /// What goes wrong.
    enum Kind: String, Sendable, CaseIterable {
        /// Answers `status` with an error body, its code in `error`.
        case status
        /// Handles the request after `delay_ms`.
        case delay
        /// Holds the request until `/_sim/release`.
        case hold
        /// Closes the connection.
        case drop
        /// Does everything, then closes the connection without an answer: `drop` with `after`.
        case dropAfter = "drop_after"
        /// 429 with the front proxy's plain text.
        case plain429
        /// 502 with a page.
        case html502
        /// 302 to another address.
        case redirect
        /// 200 with half a JSON document.
        case badJSON = "bad_json"
        /// The answer with `members` in the place of its own; null takes one out.
        case rewrite
    }

    let kind: Kind
    /// Whether the request is handled before it strikes.
    let isAfter: Bool
    let method: String?
    let pathPrefix: String
    /// The account whose token or code has to be in the request; nil hits everybody's.
    let userID: Int64?
    let status: Int
    let error: String
    let delayMS: Int64
    let members: JSON
    var timesLeft: Int

    /// Reads a `POST /_sim/faults`.
    ///
    /// - Throws: 400 for an unknown fault.
    init(_ body: JSON) throws {
        guard let kind = body["fault"]?.string.flatMap(Kind.init(rawValue:)) else {
            throw Refusal.admin("fault must be one of \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.kind = kind
        isAfter = kind == .dropAfter || body["after"]?.bool ?? false
        method = body["match"]?["method"]?.string?.uppercased()
        pathPrefix = body["match"]?["path_prefix"]?.string ?? "/"
        userID = body["match"]?["user_id"]?.looseInt
        status = Int(body["status"]?.int ?? 503)
        error = body["error"]?.string ?? "internal_server_error"
        delayMS = body["delay_ms"]?.int ?? 1000
        members = body["members"] ?? [:]
        timesLeft = Int(body["times"]?.int ?? 1)
        guard (200...599).contains(status), timesLeft > 0, delayMS >= 0, members.members != nil else {
            throw Refusal.admin("status, times, delay_ms or members is out of range")
        }
    }

    /// Its name in the ledger.
    var name: String { isAfter && kind != .dropAfter ? "\(kind.rawValue)_after" : kind.rawValue }

    /// Whether a request is hit.
    func matches(_ method: HTTPRequest.Method, _ path: String, of userID: Int64?) -> Bool {
        (self.method ?? method.rawValue) == method.rawValue && path.hasPrefix(pathPrefix)
            && (self.userID == nil || self.userID == userID)
    }

    /// The answer of a fault that replaces the route's own; nil for the others.
    var reply: Reply? {
        switch kind {
        case .delay, .hold, .drop, .dropAfter, .rewrite: nil
        case .status: Refusal.upstream(status, error, "simulated fault").reply
        case .plain429:
            Reply(status: 429, headers: [.contentType: "text/plain", .retryAfter: "1"], body: "local_rate_limited")
        case .html502:
            Reply(
                status: 502, headers: [.contentType: "text/html"],
                body: "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>")
        case .redirect: .redirect(to: "https://www.mercadopago.com/")
        case .badJSON: Reply(status: 200, headers: [.contentType: "application/json"], body: "{\"access_token\":\"AP")
        }
    }
}

extension World {
    /// Uses up one turn of the oldest fault that hits a request.
    mutating func takeFault(_ method: HTTPRequest.Method, _ path: String, of userID: Int64?) -> Fault? {
        guard let index = faults.firstIndex(where: { $0.matches(method, path, of: userID) }) else { return nil }
        let fault = faults[index]
        faults[index].timesLeft -= 1
        if faults[index].timesLeft == 0 { faults.remove(at: index) }
        return fault
    }
}

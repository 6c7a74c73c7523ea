import HTTPTypes

/// A failure that waits for the next matching API requests.
struct Fault: Sendable {
    /// What goes wrong.
    enum Kind: String, Sendable {
        /// Answers `status` with an error body.
        case status
        /// Handles the request after `delay_ms`.
        case delay
        /// Closes the connection before anything is done.
        case drop
        /// Does everything, then closes the connection without an answer.
        case dropAfter = "drop_after"
        /// 429 with the front proxy's plain text.
        case plain429
        /// 502 with a page.
        case html502
        /// 302 to another address.
        case redirect
        /// 200 with half a JSON document.
        case badJSON = "bad_json"
    }

    let kind: Kind
    let method: String?
    let pathPrefix: String
    let status: Int
    let delayMS: Int64
    var timesLeft: Int

    /// Reads a `POST /_sim/faults`.
    ///
    /// - Throws: 400 for an unknown fault.
    init(_ body: JSON) throws {
        guard let kind = body["fault"]?.string.flatMap(Kind.init(rawValue:)) else {
            throw Refusal.admin(
                "fault must be status, delay, drop, drop_after, plain429, html502, redirect or bad_json")
        }
        self.kind = kind
        method = body["match"]?["method"]?.string?.uppercased()
        pathPrefix = body["match"]?["path_prefix"]?.string ?? "/"
        status = Int(body["status"]?.int ?? 503)
        delayMS = body["delay_ms"]?.int ?? 1000
        timesLeft = Int(body["times"]?.int ?? 1)
        guard (200...599).contains(status), timesLeft > 0, delayMS >= 0 else {
            throw Refusal.admin("status, times or delay_ms is out of range")
        }
    }

    /// Whether a request is hit.
    func matches(_ method: HTTPRequest.Method, _ path: String) -> Bool {
        (self.method ?? method.rawValue) == method.rawValue && path.hasPrefix(pathPrefix)
    }

    /// The answer of a fault that replaces the route's own; nil for the others.
    var reply: Reply? {
        switch kind {
        case .delay, .drop, .dropAfter: nil
        case .status:
            .json(
                [
                    "message": "simulated fault", "error": "internal_server_error", "status": .int(Int64(status)),
                    "cause": [],
                ], status: status)
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
    mutating func takeFault(_ method: HTTPRequest.Method, _ path: String) -> Fault? {
        guard let index = faults.firstIndex(where: { $0.matches(method, path) }) else { return nil }
        let fault = faults[index]
        faults[index].timesLeft -= 1
        if faults[index].timesLeft == 0 { faults.remove(at: index) }
        return fault
    }
}

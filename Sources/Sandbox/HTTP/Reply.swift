import HTTPTypes
import Hummingbird
import NIOCore

/// An answer before it is written to the wire.
struct Reply: Sendable {
    var status: Int
    var headers: HTTPFields = [:]
    var body = ""

    /// A JSON document.
    static func json(_ value: JSON, status: Int = 200) -> Reply {
        Reply(status: status, headers: [.contentType: "application/json; charset=utf-8"], body: value.text)
    }

    /// An answer without a body.
    static let noContent = Reply(status: 204)

    /// A page; never kept by caches, because most carry a one-time value.
    static func html(_ page: String, status: Int = 200) -> Reply {
        Reply(
            status: status, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"], body: page)
    }

    /// Sends the browser on.
    static func redirect(to url: String, status: Int = 302) -> Reply {
        Reply(status: status, headers: [.location: url, .cacheControl: "no-store"])
    }

    /// The same with members of its document replaced, or taken out where the new value is null.
    func rewritten(by changes: JSON) -> Reply {
        guard (200...299).contains(status), var members = JSON(parsing: Array(body.utf8))?.members else { return self }
        for (name, value) in changes.members ?? [:] { members[name] = value == .null ? nil : value }
        return Reply(status: status, headers: headers, body: JSON.object(members).text)
    }

    /// The answer in the server's own type.
    var response: Response {
        Response(
            status: HTTPResponse.Status(code: status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}

/// A request that is refused, with the answer it gets.
struct Refusal: Error {
    let reply: Reply

    /// Refuses with any JSON body.
    init(_ status: Int, _ body: JSON) {
        reply = .json(body, status: status)
    }

    /// Refuses with any answer, such as a page.
    init(reply: Reply) {
        self.reply = reply
    }

    /// The error code of the document, in any envelope.
    var code: String {
        let body = JSON(parsing: Array(reply.body.utf8))
        return body?["error"]?.string ?? body?["code"]?.string ?? ""
    }

    /// The envelope of `/point/integration-api` and of the token endpoint.
    ///
    /// Source: reference §1.7 and §2.0.
    static func upstream(_ status: Int, _ error: String, _ message: String) -> Refusal {
        Refusal(
            status, ["message": .string(message), "error": .string(error), "status": .int(Int64(status)), "cause": []])
    }

    /// The envelope of `/v1/payments`, with its numeric cause.
    ///
    /// Source: reference §3.5.
    static func payments(_ status: Int, _ error: String, code: Int64, _ message: String) -> Refusal {
        Refusal(
            status,
            [
                "message": .string(message), "error": .string(error), "status": .int(Int64(status)),
                "cause": [["code": .int(code), "description": .string(message), "data": .null]],
            ])
    }

    /// The flat two-field envelope.
    ///
    /// Source: reference §3.2.
    static func flat(_ status: Int, _ code: String, _ message: String) -> Refusal {
        Refusal(status, ["code": .string(code), "message": .string(message)])
    }

    /// A mistake in a call of `/_sim`.
    static func admin(_ message: String, status: Int = 400) -> Refusal {
        Refusal(status, ["error": .string(message)])
    }
}

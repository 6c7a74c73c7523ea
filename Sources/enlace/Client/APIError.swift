import AsyncHTTPClient
import Foundation
import NIOCore

/// An answer of the API that is no success.
struct APIError: Error, Hashable, CustomStringConvertible {
    /// The answer's HTTP status.
    let status: Int
    /// The stable code; `unexpected_answer` for what is no answer of the API.
    let code: String
    /// What to do about it.
    let detail: String
    /// The field of the request that it is about, if one.
    let field: String?
    /// Further members, such as a connection's state.
    let extra: [String: String]
    /// By which the operator finds the request in the log.
    let requestID: String?

    /// Reads a problem document (RFC 9457).
    init(status: Int, _ problem: JSONValue?, from url: String) {
        self.status = status
        guard let problem, let code = problem["code"]?.string, let detail = problem["detail"]?.string else {
            self.code = "unexpected_answer"
            self.detail = "The answer, status \(status), is none of Enlace's API. Is \(url) the gateway itself?"
            field = nil
            extra = [:]
            requestID = nil
            return
        }
        self.code = code
        self.detail = detail
        field = problem["field"]?.string
        requestID = problem["request_id"]?.string
        let shown: Set = ["type", "title", "detail", "code", "request_id", "field"]
        extra = (problem.members ?? [:]).filter { !shown.contains($0.key) }.compactMapValues(\.string)
    }

    /// Whether waiting may mend it: the gateway is overloaded or just starting.
    var isPassing: Bool { status == 429 || status >= 500 }

    /// `code: detail (field) [request_id]`, with what else was said beside the field.
    var description: String {
        let about = (field.map { [$0] } ?? []) + extra.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let text =
            "\(code): \(detail)" + (about.isEmpty ? "" : " (\(about.joined(separator: ", ")))")
            + (requestID.map { " [\($0)]" } ?? "")
        return text.visible
    }
}

/// The gateway gave no answer.
struct UnreachableGateway: Error, CustomStringConvertible {
    /// Which address was asked, why there is no answer, and what to do.
    let description: String

    /// Says what a failed request means.
    init(url: String, _ error: any Error, deadline: TimeAmount) {
        switch error as? HTTPClientError {
        case .deadlineExceeded, .readTimeout:
            let seconds = deadline.nanoseconds / 1_000_000_000
            description =
                "The gateway at \(url) gave no answer within \(seconds) seconds. What was asked may have been done: "
                + "look before you repeat it."
        case .remoteConnectionClosed:
            description =
                "The gateway at \(url) closed the connection without an answer. What was asked may have been done: "
                + "look before you repeat it."
        default:
            description =
                "The gateway at \(url) can't be reached: \(Self.reason(error)). Check the address, and that "
                + "`enlace serve` runs there."
        }
    }

    private static func reason(_ error: any Error) -> String {
        if let code = (error as? IOError)?.errnoCode { return String(cString: strerror(code)) }
        // What stands in brackets is for programmers.
        return "\(error)".prefix { $0 != "(" }.trimmingCharacters(in: .whitespaces)
    }
}

/// Why the provider did not do what it was asked.
///
/// Carries codes, never bodies (SEC C6.2).
public enum UpstreamError: Error, Hashable, Sendable {
    /// Failed before the TLS handshake ended: nothing was written.
    case notWritten(reason: Unreachable)
    /// Something was written and no answer in so many words came: 5xx, a redirect, another body, cut, time-out.
    case unanswered(status: Int?)
    /// 429, with the time to wait where it was said.
    case limited(retryAfter: Duration?)
    /// Refused with the provider's own error code, such as `invalid_grant`.
    case refused(code: String, status: Int)
    /// The access token was not accepted: expired, revoked or unknown.
    case unauthorized

    /// How a connection failed.
    public enum Unreachable: String, Hashable, Sendable {
        case dns, connect, tls, timeout
    }

    /// A stable code for logs, the audit and the API.
    public var code: String {
        switch self {
        case .notWritten: "upstream_unreachable"
        case .unanswered: "upstream_unanswered"
        case .limited: "upstream_limited"
        case .refused(let code, _): code
        case .unauthorized: "upstream_unauthorized"
        }
    }
}

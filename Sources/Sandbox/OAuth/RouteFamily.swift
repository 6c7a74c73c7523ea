/// A group of API routes that share the bodies of their errors.
enum RouteFamily: Sendable {
    /// `/point/integration-api`. Source: reference §2.0.
    case integrations
    /// `/v1/payments`. Source: reference §3.5.
    case payments
    /// `/users`, `/stores`, `/pos`: the flat two-field body. Source: reference §3.2.
    case general

    /// 401 without a bearer token.
    var missingToken: Refusal {
        switch self {
        case .integrations: .upstream(401, "not_found", "invalid_token")
        case .payments: .payments(401, "unauthorized", code: 5, "Must provide your access_token to proceed")
        case .general: .flat(401, "unauthorized", "authorization value not present")
        }
    }

    /// 401 for an unknown, expired or revoked token.
    var invalidToken: Refusal {
        switch self {
        case .integrations: .upstream(401, "not_found", "invalid_token")
        case .payments, .general: .flat(401, "unauthorized", "invalid access token")
        }
    }
}

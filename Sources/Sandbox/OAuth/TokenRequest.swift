import HTTPTypes

/// The checked parameters of `POST /oauth/token`, before any secret is compared.
///
/// Source: reference §1.5.
struct TokenRequest: Sendable {
    /// What the caller offers for a token.
    enum Grant: Sendable {
        case code(String, redirectURI: String, verifier: String?)
        case refresh(String)
        case clientCredentials
    }

    let clientID: String
    let clientSecret: String
    let grant: Grant
    let wantsTestToken: Bool

    private static let known: Set<String> = [
        "grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier", "refresh_token",
        "test_token",
    ]

    /// Reads a JSON or form body; query parameters don't count.
    ///
    /// - Throws: 400 `invalid_request` or `unsupported_grant_type`.
    init(_ call: Call, refusingUnknown: Bool) throws {
        let fields = try Self.fields(of: call)
        if refusingUnknown, let name = fields.keys.filter({ !Self.known.contains($0) }).min() {
            throw Refusal.upstream(400, "invalid_request", "the parameter \(name) is not allowed")
        }
        func required(_ name: String) throws -> String {
            guard let value = fields[name], !value.isEmpty else {
                throw Refusal.upstream(400, "invalid_request", "\(name) is a required parameter")
            }
            return value
        }
        let kind = try required("grant_type")
        clientID = try required("client_id")
        clientSecret = try required("client_secret")
        wantsTestToken = fields["test_token"] == "true"
        switch kind {
        case "authorization_code":
            grant = .code(
                try required("code"), redirectURI: try required("redirect_uri"), verifier: fields["code_verifier"])
        case "refresh_token": grant = .refresh(try required("refresh_token"))
        case "client_credentials": grant = .clientCredentials
        default: throw Refusal.upstream(400, "unsupported_grant_type", "the grant_type is not supported")
        }
    }

    private static func fields(of call: Call) throws -> [String: String] {
        let type = call.headers[.contentType]?.lowercased() ?? "application/json"
        if type.hasPrefix("application/x-www-form-urlencoded") {
            guard let form = call.form, !form.hasRepetition else {
                throw Refusal.upstream(400, "invalid_request", "malformed or repeated parameter")
            }
            return Dictionary(form.pairs.map { ($0.name, $0.value) }) { first, _ in first }
        }
        guard type.hasPrefix("application/json"), let members = call.json?.members else {
            throw Refusal.upstream(400, "invalid_request", "the body must be JSON or a form")
        }
        // `test_token` is a string by contract: a Boolean is malformed, as is any nested value.
        return try members.filter { $0.value != .null }.mapValues { value in
            guard let text = value.loose else {
                throw Refusal.upstream(400, "invalid_request", "malformed parameter")
            }
            return text
        }
    }
}

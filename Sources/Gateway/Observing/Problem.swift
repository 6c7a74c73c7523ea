/// Why a request was not done, as its caller is told: a stable code and what to do.
///
/// The codes are the contract; what they mean in HTTP is decided in one file of `GatewayHTTP`.
public struct Problem: Error, Hashable, Sendable {
    /// The stable codes.
    public enum Code: String, Sendable, CaseIterable {
        case invalidRequest = "invalid_request"
        case badJSON = "bad_json"
        case badPath = "bad_path"
        case unauthorized
        case missingScope = "missing_scope"
        case routeNotAllowed = "route_not_allowed"
        case sellerDisabled = "seller_disabled"
        case sellerQuarantined = "seller_quarantined"
        case modeMismatch = "mode_mismatch"
        case sellerNotFound = "seller_not_found"
        case applicationNotFound = "application_not_found"
        case linkNotFound = "link_not_found"
        case connectionNotFound = "connection_not_found"
        case terminalNotFound = "terminal_not_found"
        case endpointNotFound = "endpoint_not_found"
        case eventNotFound = "event_not_found"
        case deliveryNotFound = "delivery_not_found"
        case jobNotFound = "job_not_found"
        case keyNotFound = "key_not_found"
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case sellerNotLinked = "seller_not_linked"
        case connectionNotConfirmed = "connection_not_confirmed"
        case connectionAmbiguous = "connection_ambiguous"
        case refreshUncertain = "refresh_uncertain"
        case needsRelink = "needs_relink"
        case accountTaken = "account_taken"
        case accountMismatch = "account_mismatch"
        case unsupportedSite = "unsupported_site"
        case tokenRefused = "token_refused"
        case externalRefTaken = "external_ref_taken"
        case clientIDTaken = "client_id_taken"
        case applicationInUse = "application_in_use"
        case idempotencyKeyReused = "idempotency_key_reused"
        case stateConflict = "state_conflict"
        case payloadForgotten = "payload_forgotten"
        case keyringRefused = "keyring_refused"
        case backupFailed = "backup_failed"
        case bodyTooLarge = "body_too_large"
        case endpointLimit = "endpoint_limit"
        case endpointURLNotAllowed = "endpoint_url_not_allowed"
        case upstreamUnreachable = "upstream_unreachable"
        case upstreamTimeout = "upstream_timeout"
        case upstreamRedirect = "upstream_redirect"
        case upstreamRefused = "upstream_refused"
        case upstreamLimited = "upstream_limited"
        case rateLimited = "rate_limited"
        case storageUnavailable = "storage_unavailable"
        case internalError = "internal_error"
        case overloaded
    }

    /// The stable code.
    public let code: Code
    /// What to do about it, in English; names and ids only, never a secret.
    public let detail: String
    /// The field of the request that it is about, if one.
    public let field: String?
    /// Further members, such as a connection's state.
    public let extra: [String: String]
    /// When to come back, if that helps.
    public let retryAfter: Duration?

    /// Takes the fields.
    public init(
        _ code: Code, _ detail: String, field: String? = nil, extra: [String: String] = [:],
        retryAfter: Duration? = nil
    ) {
        self.code = code
        self.detail = detail
        self.field = field
        self.extra = extra
        self.retryAfter = retryAfter
    }
}

extension Problem {
    /// What the store's refusal was that this one says; `nil` for another origin.
    var rule: StoreError.Rule? { extra["rule"].flatMap { StoreError.Rule(rawValue: $0) } }

    /// A connection whose account nobody has confirmed yet.
    static func notConfirmed(_ connection: ConnectionID) -> Problem {
        Problem(
            .connectionNotConfirmed,
            "The account was linked and waits to be confirmed. Look whose it is, then confirm or revoke it.",
            extra: ["connection": connection.description])
    }

    /// A field of the request that can't be accepted.
    public static func invalid(_ field: String, _ detail: String) -> Problem {
        Problem(.invalidRequest, detail, field: field)
    }

    /// The one answer for a seller that does not exist and for one that is out of reach (invariant 6).
    public static let sellerNotFound = Problem(
        .sellerNotFound, "There is no such seller within this key's reach. Check the id, or create the seller first.")

    /// What a store's refusal means where nothing more particular is known.
    public init(_ error: StoreError) {
        self =
            switch error {
            case .notFound: Problem(.notFound, "It no longer exists.")
            case .conflict(.idempotencyKey):
                Problem(.idempotencyKeyReused, "A request with this Idempotency-Key is being or was answered.")
            case .conflict(.stale):
                Problem(.stateConflict, "It was changed by somebody else meanwhile. Read it again and repeat.")
            case .conflict(.payloadForgotten):
                Problem(.payloadForgotten, "What was delivered is no longer kept, so that it can't be sent again.")
            case .conflict(let rule):
                Problem(.stateConflict, "Its state does not allow this.", extra: ["rule": rule.rawValue])
            case .unavailable:
                Problem(
                    .storageUnavailable, "The database can't be written to just now. Nothing was changed; try again.",
                    retryAfter: .seconds(5))
            case .corrupted: Problem(.internalError, "What is stored can't be read. The operator has to look.")
            }
    }

    /// What a vault's refusal means to a caller.
    public init(_ error: VaultError) {
        self =
            switch error {
            case .unavailable: Problem(StoreError.unavailable)
            case .missingKeyringKey, .missingDataKey, .doesNotOpen:
                Problem(.internalError, "A stored value can't be opened. The operator has to look at the keyring.")
            }
    }

    /// What the provider's refusal means to a caller.
    public init(_ error: UpstreamError) {
        self =
            switch error {
            case .notWritten(let reason):
                Problem(
                    .upstreamUnreachable, "The provider can't be reached just now. Nothing was sent; try again.",
                    extra: ["reason": reason.rawValue], retryAfter: .seconds(5))
            case .unanswered:
                Problem(.upstreamTimeout, "The provider gave no usable answer. Check before you repeat.")
            case .limited(let wait):
                Problem(.upstreamLimited, "The provider asks for a pause.", retryAfter: wait ?? .seconds(60))
            case .refused(let code, let status):
                Problem(
                    .upstreamRefused, "The provider refused.",
                    extra: ["upstream_code": code, "upstream_status": String(status)])
            case .unauthorized:
                Problem(.upstreamRefused, "The provider does not accept the token.", extra: ["upstream_status": "401"])
            }
    }
}

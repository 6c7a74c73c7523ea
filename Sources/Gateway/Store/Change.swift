/// What goes into the transaction beside a write: who did it, and the answer to a repetition of the request.
public struct Change: Sendable {
    /// The line of the audit.
    public let audit: AuditEntry
    /// What a repeated request will be answered with; `nil` where the caller sent no key.
    public let idempotency: IdempotencyRecord?

    /// Takes both.
    public init(audit: AuditEntry, idempotency: IdempotencyRecord? = nil) {
        self.audit = audit
        self.idempotency = idempotency
    }
}

/// What is remembered of a request that carried an `Idempotency-Key`, for 24 hours.
public struct IdempotencyRecord: Hashable, Sendable {
    /// Whose request; two callers' equal keys are different.
    public let apiKey: APIKeyID
    /// The caller's key, 1 to 255 printable ASCII characters.
    public let key: String
    /// Keyed hash over method, path and body.
    public let requestHash: [UInt8]
    /// The status that was answered.
    public let status: Int
    /// The id of what was made.
    public let resource: String
    /// When the request came.
    public let at: Timestamp

    /// Takes the fields as they were read or made.
    public init(
        apiKey: APIKeyID, key: String, requestHash: [UInt8], status: Int, resource: String, at: Timestamp
    ) {
        self.apiKey = apiKey
        self.key = key
        self.requestHash = requestHash
        self.status = status
        self.resource = resource
        self.at = at
    }
}

/// One page of a list, newest first.
public struct Page: Hashable, Sendable {
    /// How many at most, 1 to 200.
    public let limit: Int
    /// Only what was made before the row with this ULID.
    public let after: ULID?

    /// Takes both; a limit outside 1 to 200 is brought to the nearer end.
    public init(limit: Int = 50, after: ULID? = nil) {
        self.limit = min(max(limit, 1), 200)
        self.after = after
    }
}

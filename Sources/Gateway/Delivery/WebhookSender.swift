/// Posts to receivers, one deadline for everything, and only to addresses that may be called.
public protocol WebhookSender: Sendable {
    /// Sends once and reports what happened; it has no retry inside (DLV 5).
    func send(_ request: WebhookRequest) async -> WebhookAnswer
    /// Whether a URL may be an endpoint: scheme, port, form and, now, its addresses (DLV 11).
    ///
    /// - Throws: ``EndpointURLError`` with the reason.
    func check(url: String) async throws(EndpointURLError)
}

/// Why a URL may not be an endpoint; never names an address.
public enum EndpointURLError: String, Error, Hashable, Sendable {
    case malformed, scheme, port, userinfo
    case addressForm = "address_form"
    case blockedAddress = "blocked_address"
    case dns
}

/// One POST to a receiver.
public struct WebhookRequest: Sendable {
    /// Where to.
    public let url: String
    /// All headers beyond the ones that the transport sets, in the order of sending.
    public let headers: [(name: String, value: String)]
    /// The body's bytes, as they were signed.
    public let body: [UInt8]
    /// The one deadline: DNS, connect, TLS, send, headers and body.
    public let deadline: Duration

    /// Takes the fields as they were made.
    public init(url: String, headers: [(name: String, value: String)], body: [UInt8], deadline: Duration) {
        self.url = url
        self.headers = headers
        self.body = body
        self.deadline = deadline
    }
}

/// What a receiver did.
public struct WebhookAnswer: Sendable {
    /// As much of a body is kept, in bytes.
    static let mostKept = 4 << 10

    /// The status; `nil` where none came.
    public let status: Int?
    /// Why no status came; `nil` where one did.
    public let failure: AttemptFailure?
    /// At most 4 KiB of the body; unprintable bytes replaced.
    public let excerpt: String
    /// What `Retry-After` asked for, seconds or date alike.
    public let retryAfter: Duration?
    /// The address that was dialled.
    public let address: String?

    /// Takes the fields as they were seen; an excerpt that is too long is cut.
    public init(
        status: Int?, failure: AttemptFailure?, excerpt: String = "", retryAfter: Duration? = nil,
        address: String? = nil
    ) {
        self.status = status
        self.failure = failure
        self.excerpt = excerpt.prefix(bytes: Self.mostKept)
        self.retryAfter = retryAfter
        self.address = address
    }
}

extension String {
    /// As much of the beginning as fits into that many bytes of UTF-8, no character cut in two.
    func prefix(bytes limit: Int) -> String {
        var kept = String.UnicodeScalarView()
        var count = 0
        for scalar in unicodeScalars {
            count += UTF8.width(scalar)
            guard count <= limit else { break }
            kept.append(scalar)
        }
        return String(kept)
    }
}

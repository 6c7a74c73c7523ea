/// A proxied call that was sent, as the call log keeps it: no bodies, no targets, nothing of a person.
public struct CallRecord: Hashable, Sendable, Identified {
    /// The prefix of the request's id: `req_`.
    public static let idPrefix = "req_"

    /// The request's id, as its caller got it in `Enlace-Request-Id`.
    public let id: CallID
    /// When its head was read.
    public let startedAt: Timestamp
    /// Whose call.
    public let seller: SellerID
    /// By which key.
    public let key: APIKeyID
    /// Upper-case method.
    public let method: String
    /// The route's pattern: `/v1/payments/{number}`.
    public let route: String
    /// What the caller was answered; 499 where it left before.
    public let status: Int
    /// From its head to the end of its answer, in microseconds.
    public let microseconds: Int
    /// Bytes of its body.
    public let requestBytes: Int
    /// Bytes of the provider's answer's body that were passed on.
    public let responseBytes: Int

    /// Takes all of it.
    public init(
        id: CallID, startedAt: Timestamp, seller: SellerID, key: APIKeyID, method: String, route: String, status: Int,
        microseconds: Int, requestBytes: Int, responseBytes: Int
    ) {
        self.id = id
        self.startedAt = startedAt
        self.seller = seller
        self.key = key
        self.method = method
        self.route = route
        self.status = status
        self.microseconds = microseconds
        self.requestBytes = requestBytes
        self.responseBytes = responseBytes
    }
}

/// The id of a request: `req_…`.
public typealias CallID = Identifier<CallRecord>

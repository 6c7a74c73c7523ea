/// Understands what the provider sends to webhooks.
///
/// Pure and synchronous.
public protocol NotificationReader: Sendable {
    /// The headers that are kept with a notification, in lower case.
    var keptHeaders: Set<String> { get }
    /// Verifies and understands a notification that came to an application's webhook.
    func read(application request: ReceivedRequest, secrets: [Secret<String>]) -> NotificationReading
    /// Understands a notification that came to one connection's webhook; a signature is checked where there is one.
    func read(connection request: ReceivedRequest, secrets: [Secret<String>]) -> NotificationReading
    /// What is to be looked up before receivers are told of a notification of this topic.
    func need(of topic: String) -> ProofNeed
    /// The answer to a challenge: HMAC-SHA-256 of the code under the integrator token, 64 lower-case hex digits.
    func answer(challenge code: String, token: Secret<String>) -> String
}

/// What came of reading a notification.
public enum NotificationReading: Sendable {
    /// Understood; `proof` says what vouches for it.
    case understood(IncomingNotification, proof: Proof)
    /// A form that can't be attributed and is dropped after a 200: the legacy IPN.
    case ignored(reason: String)
    /// Signature missing or wrong: 401, and a counter.
    case unverified(reason: String)
    /// Not to be understood: 400.
    case malformed(reason: String)
}

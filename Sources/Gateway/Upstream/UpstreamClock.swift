/// What the gateway asks of the provider without a token: whether it answers, and what time it has.
public protocol UpstreamClock: Sendable {
    /// The provider's time as its answer's head says it, to the second; `nil` where that says none.
    ///
    /// - Throws: ``UpstreamError/notWritten(reason:)`` when it can't be reached, else
    ///   ``UpstreamError/unanswered(status:)``. Any answer will do, a refusal too.
    func time() async throws(UpstreamError) -> Timestamp?
}

/// How a forwarded call ended, as the lane that sent it saw it.
public enum ProxyOutcome: Sendable {
    /// The provider answered.
    case answered(status: Int, retryAfter: Duration?)
    /// No connection could be made; nothing was sent.
    case unreachable
    /// It was sent, and no answer came in time.
    case timedOut
    /// It was sent, and the connection broke or the answer could not be understood.
    case broken
    /// The caller left, or the gateway went no further.
    case abandoned
}

extension ProxyPolicy {
    /// To be told once for each call that was forwarded.
    public func ended(_ forward: ProxyForward, _ outcome: ProxyOutcome) {}
}

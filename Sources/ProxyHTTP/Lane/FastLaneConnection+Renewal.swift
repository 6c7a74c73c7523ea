import Gateway
import NIOCore

/// A 401 of the provider: held back until it is known whether the token was refused and can be renewed (SEC C4.10).
extension FastLaneConnection {
    /// Keeps a part of an answer that may refuse the token; one that is too long for that passes as it comes.
    func keepRefusal(_ part: borrowing Span<UInt8>) {
        guard let kept = exchange.refusal?.readableBytes else { return }
        if kept + part.count > ProxyRenewal.longestRefusal {
            exchange.refusal = nil
        } else {
            part.withUnsafeBytes { _ = exchange.refusal?.writeBytes($0) }
        }
    }

    /// Finds out whether the present request is to be sent once more; nothing of its answer has gone to the caller.
    func lookInto(_ refusal: ByteBuffer) {
        guard let forward = exchange.forward, let request = exchange.request else { return }
        end(outcome)
        exchange.isRenewed = true
        exchange.ticket += 1
        phase = .renewing
        let (ticket, mayRepeat, status) = (exchange.ticket, mayRepeat(forward), exchange.answerHead.status)
        let configuration = loop.configuration
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.eventLoop.makeFutureWithTask { () -> Result<ProxyForward, Problem>? in
            let isNew = await configuration.renewal.isWorthRetrying(
                forward, status: status, body: Array(refusal.readableBytesView))
            guard isNew, mayRepeat, configuration.policy.takeRepeat() else { return nil }
            do throws(Problem) {
                return .success(
                    try await configuration.policy.decided(request.again(after: forward), configuration.resolver))
            } catch { return .failure(error) }
        }.whenSuccess { bound.value.lookedInto($0, for: ticket) }
    }

    private func lookedInto(_ again: Result<ProxyForward, Problem>?, for ticket: Int) {
        guard case .renewing = phase, exchange.ticket == ticket else {
            // The caller has left meanwhile; what was decided for it goes nowhere.
            if case .success(let forward) = again { loop.configuration.policy.ended(forward, .abandoned) }
            return
        }
        switch again {
        case nil: answerEnded()
        case .failure(let problem): refuse(problem, .abandoned)
        case .success(let forward): resend(forward)
        }
    }
}

import Gateway
import NIOCore

extension FastLaneConnection {
    /// A body up to this size is sent with its head in one piece, and kept until the answer begins.
    private static let longestWhole = 64 << 10

    /// Takes on the request whose head was just read.
    func begin(_ request: ProxyRequest, _ forward: ProxyForward, at address: ProxyAddress) {
        exchange.request = request
        exchange.forward = forward
        exchange.isOver = false
        exchange.isRenewed = false
        exchange.address = address
        let (call, moment) = loop.makeRequestID()
        exchange.call = call
        exchange.requestID = call.description
        exchange.startedAt = moment
        exchange.began = .now()
        exchange.bodyLength = bodyLeft
        exchange.isHead = head.isHead
        exchange.isRepeated = false
        awaitAnswer()
        held?.moveReaderIndex(forwardBy: head.length)
        exchange.outgoing.clear()
        loop.writer.write(forward, bodyLength: bodyLeft, into: &exchange.outgoing)
        exchange.isWhole = bodyLeft <= held?.readableBytes ?? 0 && bodyLeft <= Self.longestWhole
        if exchange.isWhole, bodyLeft > 0, var body = held?.readSlice(length: bodyLeft) {
            exchange.outgoing.writeBuffer(&body)
            bodyLeft = 0
        }
        connect(fresh: false)
    }

    private func awaitAnswer() {
        exchange.answer = .head
        exchange.answerHeadEnd = HeadEnd()
        exchange.answered = 0
        exchange.interim = 0
        exchange.refusal = nil
    }

    /// Sends the present request once more, with what was decided now that there is another token.
    func resend(_ forward: ProxyForward) {
        exchange.forward = forward
        exchange.isOver = false
        exchange.isRepeated = true
        let body = exchange.outgoing.readableBytesView.suffix(exchange.bodyLength)
        exchange.outgoing = ByteBuffer()
        loop.writer.write(forward, bodyLength: exchange.bodyLength, into: &exchange.outgoing)
        exchange.outgoing.writeBytes(body)
        exchange.reply.clear()
        awaitAnswer()
        connect(fresh: false)
    }

    private func connect(fresh: Bool) {
        phase = .connecting
        exchange.ticket += 1
        deadline = .now() + Self.longestConnecting
        guard loop.pool.borrow(self, ticket: exchange.ticket, fresh: fresh) else {
            return refuse(
                Problem(.overloaded, "Too many calls wait for the provider.", retryAfter: .seconds(1)), .unreachable)
        }
    }

    /// Whether the request of that ticket still waits for a connection.
    func isWaiting(for ticket: Int) -> Bool {
        if case .connecting = phase { exchange.ticket == ticket } else { false }
    }

    /// A connection to the provider is this request's.
    func lent(_ connection: UpstreamConnection) {
        exchange.upstream = connection
        phase = .exchanging
        deadline = loop.now + LaneLoop.tick + loop.configuration.answerTimeout
        connection.write(exchange.outgoing)
        if bodyLeft > 0 { process() }
    }

    /// Hands on what is there of the body; whether the next request may be looked at.
    func sendBody() -> Bool {
        guard bodyLeft > 0, let upstream = exchange.upstream, upstream.isWritable else { return false }
        let count = min(bodyLeft, held?.readableBytes ?? 0)
        guard count > 0, let part = held?.readSlice(length: count) else { return false }
        bodyLeft -= part.readableBytes
        deadline = loop.now + LaneLoop.tick + loop.configuration.answerTimeout
        upstream.write(part)
        return bodyLeft > 0
    }

    /// The provider takes more, or takes no more for now.
    func upstreamWritabilityChanged() {
        process()
    }

    /// No connection came to be; nothing of the request was sent.
    func couldNotConnect() {
        refuse(
            Problem(
                .upstreamUnreachable, "The provider can't be reached just now. Nothing was sent; try again.",
                retryAfter: .seconds(5)), .unreachable)
    }

    /// The provider closed, or the connection broke.
    func upstreamEnded(_ connection: UpstreamConnection, cleanly: Bool) {
        guard connection === exchange.upstream, let forward = exchange.forward else { return }
        let nothingCame = connection.input?.readableBytes ?? 0 == 0
        exchange.upstream = nil
        switch exchange.answer {
        case .head where nothingCame && mayRepeat(forward) && loop.configuration.policy.takeRepeat():
            // RFC 9112 §9.3.1: as a rule it was closed just as it was used again. Once more at most, on a new connection.
            exchange.isRepeated = true
            connect(fresh: true)
        case .head:
            refuse(
                Problem(.upstreamUnreachable, "The provider's connection broke. Check before you repeat a write."),
                .broken, closing: true)
        case .close where cleanly:
            if exchange.refusal == nil { exchange.reply.clear() }
            exchange.reply.writeStaticString("0\r\n\r\n")
            finish(upstream: connection)
        case .length, .chunked, .close: cut(.broken)
        }
    }

    /// RFC 9110 §9.2.2: only what does no harm when it is done twice, and once more at most (SEC C4.10).
    func mayRepeat(_ forward: ProxyForward) -> Bool {
        exchange.isWhole && !exchange.isRepeated && forward.isReplaySafe
    }

    /// The phase's time is up.
    func exchangeTimedOut() {
        if case .connecting = phase { return couldNotConnect() }
        let upstream = exchange.upstream
        exchange.upstream = nil
        upstream?.close()
        guard case .head = exchange.answer else { return cut(.timedOut) }
        guard bodyLeft == 0 else { return cut(.abandoned) }
        refuse(
            Problem(.upstreamTimeout, "The provider did not answer in time. Check before you repeat a write."),
            .timedOut)
    }

    /// The caller has left.
    func abandon() {
        let upstream = exchange.upstream
        exchange.upstream = nil
        exchange.ticket += 1
        upstream?.close()
        settle(.abandoned, status: 499)
    }
}

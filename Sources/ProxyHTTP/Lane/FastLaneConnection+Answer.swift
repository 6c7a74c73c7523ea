import Gateway
import NIOCore

extension FastLaneConnection {
    /// Longest answer in bytes; what is longer is cut with its connection (DESIGN §4).
    private static let longestAnswer = 32 << 20
    /// An answer up to this size goes on in one piece with its head.
    private static let longestCopied = 64 << 10
    /// Most interim answers before one.
    private static let mostInterim = 8

    /// Bytes of the answer have come; takes in all that is there.
    func answerArrived(_ connection: UpstreamConnection) {
        guard connection === exchange.upstream else { return connection.close() }
        deadline = loop.now + LaneLoop.tick + loop.configuration.answerTimeout
        if exchange.refusal == nil { exchange.reply.clear() }
        if case .head = exchange.answer {
            guard takeAnswerHead(connection) else { return }
        }
        if takeAnswerBody(connection) {
            finish(upstream: connection)
        } else if exchange.upstream === connection {
            flushReply()
        }
    }

    /// Reads heads until the one that counts; whether its body is to be read now.
    private func takeAnswerHead(_ connection: UpstreamConnection) -> Bool {
        while let input = connection.input {
            let span = input.readableBytesUInt8Span
            switch exchange.answerHeadEnd.search(span) {
            case .incomplete:
                if span.count > AnswerHead.longest { misunderstood() }
                return false
            case .bareLineFeed:
                misunderstood()
                return false
            case .at(let end):
                guard exchange.answerHead.scan(span, end: end, isHeadRequest: exchange.isHead) else {
                    misunderstood()
                    return false
                }
                if exchange.answerHead.status >= 200 {
                    guard writeAnswerHead(span) else { return false }
                    connection.input?.moveReaderIndex(forwardBy: end)
                    return true
                }
                exchange.interim += 1
                guard exchange.answerHead.status != 101, exchange.interim <= Self.mostInterim else {
                    misunderstood()
                    return false
                }
                connection.input?.moveReaderIndex(forwardBy: end)
            }
        }
        return false
    }

    /// Writes the head that the caller gets; `false` where it gets another answer instead.
    private func writeAnswerHead(_ span: borrowing Span<UInt8>) -> Bool {
        let answer = exchange.answerHead
        guard !(300...399).contains(answer.status) else {
            refuse(
                Problem(.upstreamRedirect, "The provider answered with a redirect, which is never followed."),
                outcome)
            return false
        }
        let framing: HeadWriter.CallerFraming
        switch answer.framing {
        case .none:
            exchange.answer = .length(left: 0)
            framing = exchange.isHead ? .length(answer.contentLength ?? 0) : .none
        case .length(let length):
            guard length <= Self.longestAnswer else {
                misunderstood()
                return false
            }
            exchange.answer = .length(left: length)
            framing = .length(length)
        case .chunked:
            exchange.answer = .chunked
            exchange.chunks = ChunkReader()
            framing = .chunked
        case .close:
            exchange.answer = .close
            framing = .chunked
        }
        loop.writer.write(
            answer, from: span, framing, requestID: exchange.requestID,
            madeIdempotencyKey: exchange.forward?.madeIdempotencyKey, closes: closesAfterAnswer,
            into: &exchange.reply)
        // An answer before its request's end is about the request, and sending that again would take another one.
        if answer.status == 401, bodyLeft == 0, !exchange.isRenewed { exchange.refusal = ByteBuffer() }
        return true
    }

    /// What the present answer means to the breaker and to those who wait.
    var outcome: ProxyOutcome {
        .answered(
            status: exchange.answerHead.status,
            retryAfter: exchange.answerHead.retryAfter.map { .seconds($0) })
    }

    /// Hands on what is there of the body; whether it has ended.
    private func takeAnswerBody(_ connection: UpstreamConnection) -> Bool {
        let available = connection.input?.readableBytes ?? 0
        switch exchange.answer {
        case .head: return false
        case .length(let left):
            let part = min(left, available)
            if part > 0, var bytes = connection.input?.readSlice(length: part) {
                keepRefusal(bytes.readableBytesUInt8Span)
                if part <= Self.longestCopied {
                    exchange.reply.writeBuffer(&bytes)
                } else {
                    flushReply()
                    write(bytes)
                }
            }
            exchange.answer = .length(left: left - part)
            exchange.answered += part
            if connection.input?.readableBytes == 0 { connection.input = nil }
            return left == part
        case .close:
            guard available > 0, let bytes = connection.input?.readSlice(length: available) else { return false }
            connection.input = nil
            keepRefusal(bytes.readableBytesUInt8Span)
            exchange.reply.writeChunk(bytes.readableBytesUInt8Span)
            exchange.answered += available
            if exchange.answered > Self.longestAnswer { cutBoth(.broken) }
            return false
        case .chunked: return takeChunks(connection)
        }
    }

    private func takeChunks(_ connection: UpstreamConnection) -> Bool {
        guard let input = connection.input else { return false }
        let span = input.readableBytesUInt8Span
        var index = 0
        while true {
            switch exchange.chunks.next(span, from: index) {
            case .data(let range):
                keepRefusal(span.extracting(range))
                exchange.reply.writeChunk(span.extracting(range))
                exchange.answered += range.count
                index = range.upperBound
                guard exchange.answered <= Self.longestAnswer else {
                    cutBoth(.broken)
                    return false
                }
            case .more(let consumed):
                connection.input?.moveReaderIndex(forwardBy: consumed)
                if connection.input?.readableBytes == 0 { connection.input = nil }
                return false
            case .end(let end):
                exchange.reply.writeStaticString("0\r\n\r\n")
                connection.input?.moveReaderIndex(forwardBy: end)
                if connection.input?.readableBytes == 0 { connection.input = nil }
                return true
            case .broken:
                cutBoth(.broken)
                return false
            }
        }
    }

    /// The answer has ended: its connection goes back if nothing about it is in doubt (DESIGN §7, Pool).
    func finish(upstream: UpstreamConnection) {
        let isWhole = bodyLeft == 0 && (exchange.bodyLength == 0 || upstream.hasSentAll)
        exchange.upstream = nil
        if exchange.answerHead.keepsAlive, isWhole, upstream.input == nil, upstream.isAlive {
            loop.pool.giveBack(upstream, at: loop.now)
        } else {
            upstream.close()
        }
        if let refusal = exchange.refusal { return lookInto(refusal) }
        answerEnded()
    }

    /// All of the answer is said, or ready to be.
    func answerEnded() {
        exchange.refusal = nil
        settle(outcome, status: exchange.answerHead.status)
        requestEnded()
    }

    /// An answer that is not certain: 502 where nothing was said yet; both connections close.
    private func misunderstood() {
        refuse(
            Problem(.upstreamUnreachable, "The provider's answer can't be read. Check before you repeat a write."),
            .broken, closing: true)
    }

    /// Answers in the provider's place.
    func refuse(_ problem: Problem, _ outcome: ProxyOutcome, closing: Bool = false) {
        let upstream = exchange.upstream
        exchange.upstream = nil
        upstream?.close()
        if closing { closesAfterAnswer = true }
        exchange.refusal = nil
        let rendered = loop.configuration.render(problem, exchange.requestID)
        exchange.reply.clear()
        HeadWriter.write(
            rendered, requestID: exchange.requestID, isHead: exchange.isHead, closes: closesAfterAnswer,
            into: &exchange.reply)
        settle(outcome, status: rendered.status)
        requestEnded()
    }

    /// Writes what is owed and turns to what comes next.
    private func requestEnded() {
        if bodyLeft > Self.mostDiscarded { closesAfterAnswer = true }
        exchange.ticket += 1
        if closesAfterAnswer { return closeAfterReply() }
        flushReply()
        if bodyLeft > 0 {
            phase = .discarding
            deadline = loop.now + Self.longestDiscarding
        } else {
            phase = .waiting
        }
        process()
    }

    /// An answer that can't be finished ends with its connection, so that nobody takes it for whole.
    func cut(_ outcome: ProxyOutcome) {
        settle(outcome, status: 502)
        exchange.refusal = nil
        flushReply()
        close()
    }

    private func cutBoth(_ outcome: ProxyOutcome) {
        let upstream = exchange.upstream
        exchange.upstream = nil
        upstream?.close()
        cut(outcome)
    }

    /// Tells the policy and the metrics, once for each request.
    func settle(_ outcome: ProxyOutcome, status: Int) {
        guard let forward = exchange.forward else { return }
        end(outcome)
        exchange.forward = nil
        exchange.request = nil
        loop.note(exchange, forward, status)
    }

    /// Tells the policy, once for each time that something was sent.
    func end(_ outcome: ProxyOutcome) {
        guard let forward = exchange.forward, !exchange.isOver else { return }
        exchange.isOver = true
        loop.configuration.policy.ended(forward, outcome)
    }

    // MARK: Writing

    private func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        exchange.upstream?.pause(!context.channel.isWritable)
    }

    private func flushReply() {
        guard exchange.refusal == nil, exchange.reply.readableBytes > 0 else { return }
        write(exchange.reply)
        exchange.reply.clear()
    }

    /// Closes in two steps, so that what the caller still sends does not destroy the answer on its way (RFC 9112 §9.6).
    func closeAfterReply() {
        held = nil
        phase = .draining
        guard let context else { return }
        deadline = loop.now + LaneLoop.tick + loop.configuration.idleTimeout
        let written = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        written.futureResult.whenComplete { _ in bound.value.closeOutput() }
        context.writeAndFlush(wrapOutboundOut(exchange.reply), promise: written)
        exchange.reply.clear()
    }

    private func closeOutput() {
        guard case .draining = phase, let context else { return }
        deadline = loop.now + LaneLoop.tick + Self.longestDraining
        if hasInputEnded { return close() }
        context.close(mode: .output, promise: nil)
        context.read()
    }
}

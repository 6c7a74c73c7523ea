import Gateway
import NIOCore

/// One caller's connection: looks at each head and serves it here or hands it to the ordinary lane behind (DESIGN §7).
///
/// The next head is looked at only when the last body byte of the request before was handed over and its answer's end
/// was written, so answers keep their order and a body is never taken for a request.
final class FastLaneConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// For a head, or the rest of one.
        case waiting
        /// A canonical request is the ordinary lane's.
        case ordinary
        /// The connection is the ordinary lane's for good.
        case passing
        /// A request waits for a connection to the provider.
        case connecting
        /// A request was sent, at least in part, and its answer has not ended.
        case exchanging
        /// The provider may have refused the token, which is being looked into.
        case renewing
        /// The answer has ended; what is left of the request's body is thrown away.
        case discarding
        /// Everything is said; the caller is to close.
        case draining
        case closed
    }

    /// How much of what the caller sends is held while it can't be handed on.
    static let mostHeld = 64 << 10
    /// The most that is thrown away of a body whose answer has ended (DESIGN §7).
    static let mostDiscarded = 64 << 10
    static let longestDiscarding = TimeAmount.seconds(5)
    static let longestDraining = TimeAmount.seconds(2)
    static let longestConnecting = TimeAmount.seconds(2)

    let loop: LaneLoop
    var context: ChannelHandlerContext?
    var phase = Phase.waiting
    /// When the phase is to be given up, by the loop's coarse clock.
    var deadline = NIODeadline.distantFuture
    /// When something was last heard from the caller.
    private var lastHeard: NIODeadline
    var held: ByteBuffer?
    var headEnd = HeadEnd()
    var head = RequestHead()
    /// Bytes of the present request's body that the caller has not sent, or that were not handed on.
    var bodyLeft = 0
    /// After the present request nothing is read: it was the caller's last, or the gateway shuts down.
    var closesAfterAnswer = false
    var hasInputEnded = false
    var ordinary = OrdinaryLaneState()
    var exchange = Exchange()
    private var wantsRead = false
    private var isProcessing = false

    init(loop: LaneLoop) {
        self.loop = loop
        lastHeard = loop.now
    }

    // MARK: What comes from the caller

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
        lastHeard = loop.now
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.remove(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastHeard = loop.now
        if case .passing = phase { return context.fireChannelRead(data) }
        var bytes = unwrapInboundIn(data)
        if held != nil { held?.writeBuffer(&bytes) } else { held = bytes }
        process()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        switch phase {
        case .ordinary, .passing: context.fireChannelReadComplete()
        default: break
        }
    }

    func read(context: ChannelHandlerContext) {
        if mayRead { context.read() } else { wantsRead = true }
    }

    func channelInactive(context: ChannelHandlerContext) {
        abandon()
        phase = .closed
        loop.remove(self)
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        exchange.upstream?.pause(!context.channel.isWritable)
        if context.channel.isWritable {
            deadline = max(deadline, loop.now + LaneLoop.tick + loop.configuration.answerTimeout)
            process()
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (event, phase) {
        case (is ChannelShouldQuiesceEvent, .connecting), (is ChannelShouldQuiesceEvent, .exchanging),
            (is ChannelShouldQuiesceEvent, .renewing), (is ChannelShouldQuiesceEvent, .discarding):
            // Its answer is owed; nothing behind it is taken on.
            closesAfterAnswer = true
        case (ChannelEvent.inputClosed, .connecting), (ChannelEvent.inputClosed, .exchanging),
            (ChannelEvent.inputClosed, .renewing):
            hasInputEnded = true
            // Half closed: the caller may still wait for its answer, unless it never said all of its request.
            if bodyLeft > held?.readableBytes ?? 0 { close() }
        case (ChannelEvent.inputClosed, .ordinary) where held != nil: hasInputEnded = true
        case (ChannelEvent.inputClosed, .discarding), (ChannelEvent.inputClosed, .draining): close()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: What goes to the caller

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode != .input {
            // What is held has no one to answer it any more, so it must not be sent anywhere.
            held = nil
            if case .ordinary = phase { phase = .draining }
        }
        context.close(mode: mode, promise: promise)
    }

    /// Whether the caller may send more just now.
    private var mayRead: Bool {
        switch phase {
        case .exchanging:
            held?.readableBytes ?? 0 < Self.mostHeld
                && (bodyLeft == 0 || exchange.upstream?.isWritable ?? true)
        case .connecting, .renewing, .ordinary: held?.readableBytes ?? 0 < Self.mostHeld
        default: true
        }
    }

    /// Asks for what the caller was kept from sending.
    func resumeReading() {
        guard wantsRead, mayRead, let context else { return }
        wantsRead = false
        context.read()
    }

    /// Ends the connection at once.
    func close() {
        abandon()
        phase = .closed
        held = nil
        context?.close(promise: nil)
    }

    // MARK: Requests

    /// Looks at what is held for as long as it is this connection's turn.
    func process() {
        // An answer that is written at once ends in here again; one loop serves both.
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        while let bytes = held?.readableBytes, bytes > 0, step() {}
        if held?.readableBytes == 0 { held = nil }
        if case .waiting = phase, hasInputEnded, held == nil {
            closeAfterReply()
        } else {
            resumeReading()
        }
    }

    /// Does what the phase asks for with the bytes that are held; whether there may be more to do.
    private func step() -> Bool {
        switch phase {
        case .waiting: return takeHead()
        case .ordinary: return handBody()
        case .exchanging: return sendBody()
        case .discarding: return discardBody()
        case .draining, .closed:
            held = nil
            return false
        case .connecting, .renewing, .passing: return false
        }
    }

    private func takeHead() -> Bool {
        // Who does not take the answers that are there gets no further ones made.
        guard let bytes = held, context?.channel.isWritable ?? false else { return false }
        let span = bytes.readableBytesUInt8Span
        // No canonical head begins so: not TLS, not a line too many, not HTTP/2.
        guard (0x41...0x5A).contains(span[0]) else { return passForGood() }
        switch headEnd.search(span) {
        case .incomplete: return span.count > RequestHead.longest ? passForGood() : false
        case .bareLineFeed: return passForGood()
        case .at(let end):
            guard head.scan(span, end: end) else { return passForGood() }
        }
        bodyLeft = head.bodyLength
        if head.closes { closesAfterAnswer = true }
        if let (address, request) = ProxyCall.read(head, span) {
            if case .forward(let forward) = loop.configuration.policy.decide(request) {
                begin(request, forward, at: address)
                return true
            }
        }
        phase = .ordinary
        pass(head.length)
        return true
    }

    /// A head that is not canonical makes the connection the ordinary lane's.
    private func passForGood() -> Bool {
        phase = .passing
        pass(held?.readableBytes ?? 0)
        if hasInputEnded { context?.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        return false
    }

    private func handBody() -> Bool {
        guard bodyLeft > 0 else { return false }
        let part = min(bodyLeft, held?.readableBytes ?? 0)
        bodyLeft -= part
        pass(part)
        return true
    }

    private func discardBody() -> Bool {
        let part = min(bodyLeft, held?.readableBytes ?? 0)
        held?.moveReaderIndex(forwardBy: part)
        bodyLeft -= part
        guard bodyLeft == 0 else { return false }
        phase = .waiting
        return true
    }

    /// Hands that many bytes to the codec behind.
    private func pass(_ count: Int) {
        guard count > 0, let part = held?.readSlice(length: count), let context else { return }
        if held?.readableBytes == 0 { held = nil }
        context.fireChannelRead(wrapInboundOut(part))
        context.fireChannelReadComplete()
    }

    /// The ordinary lane has written the end of an answer.
    func ordinaryAnswerEnded() {
        if ordinary.end() { checkOrdinaryLaneSoon() }
    }

    /// The ordinary lane was given the last part of a request.
    func ordinaryRequestEnded() {
        ordinary.isReading = false
        if ordinary.unanswered == 0 { checkOrdinaryLaneSoon() }
    }

    private func checkOrdinaryLaneSoon() {
        guard case .ordinary = phase, let context else { return }
        // Whoever wrote the end may be about to close the connection, and must be let first.
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        context.eventLoop.execute { bound.value.checkOrdinaryLane() }
    }

    private func checkOrdinaryLane() {
        // An answer may end before its request: the rest of the body is the ordinary lane's too.
        guard case .ordinary = phase, ordinary.unanswered == 0, bodyLeft == 0, !ordinary.isReading else { return }
        if closesAfterAnswer {
            phase = .draining
            deadline = loop.now + loop.configuration.idleTimeout
        } else {
            phase = .waiting
        }
        process()
    }

    // MARK: Time

    /// Gives up what has taken too long.
    func checkDeadline() {
        switch phase {
        case .waiting, .ordinary, .passing:
            guard ordinary.waitsForCaller, loop.now - lastHeard > loop.configuration.idleTimeout else { return }
            close()
        case .connecting, .exchanging:
            if deadline < loop.now { exchangeTimedOut() }
        case .discarding, .draining:
            if deadline < loop.now { close() }
        // The renewal has time-outs of its own.
        case .renewing, .closed: break
        }
    }
}

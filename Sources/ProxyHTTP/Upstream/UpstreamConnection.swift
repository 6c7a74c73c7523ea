import NIOCore
import NIOTLS

/// One connection to the provider: in the pool, or lent to one request.
///
/// Bytes that come while it is in the pool close it: they can belong to no request (DESIGN §7).
final class UpstreamConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The request that it is lent to.
    var borrower: FastLaneConnection?
    /// When it came into the pool, by the loop's coarse clock.
    var idleSince = NIODeadline.uptimeNanoseconds(0)
    /// What came and is not taken yet.
    var input: ByteBuffer?
    /// Whether it is being opened or open.
    private(set) var isAlive = true
    /// Told once TLS is agreed on; a connection in clear needs no telling.
    var whenReady: (() -> Void)?
    /// Told when it ends before it was lent for the first time.
    var whenFailed: (() -> Void)?

    private let pool: UpstreamPool
    private var context: ChannelHandlerContext?
    private var isPaused = false
    private var wantsRead = false

    init(pool: UpstreamPool) {
        self.pool = pool
    }

    /// Whether more can be written without piling up in memory.
    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Whether all that was written has left for the provider.
    var hasSentAll: Bool {
        guard let channel = context?.channel, let options = channel.syncOptions else { return false }
        return (try? options.getOption(.bufferedWritableBytes)) == 0
    }

    /// Writes at once.
    func write(_ bytes: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// Stops or resumes taking in an answer that its caller can't take as fast.
    func pause(_ paused: Bool) {
        guard isPaused != paused else { return }
        isPaused = paused
        if !paused, wantsRead {
            wantsRead = false
            context?.read()
        }
    }

    /// Ends it; whoever borrowed it is told nothing.
    func close() {
        borrower = nil
        end()
        context?.close(promise: nil)
    }

    /// Counts it out, once.
    private func end() {
        input = nil
        whenReady = nil
        guard isAlive else { return }
        isAlive = false
        pool.forget(self)
        let failed = whenFailed
        whenFailed = nil
        failed?()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func read(context: ChannelHandlerContext) {
        if isPaused { wantsRead = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard let borrower else { return close() }
        if input != nil { input?.writeBuffer(&bytes) } else { input = bytes }
        borrower.answerArrived(self)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        borrower?.upstreamWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted = event else { return }
        whenReady?()
        whenReady = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended(cleanly: true)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A connection that TLS did not close in order may have been cut (RFC 9112 §9.8).
        ended(cleanly: false)
        context.close(promise: nil)
    }

    private func ended(cleanly: Bool) {
        guard isAlive else { return }
        let borrower = borrower
        self.borrower = nil
        borrower?.upstreamEnded(self, cleanly: cleanly)
        end()
    }
}

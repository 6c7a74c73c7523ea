import NIOCore
import NIOHTTP2

/// Closes a connection of HTTP/2 that was told to go and does not.
///
/// Hummingbird says GOAWAY to one that is idle, or when the gateway stops, and closes once the peer has answered a ping
/// (RFC 9113 §6.8); a peer that never answers would stay.
final class GoAwayDeadline: ChannelOutboundHandler {
    typealias OutboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private let deadline: TimeAmount
    private var timer: Scheduled<Void>?

    init(_ deadline: TimeAmount) {
        self.deadline = deadline
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if timer == nil, case .goAway = unwrapOutboundIn(data).payload {
            let channel = context.channel
            timer = context.eventLoop.scheduleTask(in: deadline) { channel.close(promise: nil) }
        }
        context.write(data, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }
}

import NIOCore
import NIOHTTP1

/// Sees the ordinary lane's requests and answers as parts, and tells the fast lane where they begin and end.
///
/// It stands behind NIO's codec; whatever passes, passes as it came.
final class OrdinaryLaneWatch: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let lane: FastLaneConnection

    init(lane: FastLaneConnection) {
        self.lane = lane
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: lane.ordinary.begin()
        case .body: break
        case .end:
            context.fireChannelRead(data)
            return lane.ordinaryRequestEnded()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let ends = if case .end = unwrapOutboundIn(data) { true } else { false }
        context.write(data, promise: promise)
        if ends { lane.ordinaryAnswerEnded() }
    }
}

/// What the ordinary lane of a connection is at.
struct OrdinaryLaneState {
    /// Whether a request has begun whose last part has not come.
    var isReading = false
    /// Requests that are not answered whole.
    private(set) var unanswered = 0

    mutating func begin() {
        isReading = true
        unanswered += 1
    }

    /// Counts an answer out; `false` for one that answers no request, such as that to bytes which can't be read.
    mutating func end() -> Bool {
        guard unanswered > 0 else { return false }
        unanswered -= 1
        return true
    }

    /// Whether the gateway waits for the caller and not the other way round.
    var waitsForCaller: Bool { isReading || unanswered == 0 }
}

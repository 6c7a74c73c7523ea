import NIOCore
import NIOHTTP1

/// Marks requests whose target, host or body could be read in two ways, before the head is turned into Hummingbird's form.
///
/// That form has one host and a path: of two hosts it keeps the first, and of an absolute target the path alone, so
/// that nothing behind it could tell any more (SEC C4.2, RFC 9112 §3.2).
final class RequestHeadCheck: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// A target that no route has; ``RequestTargets`` refuses it.
    static let refused = "*"

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data), !Self.isPlain(head) else {
            context.fireChannelRead(data)
            return
        }
        var marked = head
        marked.uri = Self.refused
        // What follows may be the body of this one to somebody else, so it is never read as a request.
        marked.headers.replaceOrAdd(name: "connection", value: "close")
        context.fireChannelRead(wrapInboundOut(.head(marked)))
    }

    private static func isPlain(_ head: HTTPRequestHead) -> Bool {
        let hosts = head.headers["host"].count
        // HTTP/1.0, which simple probes speak, knows no Host.
        let isHTTP10 = head.version == .http1_0
        // RFC 9112 §6.3: where chunked is not the only coding, nobody can tell where the body ends.
        let codings = head.headers["transfer-encoding"]
        let isFramed = codings.isEmpty || codings.count == 1 && codings[0].lowercased() == "chunked"
        return head.uri.utf8.first == UInt8(ascii: "/") && (hosts == 1 || hosts == 0 && isHTTP10) && isFramed
    }
}

/// Puts ``RequestHeadCheck`` right behind the decoder of its channel, and the fast lane, if there is one, in front.
///
/// A stream of HTTP/2 has no such decoder: its frames say where a message ends, and it has one path and one authority
/// (RFC 9113 §8.3.1), which NIO checks; what is left is for ``RequestTargets``.
final class RequestHeadCheckPlacement: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let front: GatewayRouter.ConnectionFront?

    init(front: GatewayRouter.ConnectionFront?) {
        self.front = front
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        // The parent of a stream is its connection, that of a connection the listening socket, which has no peer.
        guard context.channel.parent?.remoteAddress == nil else { return }
        do {
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(RequestHeadCheck(), position: .after(decoder))
            try front?(context.channel)
        } catch {
            // Without the check there is no connection.
            context.close(promise: nil)
        }
    }
}

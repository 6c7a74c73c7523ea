import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

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
final class RequestHeadCheckPlacement: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let front: GatewayRouter.ConnectionFront?

    init(front: GatewayRouter.ConnectionFront?) {
        self.front = front
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
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

/// Marks requests of HTTP/2 whose host could be read in two ways (RFC 9113 §8.3.1).
///
/// Frames say where a message ends, and NIO has checked that there is one path and at most one authority, and no field
/// of a connection.
final class StreamHeadCheck: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data), !Self.isPlain(head) else {
            context.fireChannelRead(data)
            return
        }
        var marked = head
        marked.path = RequestHeadCheck.refused
        context.fireChannelRead(wrapInboundOut(.head(marked)))
    }

    private static func isPlain(_ head: HTTPRequest) -> Bool {
        guard let name = HTTPField.Name("host") else { return false }
        let hosts = head.headerFields[values: name]
        return head.authority.map { authority in hosts.allSatisfy { $0 == authority } } ?? (hosts.count == 1)
    }
}

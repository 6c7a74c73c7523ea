import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOHTTP2
import NIOSSL

/// A connection that speaks TLS, and by its handshake HTTP/2 or HTTP/1.1.
///
/// Hummingbird's own waits for ever for a handshake, for the rest of a request of HTTP/2 behind a front, and for a peer
/// of HTTP/2 that was told to go; here each of these ends.
struct TLSChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let version: EventLoopFuture<NIONegotiatedHTTPVersion<HTTP1Channel.Value, HTTP2Channel.Value>>
        let channel: any Channel
    }

    /// For a handshake; a slow phone needs a second or two.
    static let longestHandshake = Duration.seconds(10)

    private let context: NIOSSLContext
    private let http1: HTTP1Channel
    private let http2: HTTP2Channel
    private let idleTimeout: Duration

    /// Takes what a connection is made of.
    ///
    /// - Parameters:
    ///   - certificate: What is shown.
    ///   - http1: How connections of HTTP/1.1 are read.
    ///   - stream: How requests of HTTP/2 are read.
    ///   - idleTimeout: For how long a connection may be silent.
    ///   - responder: Who answers.
    /// - Throws: what NIOSSL throws for a certificate that it can't use.
    init(
        certificate: ServerCertificate, http1: HTTP1Channel.Configuration, stream: HTTP1Channel.Configuration,
        idleTimeout: Duration, responder: @escaping HTTPChannelHandler.Responder
    ) throws {
        var tls = certificate.configuration
        tls.applicationProtocols = NIOHTTP2SupportedALPNProtocols
        context = try NIOSSLContext(configuration: tls)
        self.http1 = HTTP1Channel(responder: responder, configuration: http1)
        http2 = HTTP2Channel(
            responder: responder,
            configuration: HTTP2Channel.Configuration(
                idleTimeout: idleTimeout, gracefulCloseTimeout: idleTimeout, streamConfiguration: stream))
        self.idleTimeout = idleTimeout
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let deadline = TimeAmount(min(idleTimeout, Self.longestHandshake))
        return channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(NIOSSLServerHandler(context: context))
            try pipeline.addHandler(HandshakeDeadline(deadline))
        }.flatMap {
            channel.configureHTTP2AsyncSecureUpgrade { channel in
                http1.setup(channel: channel, logger: logger)
            } http2ConnectionInitializer: { channel in
                http2.setup(channel: channel, logger: logger).flatMapThrowing { value in
                    let pipeline = channel.pipeline.syncOperations
                    let frames = try pipeline.handler(type: NIOHTTP2Handler.self)
                    try pipeline.addHandler(GoAwayDeadline(TimeAmount(idleTimeout)), position: .after(frames))
                    return value
                }
            }
        }.map { Value(version: $0, channel: channel) }
    }

    func handle(value: Value, logger: Logger) async {
        switch try? await value.version.get() {
        case .http1_1(let connection): await http1.handle(value: connection, logger: logger)
        case .http2(let connection): await http2.handle(value: connection, logger: logger)
        case nil: return
        }
    }
}

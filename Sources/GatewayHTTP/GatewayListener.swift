import Gateway
import Hummingbird
import HummingbirdCore
public import Logging
public import NIOCore
public import ServiceLifecycle

extension GatewayRouter {
    /// Whom a listener serves.
    public enum Audience: String, Sendable {
        /// The world: API, proxy, pages, webhooks.
        case `public`
        /// The operator's network: metrics and readiness.
        case `internal`
    }

    /// Puts something in front of a connection's codec, on its event loop; it then sees to silent connections itself.
    public typealias ConnectionFront = @Sendable (any Channel) throws -> Void

    /// A listener that is ready to run; it says under `Listening` where it listens.
    ///
    /// - Parameters:
    ///   - audience: Whom it serves.
    ///   - host: An address of this machine.
    ///   - port: The port; 0 takes a free one.
    ///   - idleTimeout: A connection that is silent for so long while nothing is being answered is closed.
    ///   - front: What stands in front of the codec: the fast lane.
    ///   - certificate: What it shows to speak TLS; `nil` speaks HTTP/1.1 in clear.
    ///   - logger: Where lines go.
    /// - Returns: The service.
    /// - Throws: what NIOSSL throws for a certificate that it can't use.
    public func listener(
        _ audience: Audience, host: String, port: Int, idleTimeout: Duration, front: ConnectionFront? = nil,
        certificate: ServerCertificate? = nil, logger: Logger
    ) throws -> any Service {
        Hummingbird.Application(
            router: audience == .public ? publicRouter() : internalRouter(),
            server: try Self.server(idleTimeout: idleTimeout, front: front, certificate: certificate),
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in
                logger.note(
                    "Listening", at: .notice,
                    [.kind: audience.rawValue, .port: channel.localAddress?.port ?? port])
            },
            logger: logger)
    }

    /// How connections are read: every listener's first lines of defence.
    static func server(
        idleTimeout: Duration, front: ConnectionFront?, certificate: ServerCertificate? = nil
    ) throws -> HTTPServerBuilder {
        let http1 = HTTP1Channel.Configuration(
            additionalChannelHandlers: [RequestHeadCheckPlacement(front: front)],
            idleTimeout: front == nil ? TimeAmount(idleTimeout) : nil)
        guard let certificate else { return .http1(configuration: http1) }
        let stream = HTTP1Channel.Configuration(
            additionalChannelHandlers: [StreamHeadCheck()], idleTimeout: TimeAmount(idleTimeout))
        return HTTPServerBuilder { responder in
            try TLSChannel(
                certificate: certificate, http1: http1, stream: stream, idleTimeout: idleTimeout, responder: responder)
        }
    }
}

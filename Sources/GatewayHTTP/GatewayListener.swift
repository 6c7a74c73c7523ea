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
    ///   - logger: Where lines go.
    /// - Returns: The service.
    public func listener(
        _ audience: Audience, host: String, port: Int, idleTimeout: Duration, front: ConnectionFront? = nil,
        logger: Logger
    ) -> any Service {
        Hummingbird.Application(
            router: audience == .public ? publicRouter() : internalRouter(),
            server: Self.server(idleTimeout: idleTimeout, front: front),
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in
                logger.note(
                    "Listening", at: .notice,
                    [.kind: audience.rawValue, .port: channel.localAddress?.port ?? port])
            },
            logger: logger)
    }

    /// How connections are read: every listener's first lines of defence.
    static func server(idleTimeout: Duration, front: ConnectionFront?) -> HTTPServerBuilder {
        .http1(
            configuration: .init(
                additionalChannelHandlers: [RequestHeadCheckPlacement(front: front)],
                idleTimeout: front == nil ? TimeAmount(idleTimeout) : nil))
    }
}

import Gateway
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle

extension GatewayRouter {
    /// Whom a listener serves.
    public enum Audience: String, Sendable {
        /// The world: API, proxy, pages, webhooks.
        case `public`
        /// The operator's network: metrics and readiness.
        case `internal`
    }

    /// A listener that is ready to run; it says under `Listening` where it listens.
    ///
    /// - Parameters:
    ///   - audience: Whom it serves.
    ///   - host: An address of this machine.
    ///   - port: The port; 0 takes a free one.
    ///   - idleTimeout: A connection that is silent for so long while nothing is being answered is closed.
    ///   - logger: Where lines go.
    /// - Returns: The service.
    public func listener(
        _ audience: Audience, host: String, port: Int, idleTimeout: Duration, logger: Logger
    ) -> any Service {
        Hummingbird.Application(
            router: audience == .public ? publicRouter() : internalRouter(),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [RequestHeadCheckPlacement()], idleTimeout: TimeAmount(idleTimeout))),
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in
                logger.note(
                    "Listening", at: .notice,
                    [.kind: audience.rawValue, .port: channel.localAddress?.port ?? port])
            },
            logger: logger)
    }
}

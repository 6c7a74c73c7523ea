import AsyncHTTPClient
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
import NIOSSL
public import ServiceLifecycle

/// The simulated Mercado Pago: API on TLS, pages and login on two plain loopback origins.
public struct SandboxServer: Service {
    private let configuration: SandboxConfiguration
    private let logger: Logger

    /// Prepares a simulator; nothing is bound or written before ``run()``.
    public init(configuration: SandboxConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Serves until graceful shutdown or cancellation.
    ///
    /// Writes `ca.pem` before it listens, and `sandbox.json` in one step once all three listeners are up.
    ///
    /// - Throws: When the folder can't be written or a port can't be bound.
    public func run() async throws {
        let files = SandboxFiles(folder: configuration.folder)
        let certificates = try SandboxCertificates(now: Date())
        try files.writeAuthority(certificates.authorityPEM)

        var world = World(seed: configuration.seed, timeScale: configuration.timeScale) { Date() }
        world.plantSeedData()
        let simulator = Simulator(world)

        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        settings.timeout.connect = .seconds(10)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        let group = ServiceGroup(
            services: try services(simulator, client, certificates, files), logger: logger)
        do {
            try await group.run()
        } catch {
            try? await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    private func services(
        _ simulator: Simulator, _ client: HTTPClient, _ certificates: SandboxCertificates, _ files: SandboxFiles
    ) throws -> [any Service] {
        let routers = SandboxRouters(simulator: simulator, client: client)
        let tls = try HTTPServerBuilder.tls(.http1(), tlsConfiguration: certificates.server)
        return [
            NotificationSender(simulator: simulator, client: client),
            listener(routers.api, configuration.apiPort, server: tls) { port in
                try note(\.api, "https://\(authority(port))", simulator, files)
            },
            listener(routers.pages, configuration.pagesPort, server: .http1()) { port in
                try note(\.pages, "http://\(authority(port))", simulator, files)
            },
            listener(routers.login, configuration.loginPort, server: .http1()) { port in
                try note(\.login, "http://\(authority(port))", simulator, files)
            },
        ]
    }

    private func listener(
        _ router: Router<SandboxContext>, _ port: Int, server: HTTPServerBuilder,
        onBound: @escaping @Sendable (Int) throws -> Void
    ) -> any Service {
        var quiet = logger
        quiet.logLevel = .warning
        return Hummingbird.Application(
            router: router, server: server,
            configuration: ApplicationConfiguration(address: .hostname(configuration.host, port: port)),
            onServerRunning: { channel in
                do {
                    try onBound(channel.localAddress?.port ?? port)
                } catch {
                    // Without its file nobody finds the sandbox, so it doesn't stay up unseen.
                    logger.error("The sandbox could not write its address file", metadata: ["error": "\(error)"])
                    channel.close(promise: nil)
                }
            },
            logger: quiet)
    }

    private func authority(_ port: Int) -> String {
        // An IPv6 address stands in brackets inside a URL.
        configuration.host.contains(":") ? "[\(configuration.host)]:\(port)" : "\(configuration.host):\(port)"
    }

    private func note(
        _ path: any WritableKeyPath<Origins, String> & Sendable, _ origin: String, _ simulator: Simulator,
        _ files: SandboxFiles
    ) throws {
        guard let origins = simulator.note(path, origin) else { return }
        try files.writeAddresses(origins)
        logger.notice("Sandbox is up", metadata: ["api": "\(origins.api)", "pages": "\(origins.pages)"])
    }
}

import AsyncHTTPClient
import Gateway
import GatewayHTTP
public import Logging
import Metrics
import NIOCore
import NIOSSL
import ProxyHTTP
import ServiceLifecycle
import UnixSignals

/// The whole gateway: opens, wires, serves until a signal, and shuts down in order.
public enum GatewayServer {
    /// For how long calls and deliveries in hand may take to end after a signal.
    static let patience = Duration.seconds(35)

    /// Serves until SIGTERM or SIGINT.
    ///
    /// - Throws: whatever keeps it from starting: keyring, database, lock, a port in use.
    public static func run(_ settings: GatewaySettings, logger: Logger) async throws {
        hardenProcess()
        // Before anything is opened that would have to be closed again.
        let certificate = try settings.listen.certificate.map { files in
            try ServerCertificate(
                certificateFile: files.certificateFile, privateKeyFile: files.privateKeyFile, clock: ContinuousClock(),
                logger: logger)
        }
        let core = try await Core(settings, logger: logger)
        do {
            try await core.refresher.recover()
            try await core.linker.recover()
        } catch {
            await core.store.close()
            throw error
        }
        let metrics = PrometheusMetricsFactory()
        MetricsSystem.bootstrap(metrics)
        let client = try proxyClient(settings.upstream)
        // One for both lanes: what a limit counts, it counts for both.
        let policy = core.proxyPolicy(settings.proxy.limits, logger: logger)
        let resolver = core.proxyResolver()
        let renewal = core.proxyRenewal()
        let lane = ProxyLane(
            policy: policy, resolver: resolver, renewal: renewal, calls: core.callLog, clock: .system,
            monotonic: .system, client: client,
            upstream: settings.upstream.apiURL, answerTimeout: settings.upstream.firstByteTimeout)
        let fast = try fastLane(settings, core, policy, resolver, renewal)
        let router = GatewayRouter(
            services: GatewayServices(
                store: core.store, keyRing: core.vault.keyRing, address: core.address, sellers: core.sellers,
                applications: core.applications, applicationTokens: core.applicationTokens, keys: core.keys,
                keyRotation: core.keyRotation, links: core.links, linker: core.linker,
                linkRequests: core.linkRequests, statusLinks: core.statusLinks, connections: core.connections,
                imports: core.imports, readiness: core.readiness, erasures: core.erasures, backups: core.backups,
                restores: core.restores, panic: core.panic,
                export: core.export,
                endpoints: core.endpoints,
                events: core.events, feed: core.feed,
                deliveries: core.deliveries, audit: core.audit, calls: core.calls, replays: core.replays,
                checks: core.checks,
                receiver: core.receiver,
                proxy: lane),
            metrics: metrics, clock: .system)
        let listeners = [
            try router.listener(
                .internal, host: settings.internalListen.host, port: settings.internalListen.port,
                idleTimeout: settings.internalListen.idleTimeout, logger: logger),
            try router.listener(
                .public, host: settings.listen.host, port: settings.listen.port,
                idleTimeout: settings.listen.idleTimeout, front: { try fast.install(on: $0) },
                certificate: certificate, logger: logger),
        ]
        // Services stop in reverse order: accept no more, drain, finish what is in hand, close the store last.
        let closing = ClosingService { [upstream = core.upstream, store = core.store] in
            try? await client.shutdown()
            try? await upstream.shutdown()
            await store.close()
            logger.note("Stopped", at: .notice)
        }
        let scheduled: [any Service] =
            (core.backupWorker.map { [$0] } ?? []) + (certificate.map { [$0] } ?? [])
        var configuration = ServiceGroupConfiguration(
            services: [
                closing, core.refresher, core.sweep, core.expiries, core.endings, core.registrar, core.linker,
                core.rescuer,
                core.rewrapWorker,
                core.restoreWorker, core.proofWorker, core.deliveryWorker, core.callLogWorker,
                core.retentionWorker, core.jobWorker,
            ] + scheduled + listeners,
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = patience
        try await ServiceGroup(configuration: configuration).run()
    }

    private static func upstreamTLS(_ settings: UpstreamSettings) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = settings.caFile {
            tls.additionalTrustRoots = [.file(file)]
        }
        return tls
    }

    private static func fastLane(
        _ settings: GatewaySettings, _ core: Core, _ policy: ProxyPolicy, _ resolver: ProxyResolver,
        _ renewal: ProxyRenewal
    ) throws -> FastLane {
        let upstream = settings.upstream
        let address = UpstreamAddress(host: upstream.host, port: upstream.port, isSecure: upstream.isSecure)
        return FastLane(
            policy: policy, resolver: resolver, renewal: renewal, calls: core.callLog, headers: core.upstream.headers,
            upstream: address,
            tls: upstream.isSecure ? try NIOSSLContext(configuration: upstreamTLS(upstream)) : nil,
            answerTimeout: upstream.firstByteTimeout, idleTimeout: settings.listen.idleTimeout, clock: .system,
            random: .system
        ) { problem, request in problem.rendered(request: request) }
    }

    private static func proxyClient(_ settings: UpstreamSettings) throws -> HTTPClient {
        let tls = upstreamTLS(settings)
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(2), read: TimeAmount(settings.firstByteTimeout)))
        configuration.httpVersion = .http1Only
        // Slow answers to some shops must not keep the calls of others waiting for a connection.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
        // An upstream that can't be reached is said at once; the caller knows best whether to come back.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}

/// Waits for its turn in the shutdown, then closes what everything else needed.
private struct ClosingService: Service {
    let close: @Sendable () async -> Void

    func run() async throws {
        try? await gracefulShutdown()
        await close()
    }
}

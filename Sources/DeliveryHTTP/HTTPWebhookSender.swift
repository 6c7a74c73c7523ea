public import Gateway
import NIOCore
import NIOPosix
import NIOSSL

/// Posts to receivers over HTTP/1.1, each attempt on a connection of its own to an address that was checked.
///
/// AsyncHTTPClient looks names up by itself and could be led elsewhere by a second answer of the name server, so the
/// connection is made here. No redirect is followed and no proxy of the environment is used. Source: DLV 5, DLV 11.
public struct HTTPWebhookSender: WebhookSender {
    /// For connecting alone; it lies inside an attempt's deadline.
    static let connectDeadline = TimeAmount.seconds(5)
    private let configuration: DeliveryConfiguration
    private let addressGuard: AddressGuard
    private let resolver: NameResolver
    private let tls: NIOSSLContext
    private let clock: WallClock

    /// Reads the certificates.
    ///
    /// - Throws: what is wrong with the certificate file.
    public init(configuration: DeliveryConfiguration, clock: WallClock) throws {
        try self.init(configuration: configuration, clock: clock, resolver: NameResolver())
    }

    init(configuration: DeliveryConfiguration, clock: WallClock, resolver: NameResolver) throws {
        self.configuration = configuration
        self.clock = clock
        self.resolver = resolver
        addressGuard = AddressGuard(allowLoopback: configuration.allowLoopback)
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.minimumTLSVersion = .tlsv12
        if let file = configuration.caFile {
            settings.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(file))]
        }
        tls = try NIOSSLContext(configuration: settings)
    }

    /// Whether a URL may be an endpoint, its addresses looked up now.
    public func check(url: String) async throws(EndpointURLError) {
        _ = try await vetted(try EndpointURL(url, configuration))
    }

    /// Sends once; whatever happens is an answer.
    public func send(_ request: WebhookRequest) async -> WebhookAnswer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let attempt = SendingAttempt(request, tls: tls, loop: loop, clock: clock)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.run(attempt, request) }
            group.addTask { try? await Task.sleep(for: request.deadline) }
            // Either the attempt has ended or its one deadline has; what is left of it is cut.
            await group.next()
            let answer = attempt.answer()
            attempt.cut()
            group.cancelAll()
            return answer
        }
    }

    private func run(_ attempt: SendingAttempt, _ request: WebhookRequest) async {
        do {
            let url = try EndpointURL(request.url, configuration)
            try await attempt.post(to: url, at: try await vetted(url))
        } catch let error as EndpointURLError {
            attempt.fail(error == .dns ? .dns : .blockedAddress)
        } catch {
            attempt.fail(SendingAttempt.failure(error))
        }
    }

    /// The addresses of a URL; refused whole if a single one of them must not be called.
    private func vetted(_ url: EndpointURL) async throws(EndpointURLError) -> [SocketAddress] {
        let addresses: [SocketAddress]
        if let literal = url.literal {
            addresses = [literal]
        } else {
            do { addresses = try await resolver.addresses(of: url.host, port: url.port) } catch { throw .dns }
        }
        guard !addresses.isEmpty else { throw .dns }
        guard addresses.allSatisfy(addressGuard.allows) else { throw .blockedAddress }
        if !configuration.allowLoopback, addresses.contains(where: AddressGuard.isOwn) { throw .blockedAddress }
        return addresses
    }
}

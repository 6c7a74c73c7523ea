import Foundation
import Gateway
public import Logging
import NIOCore
public import NIOSSL
public import ServiceLifecycle
import Synchronization

/// The certificate and key that the public listener shows, read again when their files change.
///
/// Connections keep what they began with. What can't be read, or does not belong together, is told once and changes
/// nothing: a listener without a certificate would be worse than one with yesterday's.
public final class ServerCertificate: Service {
    /// How often the files are looked at.
    static let interval = Duration.seconds(10)

    private struct Pair: Sendable {
        let chain: [NIOSSLCertificateSource]
        let key: NIOSSLPrivateKeySource
    }

    private let certificateFile: String
    private let privateKeyFile: String
    private let current: Mutex<Pair>
    private let seen: Mutex<[Date?]>
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Reads both files.
    ///
    /// - Parameters:
    ///   - certificateFile: PEM file of the certificate and those that lead to its root, its own first.
    ///   - privateKeyFile: PEM file of its key.
    ///   - clock: What it sleeps by.
    ///   - logger: Where a change, or a failed one, is told.
    /// - Throws: ``ServerCertificateError``.
    public init(
        certificateFile: String, privateKeyFile: String, clock: any Clock<Duration>, logger: Logger
    ) throws(ServerCertificateError) {
        self.certificateFile = certificateFile
        self.privateKeyFile = privateKeyFile
        self.clock = clock
        self.logger = logger
        seen = Mutex(Self.changes(certificateFile, privateKeyFile))
        current = Mutex(try Self.read(certificateFile, privateKeyFile))
    }

    /// How handshakes are made: TLS 1.2 at least, always with what is current.
    public var configuration: TLSConfiguration {
        let pair = current.withLock { $0 }
        var tls = TLSConfiguration.makeServerConfiguration(certificateChain: pair.chain, privateKey: pair.key)
        tls.minimumTLSVersion = .tlsv12
        tls.sslContextCallback = { [self] _, promise in
            var change = NIOSSLContextConfigurationOverride()
            let pair = current.withLock { $0 }
            change.certificateChain = pair.chain
            change.privateKey = pair.key
            promise.succeed(change)
        }
        return tls
    }

    /// Looks at the files at every interval until shutdown.
    public func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await cancelWhenGracefulShutdown { [clock] in try? await clock.sleep(for: Self.interval) }
            reload()
        }
    }

    /// Takes what the files hold now, if they have changed.
    func reload() {
        let changes = Self.changes(certificateFile, privateKeyFile)
        let isNew = seen.withLock { seen in
            defer { seen = changes }
            return seen != changes
        }
        guard isNew else { return }
        do {
            let pair = try Self.read(certificateFile, privateKeyFile)
            current.withLock { $0 = pair }
            logger.note("Certificate read again", at: .notice)
        } catch {
            logger.note("Certificate not read again; the one before stays", at: .error, [.reason: error.description])
        }
    }

    private static func read(_ certificateFile: String, _ keyFile: String) throws(ServerCertificateError) -> Pair {
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMFile(certificateFile) } catch {
            throw .unreadable(file: certificateFile)
        }
        guard !chain.isEmpty else { throw .unreadable(file: certificateFile) }
        let key: NIOSSLPrivateKey
        do { key = try NIOSSLPrivateKey(file: keyFile, format: .pem) } catch { throw .unreadable(file: keyFile) }
        let pair = Pair(chain: chain.map { .certificate($0) }, key: .privateKey(key))
        do {
            _ = try NIOSSLContext(
                configuration: .makeServerConfiguration(certificateChain: pair.chain, privateKey: pair.key))
        } catch { throw .mismatch }
        return pair
    }

    private static func changes(_ files: String...) -> [Date?] {
        files.map { file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: file)
            return attributes?[.modificationDate] as? Date
        }
    }
}

/// Why a certificate can't be shown.
public enum ServerCertificateError: Error, Equatable, CustomStringConvertible {
    /// There is no such file, or it holds no PEM of its kind.
    case unreadable(file: String)
    /// The key is not the certificate's.
    case mismatch

    /// The reason and what to do about it.
    public var description: String {
        switch self {
        case .unreadable(let file): "\(file) can't be read as PEM. Name a file that the gateway may read."
        case .mismatch: "The private key does not belong to the certificate. Name the two files of one pair."
        }
    }
}

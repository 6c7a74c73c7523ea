import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// A gateway's folder as `enlace init` set it up, with its first key; the gateway is not started yet.
struct Installation: Sendable {
    let folder: URL
    let http: HTTPClient
    let url: String
    let internalURL: String
    let key: String
    private let ports: (Int, Int)

    /// Where a gateway's calls go.
    struct Upstream: Sendable {
        let apiURL: String
        let authorizationURL: String
        /// PEM file of the authority to trust; empty for none.
        let authority: String
    }

    /// Writes the settings and runs `enlace init`; a sandbox has written its addresses into the folder.
    static func make(in folder: URL, _ http: HTTPClient, _ upstream: Upstream) async throws -> Installation {
        let ports = (try await freePort(), try await freePort())
        try writeSettings(in: folder, ports, upstream)
        try await Program.run(
            Program.enlace, ["init", "--sandbox", "sandbox", "--brand", "Bench"], in: folder, log: "init.log")
        let client = try String(contentsOf: folder.appending(path: "enlace.client.yaml"), encoding: .utf8)
        let line = client.split(separator: "\n").first { $0.hasPrefix("key: ") }
        guard let key = line?.split(separator: "\"").last else { throw BenchmarkFailure("There is no first key.") }
        return Installation(folder: folder, http, key: String(key), ports)
    }

    private init(folder: URL, _ http: HTTPClient, key: String, _ ports: (Int, Int)) {
        self.folder = folder
        self.http = http
        self.key = key
        self.ports = ports
        url = "http://127.0.0.1:\(ports.0)"
        internalURL = "http://127.0.0.1:\(ports.1)"
    }

    /// The same installation once more, with all that its database holds by now, to be served on ports of its own.
    func copied(to target: URL, _ upstream: Upstream) async throws -> Installation {
        try FileManager.default.copyItem(at: folder, to: target)
        let ports = (try await freePort(), try await freePort())
        try Self.writeSettings(in: target, ports, upstream)
        return Installation(folder: target, http, key: key, ports)
    }

    private static func writeSettings(
        in folder: URL, _ ports: (Int, Int), _ upstream: Upstream
    ) throws {
        let settings = """
            public_url: "http://127.0.0.1:\(ports.0)"
            listen: {port: \(ports.0)}
            internal: {port: \(ports.1)}
            upstream:
              api_url: "\(upstream.apiURL)"
              allow_insecure_loopback: true
              authorization_url: "\(upstream.authorizationURL)"
              ca_file: "\(upstream.authority)"
            delivery: {allow_loopback: true}
            proxy:
              {seller_rate: 1000000, seller_burst: 1000000, application_rate: 1000000, application_burst: 1000000,
               seller_concurrency: 100000}
            log: {level: "notice"}

            """
        let file = folder.appending(path: "enlace.yaml").path()
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(settings.utf8), attributes: [.posixPermissions: 0o600])
        else { throw BenchmarkFailure("\(file) can't be written.") }
    }

    /// Starts the gateway; answers with it and with how long it took until it was ready.
    func serve(environment: [String: String] = [:]) async throws -> (gateway: Program, seconds: Double) {
        let start = ContinuousClock.now
        let gateway = try Program(Program.enlace, ["serve"], environment: environment, in: folder, log: "gateway.log")
        while true {
            if let response = try? await http.execute(.init(url: internalURL + "/readyz"), timeout: .seconds(5)),
                response.status == .ok
            {
                _ = try await response.body.collect(upTo: 1 << 20)
                return (gateway, (ContinuousClock.now - start) / .seconds(1))
            }
            guard gateway.isRunning else { throw BenchmarkFailure("enlace serve ended: see gateway.log.") }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

/// A port of 127.0.0.1 that nobody listens on just now, below those that outgoing connections take.
func freePort() async throws -> Int {
    let server = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
    while true {
        let given = try await server.bind(host: "127.0.0.1", port: 0).get()
        let port = 10_000 + (given.localAddress?.port ?? 0) % 20_000
        try await given.close().get()
        guard let channel = try? await server.bind(host: "127.0.0.1", port: port).get() else { continue }
        try await channel.close().get()
        return port
    }
}

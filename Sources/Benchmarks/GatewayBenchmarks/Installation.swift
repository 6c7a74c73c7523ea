import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// A sandbox and a gateway in one folder, set up by their own commands, with some shops linked.
struct Installation: Sendable {
    /// So many shops are called in turn.
    static let shops = 20

    let folder: URL
    let http: HTTPClient
    let sandbox: Program
    /// The sandbox's controls.
    let controls: String
    let url: String
    let internalURL: String
    let key: String

    /// Starts a sandbox and runs `enlace init`; the gateway is not started yet.
    static func make(in folder: URL, _ http: HTTPClient) async throws -> Installation {
        let sandbox = try Program(
            ["sandbox", "--api-port", "0", "--pages-port", "0", "--login-port", "0"], in: folder, log: "sandbox.log")
        let addresses = folder.appending(path: "sandbox/sandbox.json")
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: addresses.path()) {
            try await Task.sleep(for: .milliseconds(20))
        }
        let written = try JSONSerialization.jsonObject(with: Data(contentsOf: addresses)) as? [String: Any]
        guard let sim = written?["sim"] as? String, let api = written?["api"] as? String,
            let pages = written?["authorization"] as? String, let authority = written?["ca_file"] as? String
        else { throw BenchmarkFailure("The sandbox wrote no addresses.") }
        let (port, internalPort) = (try await freePort(), try await freePort())
        let settings = """
            public_url: "http://127.0.0.1:\(port)"
            listen: {port: \(port)}
            internal: {port: \(internalPort)}
            upstream: {api_url: "\(api)", authorization_url: "\(pages)", ca_file: "\(authority)"}
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
        let initialised = try Program(
            ["init", "--sandbox", "sandbox", "--brand", "Bench"], in: folder, log: "init.log")
        guard try await initialised.end() == 0 else { throw BenchmarkFailure("enlace init failed: see init.log.") }
        let client = try String(contentsOf: folder.appending(path: "enlace.client.yaml"), encoding: .utf8)
        let line = client.split(separator: "\n").first { $0.hasPrefix("key: ") }
        guard let key = line?.split(separator: "\"").last else { throw BenchmarkFailure("There is no first key.") }
        return Installation(
            folder: folder, http: http, sandbox: sandbox, controls: sim, url: "http://127.0.0.1:\(port)",
            internalURL: "http://127.0.0.1:\(internalPort)", key: String(key))
    }

    /// Starts the gateway; answers with it and with how long it took until it was ready.
    func serve() async throws -> (gateway: Program, seconds: Double) {
        let start = ContinuousClock.now
        let gateway = try Program(["serve"], in: folder, log: "gateway.log")
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

    /// Links shops by importing grants that the sandbox gave; answers with the paths of a call to each.
    func linkShops() async throws -> [String] {
        let applications = try await ask(.GET, url + "/v1/applications", key: key)
        guard let application = (applications["data"] as? [[String: Any]])?.first,
            let id = application["id"] as? String, let client = application["client_id"] as? String
        else { throw BenchmarkFailure("There is no application.") }
        var paths: [String] = []
        for number in 1...Self.shops {
            let user = try await ask(
                .POST, controls + "/users", body: ["nickname": "BENCH\(number)", "site_id": "MLA"])["id"]
            let pair = try await ask(.POST, controls + "/tokens", body: ["user_id": user ?? 0, "client_id": client])
            let seller =
                try await ask(
                    .POST, url + "/v1/sellers", body: ["name": "Bench \(number)"], key: key)["id"] as? String
            guard let seller else { throw BenchmarkFailure("No seller was made.") }
            let grant = [
                "application": id, "access_token": pair["access_token"] as? String ?? "",
                "refresh_token": pair["refresh_token"] as? String ?? "",
            ]
            let length: [String: Any] = ["expires_in": 15_552_000]
            _ = try await ask(
                .POST, url + "/v1/sellers/\(seller)/connections/import", body: length.merging(grant) { $1 }, key: key)
            paths.append("\(url)/v1/sellers/\(seller)/proxy/users/me")
        }
        return paths
    }

    /// Asks and reads an object.
    func ask(
        _ method: HTTPMethod, _ url: String, body: [String: Any]? = nil, key: String? = nil
    ) async throws -> [String: Any] {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let key { request.headers.add(name: "authorization", value: "Bearer \(key)") }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: body)))
        }
        let response = try await http.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 1 << 22)
        guard (200...299).contains(response.status.code) else {
            throw BenchmarkFailure("\(method) \(url): \(response.status.code) \(String(buffer: bytes))")
        }
        return try JSONSerialization.jsonObject(with: Data(bytes.readableBytesView)) as? [String: Any] ?? [:]
    }
}

/// A port of 127.0.0.1 that nobody listens on just now, below those that outgoing connections take.
private func freePort() async throws -> Int {
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

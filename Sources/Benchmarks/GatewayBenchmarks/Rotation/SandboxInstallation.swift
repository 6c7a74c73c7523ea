import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// A sandbox and an installation in one folder, with some shops linked.
struct SandboxInstallation: Sendable {
    /// So many shops are called in turn.
    static let shops = 20

    let installation: Installation
    let sandbox: Program
    /// The sandbox's controls.
    let controls: String

    /// Starts a sandbox and sets an installation up that calls it.
    static func make(in folder: URL, _ http: HTTPClient) async throws -> SandboxInstallation {
        let sandbox = try Program(
            Program.enlace, ["sandbox", "--api-port", "0", "--pages-port", "0", "--login-port", "0"], in: folder,
            log: "sandbox.log")
        do {
            let addresses = folder.appending(path: "sandbox/sandbox.json")
            for _ in 0..<500 where !FileManager.default.fileExists(atPath: addresses.path()) {
                try await Task.sleep(for: .milliseconds(20))
            }
            let written = try JSONSerialization.jsonObject(with: Data(contentsOf: addresses)) as? [String: Any]
            guard let sim = written?["sim"] as? String, let api = written?["api"] as? String,
                let pages = written?["authorization"] as? String, let authority = written?["ca_file"] as? String
            else { throw BenchmarkFailure("The sandbox wrote no addresses.") }
            let upstream = Installation.Upstream(apiURL: api, authorizationURL: pages, authority: authority)
            return SandboxInstallation(
                installation: try await .make(in: folder, http, upstream), sandbox: sandbox, controls: sim)
        } catch {
            try? await sandbox.stop()
            throw error
        }
    }

    /// Links shops by importing grants that the sandbox gave; answers with the paths of a call to each.
    func linkShops() async throws -> [String] {
        let (url, key) = (installation.url, installation.key)
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
    private func ask(
        _ method: HTTPMethod, _ url: String, body: [String: Any]? = nil, key: String? = nil
    ) async throws -> [String: Any] {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let key { request.headers.add(name: "authorization", value: "Bearer \(key)") }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: body)))
        }
        let response = try await installation.http.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 1 << 22)
        guard (200...299).contains(response.status.code) else {
            throw BenchmarkFailure("\(method) \(url): \(response.status.code) \(String(buffer: bytes))")
        }
        return try JSONSerialization.jsonObject(with: Data(bytes.readableBytesView)) as? [String: Any] ?? [:]
    }
}

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Posts the same bytes as a delivery, as often and as many at once, from memory alone.
struct BareSender: Sendable {
    /// As many at once as the gateway sends.
    private static let concurrency = 256

    let http: HTTPClient
    let url: String
    let body: [UInt8]

    /// Posts a second.
    func run(_ count: Int) async throws -> Double {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                if number >= Self.concurrency { try await group.next() }
                group.addTask { try await post() }
            }
            try await group.waitForAll()
        }
        return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
    }

    private func post() async throws {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await http.execute(request, timeout: .seconds(30))
        _ = try await response.body.collect(upTo: 1 << 16)
        guard response.status == .noContent else {
            throw BenchmarkFailure("A post was answered \(response.status.code).")
        }
    }
}

/// A receiver that costs next to nothing: nginx, which says that it has it.
struct Receiver: Sendable {
    let url: String
    private let folder: URL

    /// Writes its configuration in a folder of its own.
    static func make(in folder: URL) async throws -> Receiver {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let port = try await freePort()
        let configuration = Nginx.configuration(
            """
            server {
                listen 127.0.0.1:\(port) backlog=4096;
                location / { return 204; }
            }
            """)
        try Data(configuration.utf8).write(to: folder.appending(path: "nginx.conf"))
        return Receiver(url: "http://127.0.0.1:\(port)/hook", folder: folder)
    }

    /// Starts it.
    func start() throws -> Program { try Nginx.start(in: folder) }
}

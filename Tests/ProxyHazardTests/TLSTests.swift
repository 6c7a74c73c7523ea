import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import TestSupport
import Testing

@testable import GatewayHTTP

@Suite("The listener that speaks TLS", .timeLimit(.minutes(1)))
struct TLSTests {
    /// Which HTTP a caller speaks.
    enum Version: CaseIterable, Sendable {
        case http1, http2

        var client: HTTPClient.Configuration.HTTPVersion { self == .http1 ? .http1Only : .automatic }
        var wire: HTTPVersion { self == .http1 ? .http1_1 : .http2 }
    }

    private static func client(_ version: Version, _ tls: TLSConfiguration) -> HTTPClient {
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.httpVersion = version.client
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// One call on a connection of its own.
    private static func call(
        _ stage: HazardStage, _ version: Version, _ tls: TLSConfiguration, _ method: HTTPMethod = .GET,
        _ path: String = "/users/me", body: String? = nil
    ) async throws -> (response: HTTPClientResponse, body: String) {
        let client = client(version, tls)
        do {
            var request = HTTPClientRequest(
                url: "https://localhost:\(stage.port)/v1/sellers/\(stage.seller)/proxy\(path)")
            request.method = method
            request.headers.add(name: "authorization", value: "Bearer \(stage.key)")
            if let body { request.body = .bytes(Array(body.utf8)) }
            let response = try await client.execute(request, timeout: .seconds(20))
            let text = String(buffer: try await response.body.collect(upTo: 64 << 20))
            try await client.shutdown()
            return (response, text)
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private static let large = String(repeating: "0123456789abcdef", count: 200_000)

    @Test(
        "serves HTTP/1.1 and HTTP/2 as the one in clear does", arguments: Lane.allCases, Version.allCases)
    func calls(lane: Lane, version: Version) async throws {
        try await withTemporaryFolder { folder in
            let files = try TestCertificate.write(in: folder.path)
            let certificate = try ServerCertificate(files)
            try await HazardStage.run(
                lane, certificate: certificate,
                Script { conversation in
                    while let request = try await conversation.request() {
                        try await conversation.write(
                            Wire.ok(request.contains("/search") ? Self.large : "{\"id\":7}", "ETag: \"1\"\r\n"))
                    }
                }
            ) { stage in
                let tls = try files.clientConfiguration()
                let read = try await Self.call(stage, version, tls)
                #expect((read.response.status, read.response.version, read.body) == (.ok, version.wire, "{\"id\":7}"))
                #expect(read.response.headers["etag"] == ["\"1\""])
                #expect(read.response.headers["enlace-request-id"].count == 1)
                let charge = try await Self.call(
                    stage, version, tls, .POST, HazardStage.charge, body: "{\"amount\":1500}")
                #expect(charge.response.status == .ok)
                let long = try await Self.call(stage, version, tls, .GET, "/v1/orders/search")
                #expect(long.body == Self.large)
                let refused = try await Self.call(stage, version, tls, .GET, "/users//me")
                #expect((refused.response.status, refused.response.version) == (.badRequest, version.wire))
                let received = stage.upstream.received
                #expect(received.count == 3)
                #expect(received.allSatisfy { $0.contains("Bearer \(stage.token)\r\n") })
                #expect(received[1].hasSuffix("\r\n\r\n{\"amount\":1500}"))
            }
        }
    }

    @Test("takes another certificate without a restart, and keeps the old one where the new one is broken")
    func reload() async throws {
        try await withTemporaryFolder { folder in
            let old = try TestCertificate.write(in: folder.path)
            let logs = LogCapture()
            let certificate = try ServerCertificate(
                certificateFile: old.certificateFile, privateKeyFile: old.privateKeyFile, clock: ContinuousClock(),
                logger: logs.logger())
            let trustsOld = try old.clientConfiguration()
            try await HazardStage.run(
                .fast, certificate: certificate, Script { try await $0.answerAll(Wire.ok()) }
            ) { stage in
                #expect(try await Self.call(stage, .http2, trustsOld).response.status == .ok)
                try Data("no PEM".utf8).write(to: URL(filePath: old.certificateFile))
                try Self.touch(old.certificateFile, later: 10)
                certificate.reload()
                certificate.reload()
                #expect(try await Self.call(stage, .http1, trustsOld).response.status == .ok)
                #expect(logs.lines.filter { $0.level == .error }.count == 1)
                let new = try TestCertificate.write(in: folder.path)
                try Self.touch(new.certificateFile, later: 20)
                certificate.reload()
                let trustsNew = try new.clientConfiguration()
                #expect(try await Self.call(stage, .http2, trustsNew).response.status == .ok)
                await #expect(throws: (any Error).self) { try await Self.call(stage, .http1, trustsOld) }
            }
        }
    }

    @Test("refuses files that are none, and a key that belongs to another certificate")
    func errors() async throws {
        try await withTemporaryFolder { folder in
            let first = try TestCertificate.write(in: folder.path)
            let missing = folder.path + "/missing.pem"
            #expect(throws: ServerCertificateError.unreadable(file: missing)) {
                try ServerCertificate(
                    TestCertificate(certificateFile: missing, privateKeyFile: first.privateKeyFile))
            }
            #expect(throws: ServerCertificateError.unreadable(file: first.certificateFile)) {
                try ServerCertificate(
                    TestCertificate(certificateFile: first.certificateFile, privateKeyFile: first.certificateFile))
            }
            try await withTemporaryFolder { other in
                let second = try TestCertificate.write(in: other.path)
                #expect(throws: ServerCertificateError.mismatch) {
                    try ServerCertificate(
                        TestCertificate(
                            certificateFile: first.certificateFile, privateKeyFile: second.privateKeyFile))
                }
            }
        }
    }

    // So that a file that was written twice within the clock's step has changed all the same.
    private static func touch(_ file: String, later seconds: TimeInterval) throws {
        let moment = Date(timeIntervalSinceNow: seconds)
        try FileManager.default.setAttributes([.modificationDate: moment], ofItemAtPath: file)
    }
}

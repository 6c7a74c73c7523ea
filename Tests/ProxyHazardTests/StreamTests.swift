import Foundation
import NIOSSL
import TestSupport
import Testing

@testable import GatewayHTTP

@Suite("Hazards: TLS and HTTP/2", .timeLimit(.minutes(1)))
struct StreamTests {
    /// A gateway that shows a certificate, before a provider that answers everything.
    private static func run(
        _ lane: Lane, idleTimeout: Duration = .seconds(20),
        _ test: @Sendable (HazardStage, TLSConfiguration) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let files = try TestCertificate.write(in: folder.path)
            try await HazardStage.run(
                lane, idleTimeout: idleTimeout, certificate: try ServerCertificate(files),
                Script { try await $0.answerAll(Wire.ok()) }
            ) { stage in
                try await test(stage, try files.clientConfiguration())
            }
        }
    }

    private static func fields(
        _ stage: HazardStage, _ changed: [String: String] = [:], without missing: String...
    ) -> [(String, String)] {
        let whole = [
            (":method", "GET"), (":scheme", "https"), (":authority", "localhost"),
            (":path", "/v1/sellers/\(stage.seller)/proxy/users/me"), ("authorization", "Bearer \(stage.key)"),
        ]
        return whole.filter { !missing.contains($0.0) }.map { name, value in (name, changed[name] ?? value) }
    }

    @Test("closes a connection whose TLS handshake does not end", arguments: Lane.allCases)
    func handshake(lane: Lane) async throws {
        try await Self.run(lane, idleTimeout: .milliseconds(500)) { stage, _ in
            try await stage.call { caller in
                let rest = try await caller.rest()
                #expect(rest == "")
            }
            // The beginning of a record that says that 512 bytes of a handshake follow.
            try await stage.call { caller in
                try await caller.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
                #expect(try await caller.rest() == "")
            }
        }
    }

    @Test("ends a request of HTTP/2 that never comes whole", arguments: Lane.allCases)
    func unfinished(lane: Lane) async throws {
        try await Self.run(lane, idleTimeout: .milliseconds(500)) { stage, tls in
            try await StreamCaller.connected(to: stage.port, tls) { caller in
                let charge = Self.fields(
                    stage,
                    [":method": "POST", ":path": "/v1/sellers/\(stage.seller)/proxy\(HazardStage.charge)"])
                let status = try await caller.status(of: charge + [("content-length", "15")], ends: false)
                #expect(status == nil || status == "400")
            }
            #expect(stage.upstream.received.isEmpty)
        }
    }

    @Test("closes an idle connection of HTTP/2 whose peer does not go when told", arguments: Lane.allCases)
    func staying(lane: Lane) async throws {
        try await Self.run(lane, idleTimeout: .milliseconds(500)) { stage, tls in
            var tls = tls
            tls.applicationProtocols = ["h2"]
            try await RawCaller.connected(to: stage.port, tls: tls) { caller in
                // The preface and settings without entries; no ping is ever answered.
                try await caller.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0])
                let rest = try await caller.rest()
                #expect(!rest.isEmpty)
            }
        }
    }

    @Test("answers a plain head of HTTP/2, and none that could be read in two ways", arguments: Lane.allCases)
    func heads(lane: Lane) async throws {
        try await Self.run(lane) { stage, tls in
            let me = "/v1/sellers/\(stage.seller)/proxy/users/me"
            let odd: [(String, [(String, String)])] = [
                ("asterisk", Self.fields(stage, [":path": "*"])),
                ("absolute path", Self.fields(stage, [":path": "https://localhost\(me)"])),
                ("empty path", Self.fields(stage, [":path": ""])),
                ("no path", Self.fields(stage, without: ":path")),
                ("CONNECT", Self.fields(stage, [":method": "CONNECT"], without: ":path", ":scheme")),
                ("another host", Self.fields(stage) + [("host", "elsewhere")]),
                ("two paths", [(":path", me)] + Self.fields(stage)),
                ("two authorities", [(":authority", "localhost")] + Self.fields(stage)),
                ("transfer-encoding", Self.fields(stage) + [("transfer-encoding", "chunked")]),
                ("connection", Self.fields(stage) + [("connection", "close")]),
                ("an upper-case name", Self.fields(stage) + [("X-Upper", "1")]),
                ("a pseudo-header behind a field", Self.fields(stage, without: ":path") + [(":path", me)]),
                ("a line end in a value", Self.fields(stage) + [("x-note", "1\r\nx-other: 2")]),
                ("an escape in the path", Self.fields(stage, [":path": me + "%2e"])),
            ]
            for (name, fields) in odd {
                // Each on a connection of its own: some end it.
                try await StreamCaller.connected(to: stage.port, tls) { caller in
                    let status = try? await caller.status(of: fields)
                    #expect(status ?? "400" == "400", "\(name)")
                }
            }
            #expect(stage.upstream.received.isEmpty)
            try await StreamCaller.connected(to: stage.port, tls) { caller in
                let sameHost = try await caller.status(of: Self.fields(stage) + [("host", "localhost")])
                let plain = try await caller.status(of: Self.fields(stage))
                #expect((sameHost, plain) == ("200", "200"))
            }
            #expect(stage.upstream.received.count == 2)
        }
    }
}

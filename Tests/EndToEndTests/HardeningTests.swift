import Foundation
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("A gateway under odd conditions")
    struct HardeningTests {
        @Test("closes connections that bring nothing, or no more of a request")
        func idle() async throws {
            let settings = Demo.settings.merging(["listen.idle_timeout_seconds": "1"]) { $1 }
            try await withStack(settings: settings) { stack in
                for begun in ["", "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"] {
                    let script =
                        "import socket,sys\ns=socket.create_connection(('127.0.0.1',int(sys.argv[1])),5)\n"
                        + "s.settimeout(20)\ns.sendall(sys.argv[2].encode())\n"
                        + "try:\n  print('closed' if s.recv(9)==b'' else 'answered')\n"
                        + "except ConnectionResetError: print('closed')\nexcept OSError: print('open')\n"
                    let (_, text) = try await Self.python(stack, script, [Self.port(stack), begun])
                    #expect(text.contains("closed"), "\(text)")
                }
            }
        }

        @Test("counts sealed values that were moved to another row, and opens none of them")
        func swapped() async throws {
            try await withStack(isStarted: false) { stack in
                let script =
                    "import sqlite3,sys\nd=sqlite3.connect(sys.argv[1])\n"
                    + "r=d.execute('SELECT seq,sealed FROM application_secret ORDER BY seq').fetchall()\n"
                    + "d.execute('UPDATE application_secret SET sealed=? WHERE seq=?',(r[1][1],r[0][0]))\n"
                    + "d.execute('UPDATE application_secret SET sealed=? WHERE seq=?',(r[0][1],r[1][0]))\n"
                    + "d.commit();d.close();print('swapped',len(r))\n"
                let (_, said) = try await Self.python(stack, script, [stack.file("enlace.sqlite").path()])
                #expect(said.contains("swapped 2"), "\(said)")
                try await stack.startGateway()
                try await stack.withAPI { api in
                    let application = try await stack.application(api)
                    let found = try await api.post("/v1/applications/\(application)/check")
                    let finding = try #require(
                        found["findings"]?.array?.first { $0["check"]?.string == "client_credentials" })
                    #expect(finding["result"]?.string == "failure")
                    let metrics = try await WebBrowser.withBrowser { try await $0.open(stack.internalURL + "/metrics") }
                    #expect(metrics.html.contains("enlace_vault_open_failures_total{reason=\"does_not_open\"} 1"))
                }
            }
        }

        private static func port(_ stack: LocalStack) -> String { String(stack.url.split(separator: ":").last ?? "") }

        private static func python(
            _ stack: LocalStack, _ script: String, _ arguments: [String]
        ) async throws -> (Int32, String) {
            let log = stack.file("\(UUID().uuidString).log")
            let child = try ChildProcess(
                "/usr/bin/python3", ["-c", script] + arguments, environment: [:], folder: stack.folder, log: log)
            return (await child.wait(), try String(contentsOf: log, encoding: .utf8))
        }
    }
}

import Foundation
import Gateway
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("Requests that no client library would send")
    struct RawRequestTests {
        @Test("never reach the provider: smuggling, other hosts, odd lines")
        func refused() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                let key = try stack.client().key
                let path =
                    "/v1/sellers/\(shop.seller)/proxy/point/integration-api/devices/\(shop.device)/payment-intents"
                let authorization = key.reveal { "Authorization: Bearer \($0)\r\n" }
                let host = "Host: 127.0.0.1\r\n"
                let body = "{\"amount\":1500}"
                let smuggled =
                    "0\r\n\r\nPOST \(path) HTTP/1.1\r\n\(host)\(authorization)Content-Length: 15\r\n\r\n\(body)"
                let requests = [
                    "CL and TE": "POST \(path) HTTP/1.1\r\n\(host)\(authorization)Content-Length: 15\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n\(smuggled)",
                    "two lengths": "POST \(path) HTTP/1.1\r\n\(host)\(authorization)Content-Length: 15\r\n"
                        + "Content-Length: 16\r\n\r\n\(body)",
                    "an unknown coding": "POST \(path) HTTP/1.1\r\n\(host)\(authorization)"
                        + "Transfer-Encoding: xchunked\r\n\r\n\(smuggled)",
                    "a folded line": "POST \(path) HTTP/1.1\r\n\(host)\(authorization)X-A: b\r\n c\r\n"
                        + "Content-Length: 15\r\nContent-Length : 3\r\n\r\n\(body)",
                    "a space before the colon": "POST \(path) HTTP/1.1\r\n\(host)\(authorization)"
                        + "Content-Length : 15\r\n\r\n\(body)",
                    "a NUL in a value": "POST \(path) HTTP/1.1\r\n\(host)\(authorization)X-A: a\u{0}b\r\n"
                        + "Content-Length: 15\r\n\r\n\(body)",
                    "two slashes": "POST /\(path) HTTP/1.1\r\n\(host)\(authorization)Content-Length: 15\r\n\r\n\(body)",
                    "two keys": "POST \(path) HTTP/1.1\r\n\(host)\(authorization)\(authorization)"
                        + "Content-Length: 15\r\n\r\n\(body)",
                    "a method of its own": "TRACE \(path) HTTP/1.1\r\n\(host)\(authorization)\r\n",
                ]
                for (name, request) in requests.sorted(by: { $0.key < $1.key }) {
                    let answer = try await Self.send(request, to: stack)
                    let status = answer.split(separator: " ").dropFirst().first.map(String.init) ?? "closed"
                    #expect(status == "closed" || status.hasPrefix("4"), "\(name): \(status)")
                }
                let seen = try await stack.panel.call(.GET, "/requests?path_prefix=/point/integration-api/devices/")
                #expect(seen["requests"]?.array?.isEmpty ?? false)
            }
        }

        @Test("are refused unless they name one host and a path")
        func oneHostAndPath() async throws {
            try await withAPI { stack, _ in
                let host = "Host: 127.0.0.1\r\n"
                let requests = [
                    ("/healthz HTTP/1.1", host, "200"), ("/healthz HTTP/1.0", "", "200"),
                    ("/healthz HTTP/1.1", "", "400"), ("/healthz HTTP/1.1", host + host, "400"),
                    ("/healthz HTTP/1.1", host + "host: evil.example\r\n", "400"),
                    ("http://127.0.0.1/healthz HTTP/1.1", host, "400"),
                    ("http://evil.example/healthz HTTP/1.1", host, "400"),
                ]
                for (line, headers, status) in requests {
                    let answer = try await Self.send(
                        "GET \(line)\r\n\(headers)Connection: close\r\n\r\n", to: stack)
                    #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(line) \(headers)")
                    if status == "400" { #expect(answer.contains("invalid_request"), "\(line) \(headers)") }
                }
            }
        }

        @Test("can't choose the addresses that links and redirects are made of")
        func spoofedHost() async throws {
            try await withAPI { stack, api in
                let link = try await stack.link(api, of: try await stack.seller(api))
                let path = link.dropFirst(stack.url.count)
                let answer = try await Self.send(
                    "POST \(path) HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n"
                        + "X-Forwarded-Proto: https\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", to: stack)
                #expect(answer.hasPrefix("HTTP/1.1 200"))
                #expect(!answer.contains("evil.example"))
                #expect(answer.contains("redirect_uri=http%3A%2F%2F127.0.0.1"))
            }
        }

        /// Sends bytes as they are and gives what came back within two seconds.
        private static func send(_ request: String, to stack: LocalStack) async throws -> String {
            let script =
                "import base64,socket,sys\n"
                + "s=socket.create_connection(('127.0.0.1',int(sys.argv[1])),2)\ns.settimeout(2)\n"
                + "s.sendall(base64.b64decode(sys.argv[2]))\n"
                + "try:\n while (b:=s.recv(65536)): sys.stdout.buffer.write(b)\nexcept OSError: pass\n"
            let log = stack.file("raw-\(UUID().uuidString)")
            let port = String(stack.url.split(separator: ":").last ?? "")
            let child = try ChildProcess(
                "/usr/bin/python3", ["-c", script, port, Data(request.utf8).base64EncodedString()], environment: [:],
                folder: stack.folder, log: log)
            _ = await child.wait()
            return String(decoding: try Data(contentsOf: log), as: UTF8.self)
        }
    }
}

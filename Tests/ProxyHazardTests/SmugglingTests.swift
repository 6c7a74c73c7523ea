import Foundation
import Testing

/// What one reader could take for one request and another for two (RFC 9112 §11.2): refused, and the connection closed.
@Suite("Hazards: request smuggling", .timeLimit(.minutes(1)))
struct SmugglingTests {
    static let smuggled = "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"

    /// Each hazard by its name: the lines after the key's, and what follows the head.
    static let hazards: [(name: String, fields: String, rest: String)] = [
        ("a length and a coding", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", smuggled),
        ("a coding and a length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", smuggled),
        ("two lengths that differ", "Content-Length: 5\r\nContent-Length: 6\r\n", "helloGET / HTTP/1.1\r\n\r\n"),
        ("a list of lengths", "Content-Length: 5, 6\r\n", "hello"),
        ("a length with a sign", "Content-Length: +5\r\n", "hello"),
        ("a negative length", "Content-Length: -5\r\n", "hello"),
        ("a length in hexadecimal", "Content-Length: 0x5\r\n", "hello"),
        ("a length beyond any number", "Content-Length: 99999999999999999999999\r\n", "hello"),
        ("an empty length", "Content-Length: \r\n", "hello"),
        ("a coding that nobody knows", "Transfer-Encoding: xchunked\r\n", smuggled),
        ("chunked, but not last", "Transfer-Encoding: chunked, gzip\r\n", smuggled),
        ("a coding behind a vertical tab", "Transfer-Encoding: \u{0B}chunked\r\n", smuggled),
        ("a space before the colon", "Content-Length : 5\r\n", "hello"),
        ("a tab before the colon", "Transfer-Encoding\t: chunked\r\n", smuggled),
        ("a folded line", "X-A: b\r\n Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
        ("a line that begins with a space", " Transfer-Encoding: chunked\r\n", smuggled),
        ("a bare line feed in the head", "X-A: b\nTransfer-Encoding: chunked\r\n", smuggled),
        ("a bare carriage return in a value", "X-A: b\rTransfer-Encoding: chunked\r\n", smuggled),
        ("a NUL in a value", "X-A: a\0b\r\n", ""),
        ("a NUL in a name", "X\0A: b\r\n", ""),
        ("a field without a name", ": b\r\n", ""),
        ("a line without a colon", "nothing\r\n", ""),
        ("a second host", "Host: evil.example\r\n", ""),
    ]

    @Test("refuses it and sends nothing", arguments: Lane.allCases, hazards.map(\.name))
    func refused(lane: Lane, hazard: String) async throws {
        let hazard = try #require(Self.hazards.first { $0.name == hazard })
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                try await caller.send(
                    "POST /v1/sellers/\(stage.seller)/proxy\(HazardStage.charge) HTTP/1.1\r\n"
                        + "\(stage.fields)\(hazard.fields)\r\n\(hazard.rest)")
                caller.finishSending()
                let answers = try await caller.rest()
                #expect(answers.isEmpty || answers.hasPrefix("HTTP/1.1 400 "), "\(answers)")
                #expect(answers.components(separatedBy: "HTTP/1.1 ").count <= 2, "\(answers)")
            }
            #expect(stage.upstream.received.isEmpty)
        }
    }

    static let lines = [
        "GET /healthz HTTP/1.1\r\n\r\n",
        "GET http://evil.example/proxy/users/me HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET //evil.example/proxy/users/me HTTP/1.1\r\nHost: h\r\n\r\n",
        "CONNECT evil.example:443 HTTP/1.1\r\nHost: h\r\n\r\n", "GET /healthz HTTP/1.1\nHost: h\n\n",
        "GET /healthz HTTP/3.7\r\nHost: h\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{16}\u{03}\u{01}hello\r\n\r\n",
    ]

    @Test("refuses a request line that is none, or names another host", arguments: Lane.allCases, lines)
    func requestLines(lane: Lane, line: String) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                try await caller.send(line)
                caller.finishSending()
                let answers = try await caller.rest()
                #expect(!answers.hasPrefix("HTTP/1.1 2"), "\(answers)")
            }
            #expect(stage.upstream.received.isEmpty)
        }
    }
}

import NIOCore
import Testing

@testable import ProxyHTTP

@Suite("The scanner of answer heads")
struct AnswerHeadTests {
    static func scan(_ bytes: [UInt8], isHead: Bool = false) -> AnswerHead? {
        let bytes = ByteBuffer(bytes: bytes)
        var end = HeadEnd()
        var head = AnswerHead()
        guard case .at(let length) = end.search(bytes.readableBytesUInt8Span) else { return nil }
        return head.scan(bytes.readableBytesUInt8Span, end: length, isHeadRequest: isHead) ? head : nil
    }

    static func scan(_ text: String, isHead: Bool = false) -> AnswerHead? { scan(Array(text.utf8), isHead: isHead) }

    @Test("takes status, fields and length, and leaves what follows alone")
    func plain() throws {
        let text = "HTTP/1.1 201 Created\r\nContent-Length: 12\r\nVia:\r\nA:\t b \tc \t\r\n\r\n"
        let bytes = ByteBuffer(string: text + "HTTP/1.1 200 OK\r\n\r\n")
        let head = try #require(Self.scan(Array(bytes.readableBytesView)))
        let span = bytes.readableBytesUInt8Span
        let fields = head.fields.map { "\(span.text($0.name))=\(span.text($0.value))" }
        #expect(fields == ["Content-Length=12", "Via=", "A=b \tc"])
        #expect(head.status == 201 && head.length == text.utf8.count && head.contentLength == 12 && head.keepsAlive)
    }

    @Test(
        "takes a status line whose end is certain",
        arguments: ["HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1 999 a b\tc", "HTTP/1.0 100 \u{E9}"])
    func lines(line: String) {
        #expect(Self.scan("\(line)\r\nContent-Length: 0\r\n\r\n") != nil)
    }

    @Test(
        "refuses a status line that could be read in two ways",
        arguments: [
            "", "\r\nHTTP/1.1 200 OK", "HTTP/1.1", "HTTP/1.1 20", "HTTP/1.1 099 x", "HTTP/1.1 2000 x", "HTTP/1.1 20x x",
            "HTTP/1.1  200 x", "HTTP/1.1\t200 x", "HTTP/1.1 200\tx", "HTTP/1.2 200 x", "HTTP/2.0 200 x",
            "http/1.1 200 x",
            "HTTP/1.1 200 \u{0}", "HTTP/1.1 200 \u{7F}", "HTTP/1.1 200 a\rb", "ICY 200 OK", " HTTP/1.1 200 OK",
        ])
    func otherLines(line: String) {
        #expect(Self.scan("\(line)\r\nContent-Length: 0\r\n\r\n") == nil)
    }

    @Test(
        "refuses a field that could be read in two ways",
        arguments: [
            ": a", "A", "A : b", " A: b", "\tA: b", "A b: c", "A: b\u{0}", "A: b\rc", "A: b\u{7F}", "\u{E9}: a",
            "A: b\nC: d",
            "A(: b", "Content-Length:", "Content-Length: 07", "Content-Length: +7", "Content-Length: -7",
            "Content-Length: 0x7", "Content-Length: 7, 7", "Content-Length: 7 ", "Content-Length: 7\t",
            "Content-Length: 1000000000000000", "Content-Length: 7\r\nContent-Length: 7",
            "Content-Length: 7\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\ncontent-length: 7",
            "Transfer-Encoding:", "Transfer-Encoding: gzip", "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: chunked ", "Transfer-Encoding: \"chunked\"",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        ])
    func otherFields(lines: String) {
        #expect(Self.scan("HTTP/1.1 200 OK\r\n\(lines)\r\n\r\n") == nil)
        #expect(Self.scan("HTTP/1.1 200 OK\r\n\(lines)\r\n\r\n", isHead: true) == nil)
    }

    @Test("refuses chunks in a version that has none")
    func oldChunks() {
        #expect(Self.scan("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") == nil)
    }

    @Test(
        "finds the end of a body as RFC 9112 does",
        arguments: [
            ("200", "Content-Length: 7", false, AnswerHead.Framing.length(7)),
            ("200", "content-LENGTH:0", false, .length(0)),
            ("200", "Content-Length: 999999999999999", false, .length(999_999_999_999_999)),
            ("200", "Transfer-Encoding: Chunked", false, .chunked), ("200", "A: b", false, .close),
            ("200", "Content-Length: 7", true, .none), ("200", "Transfer-Encoding: chunked", true, .none),
            ("200", "A: b", true, .none), ("204", "A: b", false, .none), ("304", "Content-Length: 7", false, .none),
            ("304", "Transfer-Encoding: chunked", false, .none), ("100", "A: b", false, .none),
            ("103", "Content-Length: 7", false, .none), ("205", "A: b", false, .close),
        ])
    func framing(status: String, line: String, isHead: Bool, framing: AnswerHead.Framing) {
        #expect(Self.scan("HTTP/1.1 \(status) x\r\n\(line)\r\n\r\n", isHead: isHead)?.framing == framing)
    }

    @Test("says how long a body would be where there is none")
    func lengthOfNone() {
        #expect(Self.scan("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", isHead: true)?.contentLength == 7)
        #expect(Self.scan("HTTP/1.1 304 x\r\nContent-Length: 7\r\n\r\n")?.contentLength == 7)
    }

    @Test(
        "keeps a connection for one more answer only where nothing speaks against it",
        arguments: [
            ("HTTP/1.1 200", "Content-Length: 0", true), ("HTTP/1.1 200", "Transfer-Encoding: chunked", true),
            ("HTTP/1.1 204", "A: b", true), ("HTTP/1.1 204", "Content-Length: 0", true),
            ("HTTP/1.1 204", "Content-Length: 1", false), ("HTTP/1.1 204", "Transfer-Encoding: chunked", false),
            ("HTTP/1.1 304", "Content-Length: 7", true), ("HTTP/1.1 200", "A: b", false),
            ("HTTP/1.0 204", "A: b", false), ("HTTP/1.0 204", "Connection: keep-alive", false),
            ("HTTP/1.1 204", "Connection: Keep-Alive", true), ("HTTP/1.1 204", "Connection: close", false),
            ("HTTP/1.1 204", "Connection:", false), ("HTTP/1.1 204", "Connection: keep-alive, x", false),
            ("HTTP/1.1 204", "Connection: close\r\nConnection: keep-alive", false),
            ("HTTP/1.1 204", "Proxy-Connection: close", false), ("HTTP/1.1 204", "Proxy-Connection: keep-alive", true),
            ("HTTP/1.1 204", "Upgrade: h2c", false),
        ])
    func keeping(line: String, fields: String, keeps: Bool) {
        #expect(Self.scan("\(line) x\r\n\(fields)\r\n\r\n")?.keepsAlive == keeps)
    }

    @Test(
        "reads Retry-After in seconds, and nothing else",
        arguments: [
            ("5", 5), ("0", 0), ("999999", 999_999), ("1000000", nil), ("05", nil), ("-5", nil), ("", nil),
            ("5.5", nil),
            ("Thu, 26 Nov 2026 00:00:00 GMT", nil),
        ])
    func retryAfter(value: String, seconds: Int?) throws {
        let head = try #require(Self.scan("HTTP/1.1 429 x\r\nRetry-After: \(value)\r\nContent-Length: 0\r\n\r\n"))
        #expect(head.retryAfter == seconds)
    }

    @Test("lets bytes beyond ASCII pass in a value and in a reason")
    func beyondASCII() {
        let bytes = Array("HTTP/1.1 200 \u{E9}\r\nA: ".utf8) + [0x80, 0xFF] + Array("\r\n\r\n".utf8)
        #expect(Self.scan(bytes)?.fields.count == 1)
    }

    @Test("takes heads up to their longest, and so many fields")
    func limits() {
        func head(padding: Int) -> String { "HTTP/1.1 200 OK\r\nA: \(String(repeating: "x", count: padding))\r\n\r\n" }
        let room = AnswerHead.longest - head(padding: 0).utf8.count
        #expect(Self.scan(head(padding: room)) != nil)
        #expect(Self.scan(head(padding: room + 1)) == nil)
        func fields(_ count: Int) -> String { "HTTP/1.1 200 OK\r\n\(String(repeating: "A: b\r\n", count: count))\r\n" }
        #expect(Self.scan(fields(AnswerHead.mostFields))?.fields.count == AnswerHead.mostFields)
        #expect(Self.scan(fields(AnswerHead.mostFields + 1)) == nil)
    }

    @Test("keeps nothing of the head that was read before")
    func again() {
        var head = AnswerHead()
        let first = ByteBuffer(
            string: "HTTP/1.1 429 x\r\nRetry-After: 5\r\nContent-Length: 7\r\nConnection: close\r\n\r\n")
        let second = ByteBuffer(string: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        let isFirst = head.scan(first.readableBytesUInt8Span, end: first.readableBytes, isHeadRequest: true)
        let isSecond = head.scan(second.readableBytesUInt8Span, end: second.readableBytes, isHeadRequest: false)
        #expect(isFirst && isSecond)
        #expect(head.status == 200 && head.fields.count == 1 && head.framing == .chunked && head.keepsAlive)
        #expect(head.contentLength == nil && head.retryAfter == nil && head.length == second.readableBytes)
    }
}

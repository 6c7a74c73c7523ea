import NIOCore
import Testing

@testable import ProxyHTTP

@Suite("The scanner of request heads")
struct RequestHeadTests {
    static func scan(_ text: String) -> RequestHead? {
        let bytes = ByteBuffer(string: text)
        var end = HeadEnd()
        var head = RequestHead()
        guard case .at(let length) = end.search(bytes.readableBytesUInt8Span) else { return nil }
        return head.scan(bytes.readableBytesUInt8Span, end: length) ? head : nil
    }

    @Test("takes what can be read in one way only")
    func canonical() throws {
        let text =
            "POST /proxy/v1/payments?a=b%20c HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nConnection: close\r\n\r\n"
        let head = try #require(Self.scan(text))
        let bytes = ByteBuffer(string: text)
        let span = bytes.readableBytesUInt8Span
        #expect(span.text(head.method) == "POST")
        #expect(span.text(head.target) == "/proxy/v1/payments?a=b%20c")
        #expect(head.fields.count == 3 && head.bodyLength == 12 && head.closes && head.length == text.utf8.count)
    }

    @Test(
        "leaves to the ordinary lane whatever could be read in two",
        arguments: [
            "GET /proxy/a HTTP/1.0\r\nHost: x\r\n\r\n", "GET /proxy/a HTTP/1.1\r\n\r\n",
            "GET /proxy/a HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", "GET /proxy/a HTTP/1.1\r\nHost: x\nA: b\r\n\r\n",
            "GET /proxy/a HTTP/1.1\r\nHost: x\r\n A: b\r\n\r\n", "GET /proxy/a HTTP/1.1\r\nHost : x\r\n\r\n",
            "GET /proxy/a HTTP/1.1\r\nHost:x\r\n\r\n", "GET /proxy/a HTTP/1.1\r\nHost:  x\r\n\r\n",
            "GET /proxy/a HTTP/1.1\r\nHost: x \r\n\r\n", "GET /proxy/a HTTP/1.1\r\nHost: x\r\nA_B: c\r\n\r\n",
            "GET /proxy/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
            "GET /proxy/a HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n",
            "GET /proxy/a HTTP/1.1\r\nHost: x\r\nTE: trailers\r\n\r\n",
            "GET /proxy/a HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, x\r\n\r\n",
            "GET /proxy/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n",
            "POST /proxy/a HTTP/1.1\r\nHost: x\r\nContent-Length: 03\r\n\r\n",
            "POST /proxy/a HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\n",
            "POST /proxy/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
            "POST /proxy/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n",
            "POST /proxy/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
            "get /proxy/a HTTP/1.1\r\nHost: x\r\n\r\n", "GET  /proxy/a HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /proxy/%61 HTTP/1.1\r\nHost: x\r\n\r\n", "GET /proxy/a#b HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET http://x/proxy/a HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS /proxy/a HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /proxy/a HTTP/1.1\r\nHost: x\r\nA: \u{0}\r\n\r\n", "GET /proxy/a HTTP/1.1\r\nHost: x\r\nA: é\r\n\r\n",
            "\r\nGET /proxy/a HTTP/1.1\r\nHost: x\r\n\r\n",
        ])
    func other(text: String) {
        #expect(Self.scan(text) == nil)
    }

    @Test("finds a head's end however it trickles in")
    func trickle() {
        let bytes = ByteBuffer(string: "GET / HTTP/1.1\r\nHost: x\r\n\r\nrest")
        var end = HeadEnd()
        for count in 1...26 {
            let part = ByteBuffer(bytes: bytes.readableBytesView.prefix(count))
            let found = end.search(part.readableBytesUInt8Span)
            #expect(found == .incomplete, "\(count)")
        }
        let found = end.search(bytes.readableBytesUInt8Span)
        #expect(found == .at(27))
    }
}

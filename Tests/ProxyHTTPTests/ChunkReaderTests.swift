import NIOCore
import Testing

@testable import ProxyHTTP

@Suite("The reader of chunks")
struct ChunkReaderTests {
    static func read(_ text: String) -> String? {
        Chunked.read(Array(text.utf8), parts: [text.utf8.count]).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "hands on the data, and nothing of extensions and trailers",
        arguments: [
            ("0\r\n\r\n", ""), ("3\r\nabc\r\n0\r\n\r\n", "abc"), ("00000003\r\nabc\r\n2\r\nde\r\n00\r\n\r\n", "abcde"),
            ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"), ("A\r\n0\r\n\r\n56789\r\n0\r\n\r\n", "0\r\n\r\n56789"),
            ("3;a\r\nabc\r\n0;b=c\r\n\r\n", "abc"), ("3;a=b;c;d=e\r\nabc\r\n0\r\n\r\n", "abc"),
            ("3\r\nabc\r\n0\r\nA: b\r\nC:\r\nD:\te \r\n\r\n", "abc"),
        ])
    func whole(text: String, data: String) {
        #expect(Self.read(text) == data)
    }

    @Test(
        "breaks off where the end of anything could be read in two ways",
        arguments: [
            "\r\n", "\n", "g\r\n", " 3\r\nabc\r\n", "3 \r\nabc\r\n", "+3\r\nabc\r\n", "0x3\r\nabc\r\n", "-0\r\n\r\n",
            "000000003\r\nabc\r\n", "3\nabc\r\n", "3\r\nabc\nx", "3\r\nabc\rx", "3\r\nabcd\r\n", "3\r\nab\r\n0",
            "3;\r\nabc\r\n", "3;=b\r\nabc\r\n", "3;a=\r\nabc\r\n", "3;a b\r\nabc\r\n", "3; a\r\nabc\r\n",
            "3;a\u{0}\r\nabc\r\n",
            "3;a\rb\r\nabc\r\n", "3;a=\"b\"\r\nabc\r\n", "3,a\r\nabc\r\n", "0\r\nA\r\n\r\n", "0\r\n: b\r\n\r\n",
            "0\r\n A: b\r\n\r\n", "0\r\nA : b\r\n\r\n", "0\r\nA: b\u{0}\r\n\r\n", "0\r\nA: b\rc\r\n\r\n",
            "0\r\nA: b\n\r\n", "0\r\n\n", "0\r\nA: b\u{7F}\r\n\r\n",
        ])
    func broken(text: String) {
        var reader = ChunkReader()
        let bytes = ByteBuffer(string: text)
        var index = 0
        var step = ChunkReader.Step.more(consumed: 0)
        repeat {
            step = reader.next(bytes.readableBytesUInt8Span, from: index)
            if case .data(let range) = step { index = range.upperBound }
        } while index < bytes.readableBytes && step != .broken && step != .more(consumed: index)
        #expect(step == .broken)
    }

    @Test("ends before the next answer's first byte")
    func rest() {
        var reader = ChunkReader()
        let bytes = ByteBuffer(string: "1\r\na\r\n0\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n")
        let first = reader.next(bytes.readableBytesUInt8Span, from: 0)
        #expect(first == .data(3..<4))
        let second = reader.next(bytes.readableBytesUInt8Span, from: 4)
        #expect(second == .end(17))
    }

    @Test("finds the same however the bytes trickle in")
    func trickle() {
        let text = Array("3;a=b\r\nabc\r\n0a\r\n0123456789\r\n0\r\nA: b\r\n\r\n".utf8)
        let data = Array("abc0123456789".utf8)
        #expect(Chunked.read(text, parts: Array(1...text.count)) == data)
        for place in 1..<text.count {
            #expect(Chunked.read(text, parts: [place, text.count]) == data, "\(place)")
        }
    }

    @Test("says how many bytes it is done with, and wants an unfinished line again")
    func more() {
        var reader = ChunkReader()
        var step = reader.next(ByteBuffer(string: "3;a").readableBytesUInt8Span, from: 0)
        #expect(step == .more(consumed: 0))
        step = reader.next(ByteBuffer(string: "3;a\r\nab").readableBytesUInt8Span, from: 0)
        #expect(step == .data(5..<7))
        step = reader.next(ByteBuffer(string: "3;a\r\nab").readableBytesUInt8Span, from: 7)
        #expect(step == .more(consumed: 7))
    }

    @Test("takes lines and trailers up to their longest, whole or not")
    func limits() {
        func size(_ count: Int) -> String { "0;" + String(repeating: "a", count: count - 4) + "\r\n" }
        #expect(Self.read(size(ChunkReader.longestLine) + "\r\n") == "")
        #expect(Self.read(size(ChunkReader.longestLine + 1) + "\r\n") == nil)
        #expect(Self.first("0;" + String(repeating: "a", count: ChunkReader.longestLine - 2)) == .more(consumed: 0))
        #expect(Self.first("0;" + String(repeating: "a", count: ChunkReader.longestLine - 1)) == .broken)
        func trailer(_ count: Int) -> String { "0\r\nA:" + String(repeating: "b", count: count - 6) + "\r\n\r\n" }
        #expect(Self.read(trailer(ChunkReader.longestTrailer)) == "")
        #expect(Self.read(trailer(ChunkReader.longestTrailer + 1)) == nil)
        let pair = "A: b\r\n"
        let many = String(repeating: pair, count: ChunkReader.longestTrailer / pair.utf8.count + 1)
        #expect(Self.first("0\r\n" + many) == .broken)
    }

    private static func first(_ text: String) -> ChunkReader.Step {
        var reader = ChunkReader()
        return reader.next(ByteBuffer(string: text).readableBytesUInt8Span, from: 0)
    }
}

import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import ProxyHTTP

@Suite("The scanner of answers, beside NIO's decoder")
struct AnswerFuzzTests {
    @Test(
        "reads the same status, fields, framing and body, and ends where NIO ends",
        arguments: [RequestFuzzTests.seed, RequestFuzzTests.seed &+ 1])
    func differential(seed: UInt64) throws {
        var strings = AnswerStrings(seed: seed)
        var accepted = 0
        var head = AnswerHead()
        let count = RequestFuzzTests.count / 5
        for number in 0..<count {
            let string = strings.nextHead()
            let isHead = strings.below(10) == 0
            let bytes = ByteBuffer(bytes: string)
            var end = HeadEnd()
            guard case .at(let length) = end.search(bytes.readableBytesUInt8Span),
                head.scan(bytes.readableBytesUInt8Span, end: length, isHeadRequest: isHead), head.status >= 200
            else { continue }
            let body: [UInt8] =
                switch head.framing {
                case .none: []
                case .length(let length): [UInt8](repeating: 0x62, count: min(length, 1 << 12))
                case .chunked: strings.nextChunked()
                case .close: Array("all until the end".utf8)
                }
            var ours = AnswerReading(head, bytes)
            if head.framing == .chunked {
                guard let data = Chunked.read(body, parts: [body.count]) else { continue }
                ours.body = data
            } else {
                ours.body = body
            }
            if case .length(let length) = head.framing, length > 1 << 12 { continue }
            accepted += 1
            let theirs = ReferenceAnswerDecoder.read(
                Array(string.prefix(length)) + body, isHead: isHead, untilClose: head.framing == .close)
            guard ours == theirs else {
                Issue.record(
                    "seed \(seed), string \(number): \(String(decoding: string + body, as: UTF8.self)) \(theirs as Any)"
                )
                return
            }
        }
        print("answers: seed=\(seed) strings=\(count) accepted=\(accepted) differing=0")
        #expect(accepted > count / 5)
    }

    @Test("finds the data of chunks in parts where it finds it in the whole")
    func chunksInParts() {
        var strings = AnswerStrings(seed: RequestFuzzTests.seed)
        var whole = 0
        for number in 0..<50_000 {
            let body = strings.nextChunked()
            let once = Chunked.read(body, parts: [body.count])
            var parts: [Int] = []
            while parts.last ?? 0 < body.count {
                parts.append(min(body.count, (parts.last ?? 0) + 1 + strings.below(30)))
            }
            #expect(Chunked.read(body, parts: parts) == once, "string \(number)")
            if once != nil { whole += 1 }
        }
        #expect(whole > 10_000)
    }
}

/// Reads a chunked body by our reader.
enum Chunked {
    /// The data, where the body is whole and nothing is left behind it; each part ends at one of the offsets.
    static func read(_ body: [UInt8], parts: [Int]) -> [UInt8]? {
        var reader = ChunkReader()
        var data: [UInt8] = []
        var start = 0
        for end in parts {
            let part = ByteBuffer(bytes: body[start..<end])
            let span = part.readableBytesUInt8Span
            var index = 0
            reading: while true {
                switch reader.next(span, from: index) {
                case .data(let range):
                    data += body[start + range.lowerBound..<start + range.upperBound]
                    index = range.upperBound
                case .more(let consumed):
                    start += consumed
                    break reading
                case .end(let end): return start + end == body.count ? data : nil
                case .broken: return nil
                }
            }
        }
        return nil
    }
}

/// An answer as somebody read it.
struct AnswerReading: Equatable {
    var status = 0
    var fields: [String] = []
    var body: [UInt8] = []

    init() {}

    init(_ head: AnswerHead, _ bytes: ByteBuffer) {
        let span = bytes.readableBytesUInt8Span
        status = head.status
        fields = head.fields.map { "\(span.text($0.name)): \(span.text($0.value))" }
    }
}

/// NIO's decoder, one for each answer.
enum ReferenceAnswerDecoder {
    static func read(_ bytes: [UInt8], isHead: Bool, untilClose: Bool) -> AnswerReading? {
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        do {
            let decoder = HTTPResponseDecoder(leftOverBytesStrategy: .fireError)
            try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
            let request = HTTPRequestHead(version: .http1_1, method: isHead ? .HEAD : .GET, uri: "/")
            try channel.writeOutbound(HTTPClientRequestPart.head(request))
            try channel.writeInbound(ByteBuffer(bytes: bytes))
            if untilClose { channel.pipeline.fireChannelInactive() }
            guard case .head(let head)? = try channel.readInbound(as: HTTPClientResponsePart.self) else { return nil }
            var reading = AnswerReading()
            reading.status = Int(head.status.code)
            // RFC 9112 §5.1: white space behind a value is no part of it; NIO leaves it there.
            reading.fields = head.headers.map { name, value in
                "\(name): \(String(value.reversed().drop { $0 == " " || $0 == "\t" }.reversed()))"
            }
            while let part = try channel.readInbound(as: HTTPClientResponsePart.self) {
                switch part {
                case .body(let bytes): reading.body += Array(bytes.readableBytesView)
                case .end: return reading
                case .head: return nil
                }
            }
        } catch {
            return nil
        }
        return nil
    }
}

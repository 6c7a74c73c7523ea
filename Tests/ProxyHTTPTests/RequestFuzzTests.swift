import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import ProxyHTTP

/// Whatever the scanner accepts, NIO's decoder reads alike: the proof that strictness is safe (DESIGN §7).
@Suite("The scanner of request heads, beside NIO's decoder")
struct RequestFuzzTests {
    /// How many strings each of two tasks makes; `make fuzz` asks for more.
    static let count = ProcessInfo.processInfo.environment["ENLACE_FUZZ_COUNT"].flatMap { Int($0) } ?? 500_000
    /// Where the strings begin; a failure prints its own.
    static let seed = ProcessInfo.processInfo.environment["ENLACE_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

    @Test("reads the same method, target, fields and body, and ends where NIO ends", arguments: [seed, seed &+ 1])
    func differential(seed: UInt64) throws {
        var strings = RequestStrings(seed: seed)
        var accepted = 0
        var decoder = ReferenceDecoder()
        var head = RequestHead()
        for number in 0..<Self.count {
            let string = strings.next()
            let bytes = ByteBuffer(bytes: string)
            var end = HeadEnd()
            guard case .at(let length) = end.search(bytes.readableBytesUInt8Span),
                head.scan(bytes.readableBytesUInt8Span, end: length)
            else { continue }
            accepted += 1
            let ours = Reading(head, bytes)
            let theirs = try decoder.read(bytes, length: length, body: head.bodyLength, closes: head.closes)
            guard ours == theirs else {
                Issue.record("seed \(seed), string \(number): \(String(decoding: string, as: UTF8.self))")
                return
            }
        }
        print("requests: seed=\(seed) strings=\(Self.count) accepted=\(accepted) differing=0")
        #expect(accepted > Self.count / 5)
    }

    @Test("finds the end of a head in parts where it finds it in the whole")
    func parts() {
        var strings = RequestStrings(seed: Self.seed)
        for number in 0..<20_000 {
            let string = strings.next() + strings.next()
            let whole = ByteBuffer(bytes: string)
            var once = HeadEnd()
            let expected = once.search(whole.readableBytesUInt8Span)
            var inParts = HeadEnd()
            var found = HeadEnd.Found.incomplete
            var count = 0
            while found == .incomplete, count < string.count {
                count = min(string.count, count + 1 + strings.below(40))
                let part = ByteBuffer(bytes: string.prefix(count))
                found = inParts.search(part.readableBytesUInt8Span)
            }
            #expect(found == expected, "string \(number)")
        }
    }
}

/// A request as somebody read it.
struct Reading: Equatable {
    var method = ""
    var target = ""
    var fields: [String] = []
    var body = 0
    var closes = false

    init() {}

    init(_ head: RequestHead, _ bytes: ByteBuffer) {
        let span = bytes.readableBytesUInt8Span
        method = span.text(head.method)
        target = span.text(head.target)
        fields = head.fields.map { "\(span.text($0.name)): \(span.text($0.value))" }
        body = head.bodyLength
        closes = head.closes
    }
}

/// NIO's decoder, kept over many requests as on one connection.
struct ReferenceDecoder {
    private var channel: EmbeddedChannel?

    /// Reads a head and a body of that length, and behind it another request, which must begin where we say.
    mutating func read(_ bytes: ByteBuffer, length: Int, body: Int, closes: Bool) throws -> Reading? {
        let channel = try self.channel ?? Self.makeChannel()
        self.channel = closes ? nil : channel
        var sent = bytes.getSlice(at: bytes.readerIndex, length: length) ?? ByteBuffer()
        sent.writeRepeatingByte(UInt8(ascii: "b"), count: body)
        if !closes { sent.writeString("GET /next HTTP/1.1\r\nHost: next\r\n\r\n") }
        do { try channel.writeInbound(sent) } catch {
            self.channel = nil
            return nil
        }
        var reading = Reading()
        guard case .head(let head)? = try channel.readInbound(as: HTTPServerRequestPart.self) else { return nil }
        reading.method = head.method.rawValue
        reading.target = head.uri
        reading.fields = head.headers.map { "\($0.name): \($0.value)" }
        reading.closes = !head.isKeepAlive
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .body(let bytes): reading.body += bytes.readableBytes
            case .end(nil):
                if closes { return reading }
                guard case .head(let next)? = try channel.readInbound(as: HTTPServerRequestPart.self),
                    next.uri == "/next", case .end? = try channel.readInbound(as: HTTPServerRequestPart.self)
                else { return nil }
                return reading
            default: return nil
            }
        }
        return nil
    }

    private static func makeChannel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
        return channel
    }
}

import Gateway
import NIOCore
import NIOHTTP1

/// Writes the heads of both directions; nothing passes that an allow-list does not name (SEC C4.5, C4.8).
struct HeadWriter {
    private let allowed: [[UInt8]]
    private let authority: String

    init(headers: HeaderPolicy, authority: String) {
        allowed = headers.responseAllowed.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
        self.authority = authority
    }

    /// Writes a request's head as the policy decided it.
    func write(_ forward: ProxyForward, bodyLength: Int, into bytes: inout ByteBuffer) {
        bytes.writeString(forward.method)
        bytes.writeStaticString(" ")
        bytes.writeString(forward.target)
        bytes.writeStaticString(" HTTP/1.1\r\n")
        for (name, value) in forward.headers {
            bytes.writeString(name)
            bytes.writeStaticString(": ")
            value.reveal { _ = bytes.writeString($0) }
            bytes.writeStaticString("\r\n")
        }
        bytes.writeStaticString("host: ")
        bytes.writeString(authority)
        // RFC 9110 §8.6: a method that means something with a body says so where it is empty, too.
        if bodyLength > 0 || forward.method.utf8.first == UInt8(ascii: "P") {
            bytes.writeStaticString("\r\ncontent-length: ")
            bytes.writeDecimal(bodyLength)
        }
        bytes.writeStaticString("\r\n\r\n")
    }

    /// How an answer's body goes on to the caller.
    enum CallerFraming {
        case none
        case length(Int)
        case chunked
    }

    /// Writes an answer's head: the provider's fields that pass, and the gateway's own.
    func write(
        _ answer: AnswerHead, from input: borrowing Span<UInt8>, _ framing: CallerFraming, requestID: String,
        madeIdempotencyKey: String?, closes: Bool, into bytes: inout ByteBuffer
    ) {
        Self.writeLine(answer.status, into: &bytes)
        for field in answer.fields where isAllowed(input, field.name) {
            // The line ends right behind the value or its white space; both are the caller's to see as they came.
            bytes.writeBytes(input.extracting(field.name.lowerBound..<field.name.upperBound).bytes)
            bytes.writeStaticString(": ")
            bytes.writeBytes(input.extracting(field.value).bytes)
            bytes.writeStaticString("\r\n")
        }
        if let made = madeIdempotencyKey {
            bytes.writeStaticString("X-Idempotency-Key: ")
            bytes.writeString(made)
            bytes.writeStaticString("\r\n")
        }
        bytes.writeStaticString("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n")
        Self.writeEnd(framing, requestID: requestID, closes: closes, into: &bytes)
    }

    /// Writes an answer of the gateway's own, whole.
    static func write(
        _ problem: RenderedProblem, requestID: String, isHead: Bool, closes: Bool, into bytes: inout ByteBuffer
    ) {
        writeLine(problem.status, into: &bytes)
        for (name, value) in problem.headers { bytes.writeString("\(name): \(value)\r\n") }
        bytes.writeStaticString("X-Content-Type-Options: nosniff\r\n")
        writeEnd(.length(problem.body.count), requestID: requestID, closes: closes, into: &bytes)
        if !isHead { bytes.writeBytes(problem.body) }
    }

    private static func writeLine(_ status: Int, into bytes: inout ByteBuffer) {
        if status == 200 {
            bytes.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            bytes.writeString("HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n")
        }
    }

    private static func writeEnd(
        _ framing: CallerFraming, requestID: String, closes: Bool, into bytes: inout ByteBuffer
    ) {
        bytes.writeStaticString("Enlace-Request-Id: ")
        bytes.writeString(requestID)
        switch framing {
        case .none: break
        case .length(let length):
            bytes.writeStaticString("\r\nContent-Length: ")
            bytes.writeDecimal(length)
        case .chunked: bytes.writeStaticString("\r\nTransfer-Encoding: chunked")
        }
        if closes { bytes.writeStaticString("\r\nConnection: close") }
        bytes.writeStaticString("\r\n\r\n")
    }

    private func isAllowed(_ input: borrowing Span<UInt8>, _ name: Range<Int>) -> Bool {
        for wanted in allowed where wanted.count == name.count {
            var isSame = true
            for index in 0..<wanted.count where input[name.lowerBound + index].lowercased != wanted[index] {
                isSame = false
                break
            }
            if isSame { return true }
        }
        return false
    }
}

extension ByteBuffer {
    /// Writes a number's decimal digits without making text of it.
    mutating func writeDecimal(_ number: Int) {
        var digits: InlineArray<20, UInt8> = .init(repeating: 0)
        var first = 20
        var rest = number
        repeat {
            first -= 1
            digits[first] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        for index in first..<20 { writeInteger(digits[index]) }
    }

    /// Writes one chunk of a chunked body (RFC 9112 §7.1).
    mutating func writeChunk(_ data: borrowing Span<UInt8>) {
        writeString(String(data.count, radix: 16))
        writeStaticString("\r\n")
        writeBytes(data.bytes)
        writeStaticString("\r\n")
    }
}

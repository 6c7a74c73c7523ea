import TestSupport

/// Makes byte strings that are answers, or nearly, from a seed.
struct AnswerStrings {
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    private static let statuses = [
        "200 OK", "201 Created", "204 No Content", "304 Not Modified", "404 ", "429", "500 x",
    ]
    private static let lines = [
        "Content-Type: application/json", "Date: Thu, 26 Nov 2026 00:00:00 GMT", "X-Request-Id: 1", "Retry-After: 5",
        "Connection: keep-alive", "Connection: close", "Content-Length: 0", "Content-Length: 7", "Content-Length: 07",
        "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Set-Cookie:a=b", "ETag:  \"x\" ", "Via:",
        "Upgrade: h2c", "X Y: z", " folded", "Content-Length : 7", "Transfer-Encoding: identity",
    ]
    private static let bytes: [UInt8] = [
        0x0D, 0x0A, 0x00, 0x20, 0x09, 0x3A, 0x2C, 0x3B, 0x30, 0x41, 0x66, 0x7F, 0x80, 0xFF, 0x0B, 0x2B, 0x2D,
    ]

    mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    /// A head; most of them are plain.
    mutating func nextHead() -> [UInt8] {
        let plain = below(10) < 6
        let status = Self.statuses[below(Self.statuses.count)]
        var lines = (0..<below(4)).map { _ in Self.lines[below(plain ? 5 : Self.lines.count)] }
        if plain { lines.append(["Content-Length: 7", "Transfer-Encoding: chunked", "Via: x"][below(3)]) }
        var text = Array("HTTP/1.\(below(30) == 0 ? "0" : "1") \(status)\r\n".utf8)
        for line in lines { text += Array("\(line)\r\n".utf8) }
        text += [0x0D, 0x0A]
        if below(10) < 4 { for _ in 0..<1 + below(3) { mutate(&text) } }
        return text
    }

    /// A chunked body with the data that it carries, as long as nothing was changed in it.
    mutating func nextChunked() -> [UInt8] {
        var text: [UInt8] = []
        for _ in 0..<below(4) {
            let size = 1 + below(40)
            let digits = String(size, radix: 16, uppercase: below(2) == 0)
            let zeros = String(repeating: "0", count: below(4) == 0 ? below(4) : 0)
            text += Array("\(zeros)\(digits)\(below(5) == 0 ? ";x=y" : "")\r\n".utf8)
            text += (0..<size).map { _ in UInt8(truncatingIfNeeded: below(256)) } + [0x0D, 0x0A]
        }
        text += Array("0\r\n\(below(5) == 0 ? "Trailer: x\r\n" : "")\r\n".utf8)
        if below(10) < 3 { for _ in 0..<1 + below(2) { mutate(&text) } }
        return text
    }

    private mutating func mutate(_ text: inout [UInt8]) {
        guard !text.isEmpty else { return }
        let place = below(text.count)
        switch below(5) {
        case 0: text[place] = Self.bytes[below(Self.bytes.count)]
        case 1: text.insert(Self.bytes[below(Self.bytes.count)], at: place)
        case 2: text.remove(at: place)
        case 3: text[place] ^= 1 << UInt8(below(8))
        default: text.insert(contentsOf: text[place..<min(text.count, place + 1 + below(20))], at: place)
        }
    }
}

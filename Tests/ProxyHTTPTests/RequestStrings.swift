import NIOCore
import TestSupport

/// Makes byte strings that are requests, or nearly, from a seed.
struct RequestStrings {
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    private static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get", "PRI"]
    private static let targets = [
        "/proxy/users/me", "/v1/sellers/sel_01/proxy/v1/payments/7?a=b&c=%20", "/", "/a//b", "/x?", "*",
        "http://h/proxy/a", "/proxy/%2e%2e/a", "/a;b", "/a#b",
    ]
    private static let lines = [
        "Accept: */*", "Accept: application/json", "Authorization: Bearer enl_live_x", "User-Agent: till/1.0 (x; y)",
        "Connection: keep-alive", "Connection: close", "Connection: Upgrade", "Content-Type: application/json",
        "X-Idempotency-Key: 1", "Transfer-Encoding: chunked", "Expect: 100-continue", "Upgrade: h2c", "TE: trailers",
        "Content-Length: 5", "Content-Length: 0", "Content-Length: 05", "Content-Length: +5", "Host: y",
        "X_Y: z", "Cookie: a=b", "Keep-Alive: 5", "x:y", "X: ", "X:", ": x", "X : y", "X:  y", "X: y ",
    ]
    private static let bytes: [UInt8] = [
        0x0D, 0x0A, 0x00, 0x20, 0x09, 0x3A, 0x2C, 0x3B, 0x2F, 0x2E, 0x25, 0x41, 0x7F, 0x80, 0xFF, 0x30, 0x0B, 0x2B,
    ]

    mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    /// A head, and as much body as it seems to want.
    mutating func next() -> [UInt8] {
        let plain = below(10) < 6
        let method = Self.methods[below(plain ? 6 : Self.methods.count)]
        let target = Self.targets[below(plain ? 3 : Self.targets.count)]
        let lineCount = plain ? 10 : Self.lines.count
        var lines = (0..<below(5)).map { _ in Self.lines[[0, 1, 2, 3, 7, 8, 4, 5, 13, 14][below(10)]] }
        if !plain { lines = (0..<below(5)).map { _ in Self.lines[below(lineCount)] } }
        if below(20) > 0 { lines.insert("Host: x", at: below(lines.count + 1)) }
        if plain {
            // One of each at most, and a length only where a body may be.
            var seen: Set<Substring> = []
            lines = lines.filter { seen.insert($0.prefix { $0 != ":" }).inserted }
            if !method.hasPrefix("P") { lines.removeAll { $0 == "Content-Length: 5" } }
        }
        var text = Array("\(method) \(target) HTTP/1.1\r\n".utf8)
        for line in lines { text += Array("\(line)\r\n".utf8) }
        text += [0x0D, 0x0A]
        if below(10) < 4 { for _ in 0..<1 + below(3) { mutate(&text) } }
        return text
    }

    private mutating func mutate(_ text: inout [UInt8]) {
        guard !text.isEmpty else { return }
        let place = below(text.count)
        switch below(6) {
        case 0: text[place] = Self.bytes[below(Self.bytes.count)]
        case 1: text.insert(Self.bytes[below(Self.bytes.count)], at: place)
        case 2: text.remove(at: place)
        case 3: text[place] ^= 1 << UInt8(below(8))
        case 4: text.insert(contentsOf: text[place..<min(text.count, place + 1 + below(20))], at: place)
        default: text.removeSubrange(place..<min(text.count, place + 1 + below(20)))
        }
    }
}

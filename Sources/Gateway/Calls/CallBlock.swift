/// Calls that began within one second, packed into one row: about thirty bytes a call.
///
/// Numbers are LEB128: seven bits a byte, the lowest first. What many calls share is written once.
public struct CallBlock: Hashable, Sendable {
    /// Most calls of a block (DESIGN §7).
    static let most = 1_000

    /// The second in which all of its calls began, since 1970 UTC.
    public let second: Int64
    /// Whose calls are in it, each once.
    public let sellers: [SellerID]
    /// The calls, packed.
    public let bytes: [UInt8]

    /// Takes a block as it was stored.
    public init(second: Int64, sellers: [SellerID], bytes: [UInt8]) {
        self.second = second
        self.sellers = sellers
        self.bytes = bytes
    }

    /// Packs calls into as few blocks as there may be; one seller's calls of a second lie together.
    static func pack(_ calls: [CallRecord]) -> [CallBlock] {
        let sorted = calls.sorted { ($0.startedAt.second, $0.seller) < ($1.startedAt.second, $1.seller) }
        var blocks: [CallBlock] = []
        var rest = sorted[...]
        while let first = rest.first {
            let block = rest.prefix(most).prefix { $0.startedAt.second == first.startedAt.second }
            blocks.append(CallBlock(block, second: first.startedAt.second))
            rest = rest.dropFirst(block.count)
        }
        return blocks
    }

    private init(_ calls: ArraySlice<CallRecord>, second: Int64) {
        var sellers: [SellerID] = []
        var keys = Numbering<APIKeyID>()
        var routes = Numbering<Route>()
        var packed = Packing()
        for call in calls {
            if sellers.last != call.seller { sellers.append(call.seller) }
            packed.add(call.id.ulid.bytes)
            packed.add(sellers.count - 1)
            packed.add(keys.number(of: call.key))
            packed.add(routes.number(of: Route(method: call.method, pattern: call.route)))
            packed.add(Int(call.startedAt.milliseconds - second * 1000))
            packed.add(call.status)
            packed.add(call.microseconds)
            packed.add(call.requestBytes)
            packed.add(call.responseBytes)
        }
        var head = Packing()
        head.add(keys.values.count)
        for key in keys.values { head.add(key.ulid.bytes) }
        head.add(routes.values.count)
        for route in routes.values {
            head.add(text: route.method)
            head.add(text: route.pattern)
        }
        head.add(calls.count)
        self.init(second: second, sellers: sellers, bytes: head.bytes + packed.bytes)
    }

    /// The calls in it, in the order in which they were packed; `nil` where the bytes are not those of a block.
    func calls() -> [CallRecord]? {
        var packed = Unpacking(bytes)
        guard let keyCount = packed.number() else { return nil }
        var keys: [APIKeyID] = []
        for _ in 0..<keyCount {
            guard let ulid = packed.ulid() else { return nil }
            keys.append(APIKeyID(ulid))
        }
        guard let routeCount = packed.number() else { return nil }
        var routes: [Route] = []
        for _ in 0..<routeCount {
            guard let method = packed.text(), let pattern = packed.text() else { return nil }
            routes.append(Route(method: method, pattern: pattern))
        }
        guard let count = packed.number() else { return nil }
        var calls: [CallRecord] = []
        for _ in 0..<count {
            guard let id = packed.ulid(), let seller = packed.number(), seller < sellers.count,
                let key = packed.number(), key < keys.count, let route = packed.number(), route < routes.count,
                let offset = packed.number(), let status = packed.number(), let microseconds = packed.number(),
                let requestBytes = packed.number(), let responseBytes = packed.number()
            else { return nil }
            calls.append(
                CallRecord(
                    id: CallID(id), startedAt: Timestamp(milliseconds: second * 1000 + Int64(offset)),
                    seller: sellers[seller], key: keys[key], method: routes[route].method,
                    route: routes[route].pattern, status: status, microseconds: microseconds,
                    requestBytes: requestBytes, responseBytes: responseBytes))
        }
        return packed.isAtEnd ? calls : nil
    }

    private struct Route: Hashable {
        let method: String
        let pattern: String
    }
}

extension Timestamp {
    /// Whole seconds since 1970 UTC, rounded down.
    var second: Int64 { milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000 }
}

extension ULID {
    /// The second in which it was made.
    var second: Int64 { Int64(bytes.prefix(6).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) / 1000 }
}

/// Gives each value that comes a number, the first 0.
private struct Numbering<Value: Hashable> {
    private(set) var values: [Value] = []
    private var numbers: [Value: Int] = [:]

    mutating func number(of value: Value) -> Int {
        if let known = numbers[value] { return known }
        numbers[value] = values.count
        values.append(value)
        return values.count - 1
    }
}

private struct Packing {
    private(set) var bytes: [UInt8] = []

    /// A number; what is negative is written as 0.
    mutating func add(_ number: Int) {
        var rest = UInt64(max(number, 0))
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func add(_ ulid: [UInt8]) { bytes += ulid }

    mutating func add(text: String) {
        add(text.utf8.count)
        bytes += Array(text.utf8)
    }
}

private struct Unpacking {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number() -> Int? {
        var number: UInt64 = 0
        // Nine times seven bits are all that an Int has but its sign.
        for shift in 0..<9 {
            guard let byte = rest.popFirst() else { return nil }
            number |= UInt64(byte & 0x7F) << UInt64(shift * 7)
            if byte < 0x80 { return Int(number) }
        }
        return nil
    }

    mutating func ulid() -> ULID? {
        guard let ulid = ULID(bytes: rest.prefix(16)) else { return nil }
        rest = rest.dropFirst(16)
        return ulid
    }

    mutating func text() -> String? {
        guard let count = number(), count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return String(validating: rest.prefix(count), as: UTF8.self)
    }
}

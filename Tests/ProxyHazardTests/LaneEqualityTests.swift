import Foundation
import Synchronization
import TestSupport
import Testing

/// The other half of the proof that two lanes are one policy: what one answers and sends, the other does (DESIGN §7).
@Suite("Both lanes", .timeLimit(.minutes(2)))
struct LaneEqualityTests {
    /// How many requests are made.
    private static let count = 400

    @Test("answer alike and send alike, for requests and answers made from a seed", arguments: [1, 2])
    func equality(seed: UInt64) async throws {
        let cases = (0..<Self.count).map { Case(number: $0, SeededRandom(seed: seed &* 1000 &+ UInt64($0))) }
        let fast = try await Self.run(.fast, cases)
        let ordinary = try await Self.run(.ordinary, cases)
        var sent = 0
        for (number, (one, other)) in zip(fast, ordinary).enumerated() {
            #expect(one == other, "seed \(seed), request \(number): \(cases[number].head)")
            sent += one.received.isEmpty ? 0 : 1
        }
        // Neither all refused nor all let through, or else the test shows nothing.
        #expect(sent > Self.count / 3 && sent < Self.count)
    }

    /// What came of one request: the caller's answer and all that the provider got, spelled in one way.
    private struct Outcome: Equatable {
        var status: Int?
        var fields: [String] = []
        var body = ""
        var received: [String] = []
    }

    private static func run(_ lane: Lane, _ cases: [Case]) async throws -> [Outcome] {
        let outcomes = Mutex<[Outcome]>([])
        try await HazardStage.run(
            lane,
            Script { conversation in
                while let request = try await conversation.request() {
                    guard let number = number(in: request) else { return }
                    try await conversation.write(cases[number].answer)
                    if cases[number].closes { return }
                }
            }
        ) { stage in
            for one in cases {
                let before = stage.upstream.received.count
                var outcome = Outcome()
                try await stage.call { caller in
                    try await caller.send(one.text(for: stage))
                    caller.finishSending()
                    let answer = try await caller.answer(toHead: one.isHead)
                    outcome.status = answer?.status
                    outcome.body = stage.normal(answer?.body ?? "")
                    outcome.fields = (answer?.fields ?? []).filter { !Self.differs($0) }.sorted()
                }
                outcome.received = stage.upstream.received.dropFirst(before).map { stage.normal(spelled($0)) }
                outcomes.withLock { $0.append(outcome) }
            }
        }
        return outcomes.withLock { $0 }
    }

    /// What two answers to one request may differ in: their names and times, and how their ends are found.
    private static func differs(_ field: String) -> Bool {
        ["enlace-request-id:", "date:", "connection:", "transfer-encoding:", "content-length:", "keep-alive:"]
            .contains { field.hasPrefix($0) }
    }

    private static func number(in request: String) -> Int? {
        guard let mark = request.range(of: "case=") else { return nil }
        return Int(request[mark.upperBound...].prefix { $0.isNumber })
    }

    /// A request with its field names in lower case and in order: nobody may give them a meaning.
    private static func spelled(_ request: String) -> String {
        let parts = request.components(separatedBy: "\r\n\r\n")
        let lines = parts[0].components(separatedBy: "\r\n")
        let fields = lines.dropFirst().map { line in
            let name = line.prefix { $0 != ":" }
            return name.lowercased() + line.dropFirst(name.count)
        }
        let kept = fields.filter { $0 != "content-length: 0" && !$0.hasPrefix("connection:") }
        return ([lines[0]] + kept.sorted()).joined(separator: "\n") + "\n\n" + parts.dropFirst().joined(separator: "\n")
    }
}

/// A request and the provider's answer to it, drawn by chance.
private struct Case: Sendable {
    let head: String
    let answer: String
    let isHead: Bool
    /// Whether the provider closes behind the answer.
    let closes: Bool
    private let method: String
    private let target: String
    private let fields: [String]
    private let body: String
    private let isCanonical: Bool

    init(number: Int, _ random: SeededRandom) {
        func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
        func chance(_ percent: UInt64) -> Bool { random.next() % 100 < percent }
        // Most of them to what is allowed, the others to whatever else there may be.
        let allowed = [
            ("GET", "/users/me"), ("HEAD", "/users/me"), ("GET", "/v1/orders/search"), ("GET", "/v1/orders/ORD01JX"),
            ("POST", "/v1/orders"), ("POST", "/v1/orders"), ("POST", HazardStage.charge), ("POST", HazardStage.charge),
            ("GET", "/users/42/stores/search"),
        ]
        let others = [
            "/users/43/stores/search", "/v1/orders/O_1/events", "/v1/nothing", "/users//me", "/users/./me",
            "/oauth/token", "/v1/orders;x", "/users/me",
        ]
        let path: String
        if chance(75) {
            (method, path) = allowed[Int(random.next() % UInt64(allowed.count))]
        } else {
            (method, path) = (pick(["GET", "HEAD", "POST", "PUT", "DELETE"]), pick(others))
        }
        let query = pick(["", "", "", "&a=b%20c", "&access_token=x", "&q=%2e%2e/", "&z=\"<>"])
        target = "\(path)?case=\(number)\(query)"
        var fields: [String] = []
        for field in [
            "Accept: application/json", "User-Agent: till/1.0", "Cookie: a=b", "X-Forwarded-For: 1.2.3.4",
            "Accept-Encoding: gzip", "X-Idempotency-Key: k\(number)", "X-Idempotency-Key: ", "Connection: keep-alive",
            "Connection: accept", "X_Odd: 1", "X-Http-Method: PUT", "Accept: text/plain",
        ] where chance(7) { fields.append(field) }
        let isWrite = method == "POST" || method == "PUT"
        let long = pick([0, 1, 17, 190, 4_000, 70_000])
        body = isWrite ? String(repeating: "x", count: long) : ""
        isCanonical = chance(80)
        if isWrite { fields.append("Content-Type: application/json") }
        self.fields = fields
        isHead = method == "HEAD"
        head = "\(method) \(target) \(fields)"
        (answer, closes) = Self.answer(number, isHead: isHead, pick, chance)
    }

    private static func answer(
        _ number: Int, isHead: Bool, _ pick: ([Int]) -> Int, _ chance: (UInt64) -> Bool
    ) -> (String, Bool) {
        let status = pick([200, 200, 200, 201, 204, 304, 400, 401, 403, 404, 409, 422, 500, 503, 302])
        var head = "HTTP/1.1 \(status) Said\r\nContent-Type: application/json\r\nX-Secret: s\r\n"
        if chance(30) { head += "ETag: \"\(number)\"\r\n" }
        if chance(10) { head = "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + head }
        let body = String(repeating: "{\"n\":\(number)}", count: pick([0, 1, 30, 9_000]))
        if status == 204 || status == 304 { return (head + "\r\n", false) }
        switch pick([0, 0, 1, 2]) {
        case 0: return (head + "Content-Length: \(body.utf8.count)\r\n\r\n" + (isHead ? "" : body), false)
        case 1:
            head += "Transfer-Encoding: chunked\r\n\r\n"
            if isHead { return (head, false) }
            let size = String(body.utf8.count, radix: 16)
            return (head + (body.isEmpty ? "" : "\(size);x=y\r\n\(body)\r\n") + "0\r\nX-Trailer: t\r\n\r\n", false)
        default: return (head + "Connection: close\r\n\r\n" + (isHead ? "" : body), true)
        }
    }

    func text(for stage: HazardStage) -> String {
        let line = "\(method) /v1/sellers/\(stage.seller)/proxy\(target) HTTP/1.1\r\n"
        // A field that both lanes drop, spelled so that no head with it is canonical.
        let odd = isCanonical ? "" : "X-Odd:  spaced \r\n"
        let framing =
            body.isEmpty && method != "POST" && method != "PUT" ? "" : "Content-Length: \(body.utf8.count)\r\n"
        return line + stage.fields + fields.map { $0 + "\r\n" }.joined() + odd + framing + "\r\n" + body
    }
}

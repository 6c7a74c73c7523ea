import Foundation

/// What wrk says of one run.
struct WrkResult: Equatable, Sendable {
    /// Answers a second, over the whole run.
    let requestsPerSecond: Double
    /// All answers.
    let requests: Int
    /// Half of the answers took no longer, in milliseconds.
    let median: Double
    /// 99 of 100 answers took no longer, in milliseconds.
    let p99: Double
    /// Calls without an answer, and answers that were no success.
    let failures: Int

    /// Reads wrk's output with `--latency`; one that lacks a number gives `nil`.
    init?(_ output: String) {
        var rate: Double?
        var requests: Int?
        var latencies: [Substring: Double] = [:]
        var failures = 0
        for line in output.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count == 2, words[0] == "Requests/sec:" {
                rate = Double(words[1])
            } else if words.count == 2, words[0].hasSuffix("%") {
                latencies[words[0]] = Self.milliseconds(words[1])
            } else if words.count > 2, words[1] == "requests", words[2] == "in" {
                requests = Int(words[0])
            } else if line.contains("Socket errors:") || line.contains("Non-2xx or 3xx responses:") {
                failures += line.split(whereSeparator: { !$0.isNumber && !$0.isLetter && $0 != "-" })
                    .reduce(0) { $0 + (Int($1) ?? 0) }
            }
        }
        guard let rate, let requests, let median = latencies["50%"], let p99 = latencies["99%"] else { return nil }
        requestsPerSecond = rate
        self.requests = requests
        self.median = median
        self.p99 = p99
        self.failures = failures
    }

    private static let units: [(name: String, milliseconds: Double)] = [
        ("us", 0.001), ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000),
    ]

    /// A duration as wrk writes it: `812.00us`, `1.58ms`, `2.01s`, `1.10m`.
    private static func milliseconds(_ text: Substring) -> Double? {
        let number = text.prefix { $0.isNumber || $0 == "." }
        let unit = text[number.endIndex...]
        guard let value = Double(number), let factor = units.first(where: { $0.name == unit }) else { return nil }
        return value * factor.milliseconds
    }
}

/// How hard wrk loads, and with what.
struct WrkLoad: Sendable {
    let url: String
    let connections: Int
    let seconds: Int
    /// Sent with each call.
    let headers: [String: String]
    /// A Lua file that makes the calls.
    let script: URL?

    /// Runs wrk and keeps what it says in a file.
    func run(keeping output: URL) async throws -> WrkResult {
        // One thread has nothing to share with another.
        var arguments = ["--latency", "-t\(connections == 1 ? 1 : 2)", "-c\(connections)", "-d\(seconds)s"]
        arguments += ["--timeout", "10s"]
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { arguments += ["-H", "\(name): \(value)"] }
        if let script { arguments += ["-s", script.path()] }
        let (folder, log) = (output.deletingLastPathComponent(), output.lastPathComponent)
        try await Program.run(try Tools.find("wrk"), arguments + [url], in: folder, log: log)
        guard let result = WrkResult(try String(contentsOf: output, encoding: .utf8)) else {
            throw BenchmarkFailure("wrk's output can't be read: \(output.path()).")
        }
        return result
    }
}

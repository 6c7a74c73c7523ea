import Foundation

/// Shows on standard error how far re-wrapping has come: a bar at a terminal, elsewhere a line at each tenth.
struct RewrapProgress {
    /// How often the gateway is asked.
    static let interval = Duration.seconds(1)
    /// It is asked less often where counting takes long, so that this is a hundredth of what it does, but so often.
    static let longestInterval = Duration.seconds(10)
    private static let width = 30

    /// Asks until everything is wrapped by the current key, and gives the last answer.
    ///
    /// - Throws: ``UnreachableGateway`` when the gateway goes away; re-wrapping goes on at its next start.
    func watch(_ api: APIClient, from first: JSONValue) async throws -> JSONValue {
        var status = first
        var shown = -1
        var rest = Self.interval
        while true {
            let total = status["rewrap"]?["total"]?.int ?? 0
            let done = status["rewrap"]?["done"]?.int ?? 0
            shown = show(done, of: total, last: shown)
            guard done < total else { return status }
            try await Task.sleep(for: rest)
            let start = ContinuousClock.now
            status = try await api.get("/v1/keyring")
            rest = min(max(Self.interval, (ContinuousClock.now - start) * 100), Self.longestInterval)
        }
    }

    private func show(_ done: Int, of total: Int, last: Int) -> Int {
        let isTerminal = isatty(STDERR_FILENO) == 1
        let percent = total == 0 ? 100 : done * 100 / total
        let line = Self.line(done, of: total)
        if isTerminal {
            FileHandle.standardError.write(Data("\r\(line)\(done < total ? "" : "\n")".utf8))
        } else if last < 0 || percent / 10 > last / 10 {
            Output.tell(line)
        }
        return percent
    }

    /// `[###...] 42 % 420 of 1000 data keys`.
    static func line(_ done: Int, of total: Int) -> String {
        let filled = total == 0 ? width : done * width / total
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        return "[\(bar)] \(total == 0 ? 100 : done * 100 / total) % \(done) of \(total) data keys"
    }
}

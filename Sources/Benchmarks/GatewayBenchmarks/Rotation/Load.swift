import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Calls at a steady rate, whatever the answers do, so that a slow answer hides no other one.
struct Load: Sendable {
    /// Calls a second; well below what two cores can do, so that what is measured is latency and no queue.
    static let rate = 200

    let http: HTTPClient
    /// What is called, in turn.
    let paths: [String]
    let key: String

    /// Calls while `isOn` says so, and gives each call's duration in milliseconds.
    ///
    /// - Throws: ``BenchmarkFailure`` when a call fails: a rotation must not be noticed by anybody.
    func run(while isOn: @Sendable () -> Bool) async throws -> [Double] {
        let start = ContinuousClock.now
        return try await withThrowingTaskGroup(of: Double.self) { group in
            var number = 0
            while isOn() {
                let due = start + .microseconds(number * 1_000_000 / Self.rate)
                if due > .now { try await Task.sleep(until: due, tolerance: .microseconds(100), clock: .continuous) }
                let path = paths[number % paths.count]
                group.addTask { try await call(path) }
                number += 1
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// The same for a fixed time.
    func run(for time: Duration) async throws -> [Double] {
        let end = ContinuousClock.now + time
        return try await run { ContinuousClock.now < end }
    }

    private func call(_ path: String) async throws -> Double {
        var request = HTTPClientRequest(url: path)
        request.headers.add(name: "authorization", value: "Bearer \(key)")
        let start = ContinuousClock.now
        let response = try await http.execute(request, timeout: .seconds(30))
        _ = try await response.body.collect(upTo: 1 << 20)
        guard response.status == .ok else { throw BenchmarkFailure("A call answered \(response.status.code).") }
        return (ContinuousClock.now - start) / .milliseconds(1)
    }
}

import Foundation

/// One way of loading, and the systems that it is done to.
struct ProxyScenario: Sendable {
    /// One system under one load.
    struct Candidate: Sendable {
        /// The system's name in the report.
        let system: String
        /// What is watched while it is loaded.
        let program: Program
        /// What is called.
        let url: String
        /// Scripts that make the calls, in turn: each round has one to warm up with and one that is measured.
        var scripts: [URL] = []
        /// Sent with each call.
        var headers: [String: String] = [:]
    }

    /// Its name in the report.
    let name: String
    /// What it is, for people.
    let title: String
    let connections: Int
    let candidates: [Candidate]

    /// Loads each candidate once and keeps wrk's output; every other round goes through them backwards.
    func run(round: Int, seconds: Int, keepingIn folder: URL) async throws -> [ProxyMeasurement] {
        var measured: [ProxyMeasurement] = []
        for candidate in round.isMultiple(of: 2) ? candidates : candidates.reversed() {
            // What was not called for a while fills its pools again, and its caches, which takes longer.
            if seconds > 1 {
                let warming = candidate.scripts.count > 1 ? seconds : 1
                _ = try await load(candidate, run: 2 * round, seconds: warming).run(
                    keeping: folder.appending(path: "\(name)-\(candidate.system)-\(round + 1)-warming.txt"))
            }
            let before = candidate.program.tree
            let result = try await load(candidate, run: 2 * round + 1, seconds: seconds).run(
                keeping: folder.appending(path: "\(name)-\(candidate.system)-\(round + 1).txt"))
            let after = candidate.program.tree
            let measurement = ProxyMeasurement(
                scenario: name, system: candidate.system, result: result,
                processorSeconds: after.processorSeconds - before.processorSeconds, memory: after.memory)
            tell(
                "  \(name) \(candidate.system): \(result.requestsPerSecond.text(0)) a second, p50 "
                    + "\(result.median.text(2)) ms, p99 \(result.p99.text(2)) ms, \(measurement.memory.text(0)) MiB"
                    + (result.failures > 0 ? ", \(result.failures) failures" : ""))
            measured.append(measurement)
        }
        return measured
    }

    private func load(_ candidate: Candidate, run: Int, seconds: Int) -> WrkLoad {
        WrkLoad(
            url: candidate.url, connections: connections, seconds: seconds, headers: candidate.headers,
            script: candidate.scripts.isEmpty ? nil : candidate.scripts[run % candidate.scripts.count])
    }
}

/// What one run told of one system.
struct ProxyMeasurement: Sendable {
    let scenario: String
    let system: String
    let result: WrkResult
    /// Processor time of the system alone: not of the load, and not of the upstream.
    let processorSeconds: Double
    /// Resident memory of all its processes right after the run, in MiB.
    let memory: Double

    /// Processor seconds for a thousand calls.
    var processorSecondsPerThousand: Double {
        result.requests == 0 ? 0 : processorSeconds * 1000 / Double(result.requests)
    }
}

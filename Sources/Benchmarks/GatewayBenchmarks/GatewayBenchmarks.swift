import Foundation

/// What `make bench` runs: measures the gateway that was built beside it, and writes a report.
///
/// `SELLERS` (default 1,000,000) is how many sellers there are, `ROUNDS` (default 3) how often each thing is measured.
@main
struct GatewayBenchmarks {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        let sellers = try number("SELLERS", in: environment, default: 1_000_000)
        let rounds = try number("ROUNDS", in: environment, default: 3)
        let folder = URL(filePath: environment["BENCH_FOLDER"] ?? ".build/bench").absoluteURL
        let scene = folder.appending(path: "scene")
        try? FileManager.default.removeItem(at: scene)
        try FileManager.default.createDirectory(
            at: scene, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let report = try await RotationBenchmark(sellers: sellers, rounds: rounds, folder: scene).run()
        try FileManager.default.removeItem(at: scene)
        try report.json.write(to: folder.appending(path: "report.json"))
        try Data(report.markdown.utf8).write(to: folder.appending(path: "report.md"))
        print(report.markdown)
        print("Written to \(folder.appending(path: "report.json").path()) and report.md.")
    }

    private static func number(
        _ name: String, in environment: [String: String], default usual: Int
    ) throws -> Int {
        guard let text = environment[name], !text.isEmpty else { return usual }
        guard let number = Int(text), number > 0 else { throw BenchmarkFailure("\(name) must be a number above 0.") }
        return number
    }
}

/// Why there is nothing to report.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Tells how far the run has come.
func tell(_ line: String) {
    FileHandle.standardError.write(Data("\(line)\n".utf8))
}

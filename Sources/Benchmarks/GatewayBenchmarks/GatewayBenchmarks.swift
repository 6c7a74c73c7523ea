import Foundation

/// What `make bench` runs: measures the gateway that was built beside it, and writes a report.
///
/// Arguments name the parts, all but the soak where there is none; ``BenchmarkOptions`` says what the environment sets.
@main
struct GatewayBenchmarks {
    /// One kind of measurement.
    private enum Part: String, CaseIterable {
        case proxy, delivery, rotation, parts, soak
    }

    static func main() async {
        do { try await run() } catch {
            tell("\(error)")
            exit(1)
        }
    }

    private static func run() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == BareRoute.argument { return try await BareRoute(arguments.dropFirst()).run() }
        let parts = try arguments.map { name in
            guard let part = Part(rawValue: name) else {
                throw BenchmarkFailure("There is no part \(name): name proxy, delivery, rotation, parts or soak.")
            }
            return part
        }
        let options = try BenchmarkOptions(ProcessInfo.processInfo.environment)
        var report = BenchmarkReport(folder: options.folder)
        for part in parts.isEmpty ? [.proxy, .delivery, .rotation, .parts] : parts {
            let section = try await measure(part, options)
            try report.keep(section, of: part.rawValue)
            print(section.markdown)
            if let soak = section as? SoakReport, !soak.faults.isEmpty {
                throw BenchmarkFailure("The soak is not as promised: \(soak.faults.joined(separator: "; ")).")
            }
        }
        print("Written to \(report.file.path()) and report.md beside it.")
    }

    private static func measure(_ part: Part, _ options: BenchmarkOptions) async throws -> any ReportSection {
        let scene = options.folder.appending(path: "scene")
        try? FileManager.default.removeItem(at: scene)
        try FileManager.default.createDirectory(
            at: scene, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let section: any ReportSection =
            switch part {
            case .proxy: try await ProxyBenchmark(options: options, scene: scene).run()
            case .delivery: try await DeliveryBenchmark(options: options, scene: scene).run()
            case .rotation:
                try await RotationBenchmark(sellers: options.sellers, rounds: options.rounds, folder: scene).run()
            case .parts: try await PartsBenchmark(rounds: options.rounds, scene: scene).run()
            case .soak:
                try await Soak(
                    seconds: options.soakSeconds, scene: scene, kept: options.folder.appending(path: "soak")
                ).run()
            }
        // It holds a keyring; what is worth keeping lies beside it.
        try FileManager.default.removeItem(at: scene)
        return section
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

import Foundation
import Synchronization

/// A program that runs beside this one; what it says goes to a file.
final class Program: Sendable {
    /// Its process id.
    let id: Int32
    private let process: Mutex<Process>

    /// The `enlace` that is measured: `ENLACE_PROGRAM`, else the one that was built beside this program.
    static var enlace: URL {
        if let path = ProcessInfo.processInfo.environment["ENLACE_PROGRAM"], !path.isEmpty {
            return URL(filePath: path).absoluteURL
        }
        return itself.deletingLastPathComponent().appending(path: "enlace")
    }

    /// This program's own file.
    static var itself: URL { URL(filePath: CommandLine.arguments[0]).absoluteURL }

    /// Starts a program; of the environment it gets no `ENLACE_` variable.
    ///
    /// - Parameters:
    ///   - executable: Its file.
    ///   - arguments: What it is told.
    ///   - environment: What is added to its environment.
    ///   - folder: Where it works.
    ///   - log: Name of the file in that folder that its output is added to.
    /// - Throws: why it can't be started.
    init(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:], in folder: URL,
        log: String
    ) throws {
        let file = folder.appending(path: log)
        if !FileManager.default.fileExists(atPath: file.path()) {
            _ = FileManager.default.createFile(atPath: file.path(), contents: nil)
        }
        let output = try FileHandle(forWritingTo: file)
        try output.seekToEnd()
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ENLACE_") }
            .merging(environment) { $1 }
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        id = process.processIdentifier
        self.process = Mutex(process)
    }

    /// Runs a program to its end, which must be a good one.
    ///
    /// - Throws: ``BenchmarkFailure`` naming the file that says why it failed.
    static func run(_ executable: URL, _ arguments: [String], in folder: URL, log: String) async throws {
        guard try await Program(executable, arguments, in: folder, log: log).end() == 0 else {
            throw BenchmarkFailure("\(executable.lastPathComponent) failed: see \(folder.appending(path: log).path()).")
        }
    }

    /// Whether it still runs.
    var isRunning: Bool { process.withLock { $0.isRunning } }

    /// Waits for its end and gives its status.
    func end() async throws -> Int32 {
        while isRunning { try await Task.sleep(for: .milliseconds(20)) }
        return process.withLock { $0.terminationStatus }
    }

    /// Asks it to stop and waits until it has; after ten seconds it is made to.
    func stop() async throws {
        let end = ContinuousClock.now + .seconds(10)
        if isRunning { kill(id, SIGTERM) }
        while isRunning {
            if ContinuousClock.now > end { kill(id, SIGKILL) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// What the kernel says of its memory in MiB: `VmRSS` now, `VmHWM` at most so far.
    func memory(_ name: String) -> Double { ProcessTree.memory(of: id, name) }

    /// The seconds of processor time that it has used so far.
    var processorSeconds: Double { ProcessTree.processorSeconds(of: id) }

    /// The same with its children's.
    var tree: ProcessTree { ProcessTree(root: id) }
}

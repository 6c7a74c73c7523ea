import Foundation
import Synchronization

/// A program that runs beside this one; what it says goes to a file.
final class Program: Sendable {
    /// Its process id.
    let id: Int32
    private let process: Mutex<Process>

    /// Starts the `enlace` that was built beside this program.
    ///
    /// - Parameters:
    ///   - arguments: What it is told.
    ///   - folder: Where it works.
    ///   - log: Name of the file in that folder that its output is added to.
    /// - Throws: why it can't be started.
    init(_ arguments: [String], in folder: URL, log: String) throws {
        let executable = URL(filePath: CommandLine.arguments[0]).absoluteURL.deletingLastPathComponent()
            .appending(path: "enlace")
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
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        id = process.processIdentifier
        self.process = Mutex(process)
    }

    /// Whether it still runs.
    var isRunning: Bool { process.withLock { $0.isRunning } }

    /// Waits for its end and gives its status.
    func end() async throws -> Int32 {
        while isRunning { try await Task.sleep(for: .milliseconds(20)) }
        return process.withLock { $0.terminationStatus }
    }

    /// Asks it to stop and waits until it has.
    func stop() async throws {
        if isRunning { kill(id, SIGTERM) }
        _ = try await end()
    }

    /// What the kernel says of its memory in MiB: `VmRSS` now, `VmHWM` at most so far.
    func memory(_ name: String) -> Double {
        let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        let kibibytes = line?.split(separator: " ").compactMap { Double($0) }.first
        return (kibibytes ?? 0) / 1024
    }

    /// The seconds of processor time that it has used so far.
    var processorSeconds: Double {
        let stat = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
        // The name in parentheses may hold spaces; behind it user and system time are the 12th and 13th field.
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

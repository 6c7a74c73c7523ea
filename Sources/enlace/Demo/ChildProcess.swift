import Foundation
import Synchronization

/// A program that runs beside this one, its output in a file.
final class ChildProcess: Sendable {
    /// The process id; only what was started here is ever signalled.
    let id: Int32
    private let process: Mutex<Process>
    private let ending: Ending

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - executable: Path of the program.
    ///   - arguments: What it is told.
    ///   - environment: All of its environment.
    ///   - folder: Where it works.
    ///   - log: File that its output is added to.
    /// - Throws: why it can't be started.
    init(
        _ executable: String, _ arguments: [String], environment: [String: String], folder: URL, log: URL
    ) throws {
        if !FileManager.default.fileExists(atPath: log.path()) {
            _ = FileManager.default.createFile(
                atPath: log.path(), contents: nil, attributes: [.posixPermissions: 0o600])
        }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        let ending = Ending()
        process.terminationHandler = { ended in ending.happen(ended.terminationStatus) }
        try process.run()
        id = process.processIdentifier
        self.process = Mutex(process)
        self.ending = ending
    }

    /// Sends a signal while it runs.
    func send(_ signal: Int32) {
        guard ending.status == nil else { return }
        kill(id, signal)
    }

    /// Waits for its end and gives its status.
    func wait() async -> Int32 { await ending.wait() }
}

/// The end of a process, for whoever waits for it.
private final class Ending: Sendable {
    private struct State {
        var status: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    private let state = Mutex(State())

    var status: Int32? { state.withLock { $0.status } }

    func happen(_ status: Int32) {
        let waiters = state.withLock { state in
            state.status = status
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: status) }
    }

    func wait() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status = state.withLock { state in
                if state.status == nil { state.waiters.append(continuation) }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }
}

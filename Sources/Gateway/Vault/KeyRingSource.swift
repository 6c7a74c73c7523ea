import Foundation
import Subprocess
import SystemPackage

/// Where the keyring comes from.
public enum KeyRingSource: Sendable {
    /// A file that only its owner can read.
    case file(KeyRingFile)
    /// The variable ``variable``: the same JSON as in a file, or that in Base64.
    case environment
    /// A program and its arguments, run without a shell: its standard output is the same JSON, or that in Base64.
    case command([String])

    /// The variable that may hold a keyring.
    public static let variable = "ENLACE_KEYRING"
    private static let program = "that keyring.command prints"

    /// The word that the settings have for it.
    public var word: String {
        switch self {
        case .file: "file"
        case .environment: "environment"
        case .command: "command"
        }
    }

    /// Reads and checks the keyring; a variable is there the first time only.
    ///
    /// - Parameter clock: What a command's time is measured by.
    /// - Returns: The keyring, checked.
    /// - Throws: ``KeyRingError`` with what is wrong.
    public func read(clock: any Clock<Duration>) async throws(KeyRingError) -> KeyRing {
        switch self {
        case .file(let file): return try file.read()
        case .environment:
            guard let text = Self.takeVariable() else { throw .notGiven(variable: Self.variable) }
            return try KeyRingContents(text: text, from: Self.variable).keyRing(from: Self.variable)
        case .command(let words):
            let text = try await KeyRingCommand(words: words).output(clock: clock)
            return try KeyRingContents(text: text, from: Self.program).keyRing(from: Self.program)
        }
    }

    // Key material: what a process was started with stays readable under /proc, so it is overwritten where it stands.
    private static func takeVariable() -> Data? {
        guard let value = getenv(variable) else { return nil }
        let length = strlen(value)
        let text = Data(bytes: value, count: length)
        memset(value, 0, length)
        unsetenv(variable)
        return text
    }
}

/// A program whose standard output is a keyring, such as one that asks a key management service.
struct KeyRingCommand: Sendable {
    /// How long it may take.
    static let limit = Duration.seconds(10)

    /// The program's absolute path and its arguments.
    let words: [String]

    /// Runs it and gives what it printed, at most what a pipe holds (64 KiB).
    ///
    /// - Throws: ``KeyRingError/commandFailed(reason:)``.
    func output(clock: any Clock<Duration>) async throws(KeyRingError) -> Data {
        guard let executable = words.first else { throw .commandFailed(reason: "none is set") }
        let pipe: (readEnd: FileDescriptor, writeEnd: FileDescriptor)
        do { pipe = try FileDescriptor.pipe(options: [.closeOnExec]) } catch {
            throw .commandFailed(reason: "it can't be started")
        }
        defer { try? pipe.readEnd.close() }
        let ending = await withTaskGroup(of: Ending.self) { group in
            group.addTask { await Self.run(executable, Array(words.dropFirst()), writingTo: pipe.writeEnd) }
            group.addTask {
                try? await clock.sleep(for: Self.limit)
                return .late
            }
            // The program is killed where it still runs.
            defer { group.cancelAll() }
            return await group.next() ?? .late
        }
        switch ending {
        case .exited(0): return Self.text(in: pipe.readEnd.rawValue)
        case .exited(let status): throw .commandFailed(reason: "it ended with status \(status)")
        case .notStarted: throw .commandFailed(reason: "it can't be started")
        case .late:
            throw .commandFailed(reason: "it did not end within \(Self.limit.components.seconds) seconds")
        }
    }

    private enum Ending: Sendable {
        case exited(Int32)
        case notStarted
        case late
    }

    private static func run(
        _ executable: String, _ arguments: [String], writingTo output: FileDescriptor
    ) async -> Ending {
        do {
            let result = try await Subprocess.run(
                .path(FilePath(executable)), arguments: Arguments(arguments),
                output: .fileDescriptor(output, closeAfterSpawningProcess: true), error: .currentStandardError)
            switch result.terminationStatus {
            case .exited(let status): return .exited(status)
            case .signaled(let signal): return .exited(128 + signal)
            }
        } catch {
            return .notStarted
        }
    }

    // A child of the program may hold the pipe open for ever, so what is in it is read without waiting for its end.
    private static func text(in file: Int32) -> Data {
        var text = Data()
        guard fcntl(file, F_SETFL, O_NONBLOCK) == 0 else { return text }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(file, &bytes, bytes.count), count > 0 {
            text.append(contentsOf: bytes.prefix(count))
        }
        return text
    }
}

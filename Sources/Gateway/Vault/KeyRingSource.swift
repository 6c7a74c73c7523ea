import Foundation

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
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: executable)
        process.arguments = Array(words.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        let (endings, ending) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            ending.yield(process.terminationStatus)
            ending.finish()
        }
        do { try process.run() } catch { throw .commandFailed(reason: "it can't be started") }
        let status = await withTaskGroup(of: Int32?.self) { group in
            group.addTask { await endings.first { _ in true } }
            group.addTask {
                try? await clock.sleep(for: Self.limit)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        guard let status else {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            throw .commandFailed(reason: "it did not end within \(Self.limit.components.seconds) seconds")
        }
        guard status == 0 else { throw .commandFailed(reason: "it ended with status \(status)") }
        return Self.text(in: pipe.fileHandleForReading.fileDescriptor)
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

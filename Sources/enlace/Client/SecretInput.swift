import Foundation
import Gateway

/// Why a secret can't be read; never quotes it.
enum SecretInputError: Error, Hashable, CustomStringConvertible {
    case missing(name: String, environment: String, option: String)
    case empty(name: String)

    /// What is wrong and what to do.
    var description: String {
        switch self {
        case .missing(let name, let environment, let option):
            "The \(name) is not given. Set \(environment), give --\(option), or type it at a terminal."
        case .empty(let name): "The \(name) is empty."
        }
    }
}

/// A secret that a command sends on: from a file, the environment or a person, never from an argument.
struct SecretInput: Sendable {
    /// What a person is asked for.
    let name: String
    /// The variable of the environment.
    let environment: String
    /// The option that names a file.
    let option: String

    /// The secret where a file or the environment has it, else `nil`.
    ///
    /// `file` is what the option says.
    ///
    /// - Throws: ``PrivateFileError``, ``SecretInputError/empty(name:)``.
    func given(file: String?) throws -> Secret<String>? {
        let value = ProcessInfo.processInfo.environment[environment].map { Secret($0) }
        return try (try file.map { try PrivateFile(path: $0).read() } ?? value).map { try checked($0) }
    }

    /// The secret where a file or the environment has it, else as a person types it, unseen.
    ///
    /// - Throws: also ``SecretInputError/missing(name:environment:option:)`` where there is no terminal.
    func required(file: String?) throws -> Secret<String> {
        if let given = try given(file: file) { return given }
        guard let typed = typed() else {
            throw SecretInputError.missing(name: name, environment: environment, option: option)
        }
        return try checked(typed)
    }

    private func checked(_ secret: Secret<String>) throws(SecretInputError) -> Secret<String> {
        guard secret.reveal({ !$0.isEmpty }) else { throw .empty(name: name) }
        return secret
    }

    private func typed() -> Secret<String>? {
        var shown = termios()
        guard isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &shown) == 0 else { return nil }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0 else { return nil }
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            Output.tell("")
        }
        // Standard output is for the answer, which may go to another program.
        FileHandle.standardError.write(Data("The \(name): ".utf8))
        return readLine().map { Secret($0) }
    }
}

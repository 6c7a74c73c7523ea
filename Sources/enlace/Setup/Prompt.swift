import Foundation

/// Questions at a terminal.
enum Prompt {
    /// A line of text; `nil` where nobody can be asked or nothing was typed.
    static func line(_ question: String) -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        FileHandle.standardError.write(Data("\(question): ".utf8))
        return readLine().flatMap { $0.isEmpty ? nil : $0 }
    }
}

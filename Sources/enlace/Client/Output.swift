import ArgumentParser
import Foundation

/// What a command writes: the answer to standard output, words about it to standard error.
struct Output: Sendable {
    /// Exit code where the gateway gave no answer: `EX_UNAVAILABLE` of sysexits.
    static let unavailable = ExitCode(69)

    /// Whether the API's own answer is printed.
    let isJSON: Bool

    /// Shows an answer; none prints nothing.
    ///
    /// - Parameters:
    ///   - answer: What the API answered.
    ///   - view: How a person sees it.
    ///   - appendix: What a person asked to see below it.
    ///   - note: What a person has to know beside it.
    func show(_ answer: JSONValue, as view: View, appendix: String? = nil, note: String?) {
        guard !isJSON else {
            if answer != .null { print(answer.text(isPretty: true)) }
            return
        }
        if answer != .null { print(view.text(of: answer)) }
        if let appendix { print("\n" + appendix) }
        guard let note else { return }
        // So that the note comes after the answer where both go to one file.
        fflush(nil)
        Self.tell(note)
    }

    /// Says why a command failed, and with which code it ends.
    ///
    /// - Throws: `error` itself, where it is none of these commands'.
    static func exitCode(for error: any Error) throws -> ExitCode {
        let code: ExitCode
        switch error {
        case is APIError: code = .failure
        case is UnreachableGateway, is IncompleteExport: code = unavailable
        case is ClientConfigurationError, is PrivateFileError, is SecretInputError: code = .validationFailure
        default: throw error
        }
        tell("\(error)")
        return code
    }

    /// Writes a line to standard error.
    static func tell(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}

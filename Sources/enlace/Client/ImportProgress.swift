import Foundation

/// Counts what came of an import and says so: a line at a terminal, elsewhere one at each hundred.
struct ImportProgress: Sendable {
    /// Whether each result is printed as a document.
    let isJSON: Bool
    /// How many lines were refused.
    private(set) var failed = 0
    private var imported = 0
    private var alreadyThere = 0
    private let isTerminal = isatty(STDERR_FILENO) == 1

    /// Starts at nothing.
    init(isJSON: Bool) {
        self.isJSON = isJSON
    }

    /// Counts a result and shows it.
    mutating func note(_ result: GrantImporter.Result) {
        switch result.outcome {
        case "imported": imported += 1
        case "already_there": alreadyThere += 1
        default: failed += 1
        }
        // Unbuffered: what is said of a line has to stay if the next one is never reached.
        if isJSON { FileHandle.standardOutput.write(Data((result.json.text() + "\n").utf8)) }
        if let problem = result.problem { Output.tell("\(isTerminal ? "\r" : "")line \(result.line): \(problem)") }
        if isTerminal {
            FileHandle.standardError.write(Data("\r\(summary)".utf8))
        } else if (imported + alreadyThere + failed) % 100 == 0 {
            Output.tell(summary)
        }
    }

    /// Says what came of it all.
    func end() {
        Output.tell("\(isTerminal ? "\r" : "")\(summary)")
    }

    private var summary: String { "\(imported) imported, \(alreadyThere) there already, \(failed) failed" }
}

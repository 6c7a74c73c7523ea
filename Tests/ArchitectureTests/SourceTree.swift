import Foundation

/// A text file of the package, by its path from the package's root.
struct SourceFile: Sendable {
    let path: String
    let text: String

    var lines: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The target it belongs to: the folder below `Sources` or `Tests`.
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// The last part of the path.
    var name: String { path.split(separator: "/").last.map(String.init) ?? "" }

    /// The lines of code: what stands behind `//` is left out, a line that is only that becomes empty.
    ///
    /// Behind a colon it is part of a URL in a string, and the line is kept whole.
    var code: [String] {
        lines.map { line in
            guard let comment = line.range(of: "(?<!:)//", options: .regularExpression) else { return line }
            return String(line[..<comment.lowerBound])
        }
    }

    /// The modules that are imported, each with the number of its line.
    var imports: [(line: Int, module: String)] {
        code.enumerated().compactMap { index, line in
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let keyword = words.firstIndex(of: "import"), words.count > keyword + 1,
                words[..<keyword].allSatisfy({ $0.hasPrefix("@") || Self.accessLevels.contains($0) })
            else { return nil }
            let named = words[(keyword + 1)...].first { !Self.kinds.contains($0) }
            let module = named?.split(separator: ".").first.map(String.init)
            return module.map { (index + 1, $0) }
        }
    }

    private static let accessLevels: Set = ["public", "package", "internal", "fileprivate", "private"]
    private static let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
}

/// The package's files on disk.
enum SourceTree {
    /// Where `Package.swift` is.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All files below a folder whose names end in one of these, sorted by path.
    static func files(_ folder: String, _ endings: Set<String> = ["swift"]) throws -> [SourceFile] {
        let start = root.appending(path: folder)
        guard let paths = FileManager.default.enumerator(atPath: start.path(percentEncoded: false)) else { return [] }
        return try paths.compactMap { $0 as? String }.sorted()
            .filter { endings.contains(URL(filePath: $0).pathExtension) }
            .map { path in
                SourceFile(
                    path: "\(folder)/\(path)",
                    text: String(decoding: try Data(contentsOf: start.appending(path: path)), as: UTF8.self))
            }
    }
}

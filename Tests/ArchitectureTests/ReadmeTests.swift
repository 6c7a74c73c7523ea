import Foundation
import Testing

/// The README names tests as its proofs, folders as its map and targets to type: each must exist.
@Suite("The README")
struct ReadmeTests {
    @Test("names proofs that exist")
    func proofs() throws {
        let known = try Self.knownProofs()
        let named = Self.proofs(in: try Self.readme())
        #expect(named.count > 5)
        #expect(named.filter { !known.contains($0) } == [])
    }

    @Test("quotes tests that exist")
    func quotes() throws {
        let titles = try SourceTree.files("Tests").map(\.text).joined()
        let rows = try Self.rows(of: "Proved by", in: Self.readme())
        let quoted = rows.flatMap { Self.matches(of: "\"([^\"]+)\"", in: $0) }
        #expect(!quoted.isEmpty)
        #expect(quoted.filter { !titles.contains("\"\($0)") } == [])
    }

    @Test("names folders and targets that exist")
    func places() throws {
        let readme = try Self.readme()
        let folders = Self.matches(of: "`((?:Sources|Tests|deploy|openapi)(?:/[A-Za-z.]+)*)`", in: readme)
        #expect(folders.count > 5)
        #expect(folders.filter { !FileManager.default.fileExists(atPath: Self.path($0)) } == [])
        let makefile = try String(contentsOfFile: Self.path("Makefile"), encoding: .utf8)
        let targets = Self.matches(of: "[`$] ?make ([a-z]+)", in: readme)
        #expect(targets.filter { !makefile.contains("\n\($0):") } == [])
    }

    @Test("is read so that a proof that is gone is seen")
    func canFail() throws {
        let page = "| Guide | Enlace | Proved by |\n|---|---|---|\n| 1 | it | `NoSuchTests`, `Tests/browser` |\n"
        #expect(Self.proofs(in: page) == ["NoSuchTests", "Tests/browser"])
        #expect(try !Self.knownProofs().contains("NoSuchTests"))
        #expect(try Self.knownProofs().contains("LinkingTests"))
    }

    /// What stands in backquotes in the column of proofs.
    private static func proofs(in page: String) -> [String] {
        rows(of: "Proved by", in: page).flatMap { matches(of: "`([A-Za-z]+(?:/[A-Za-z]+)*)`", in: $0) }
    }

    /// The last cell of each row of the tables whose last column has this heading.
    private static func rows(of heading: String, in page: String) -> [String] {
        var isInside = false
        return page.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            defer { isInside = line.hasPrefix("|") && (isInside || cells.last == heading) }
            return isInside && line.hasPrefix("|") ? cells.last : nil
        }
    }

    /// Folders of tests, with or without `Tests/`, and the names of suites.
    private static func knownProofs() throws -> Set<String> {
        let files = try SourceTree.files("Tests", ["swift", "py"])
        var known: Set<String> = []
        for file in files {
            var parts = file.path.split(separator: "/").map(String.init)
            parts.removeLast()
            for count in 1...parts.count {
                known.insert(parts[0..<count].joined(separator: "/"))
                known.insert(parts[1..<max(count, 1)].joined(separator: "/"))
            }
            let suites = matches(of: "(?:struct|final class) ([A-Za-z]+Tests)", in: file.text)
            known.formUnion(suites)
            known.insert((parts + [file.name.split(separator: ".")[0].description]).dropFirst().joined(separator: "/"))
            known.formUnion(suites.map { "\(file.target)/\($0)" })
        }
        return known
    }

    private static func matches(of pattern: String, in text: String) -> [String] {
        guard let expression = try? NSRegularExpression(pattern: pattern) else { return [] }
        return expression.matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap { match in
            Range(match.range(at: 1), in: text).map { String(text[$0]) }
        }
    }

    private static func readme() throws -> String { try String(contentsOfFile: path("README.md"), encoding: .utf8) }

    private static func path(_ name: String) -> String {
        SourceTree.root.appending(path: name).path(percentEncoded: false)
    }
}

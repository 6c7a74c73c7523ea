import QRCode
import Testing

@Suite("A QR code")
struct QRCodeTests {
    @Test("has the three squares that readers look for, and no fourth")
    func finders() throws {
        let code = try #require(QRCode("https://pagos.example.com/link/abc"))
        let far = code.width - 7
        for (column, row) in [(0, 0), (far, 0), (0, far)] { #expect(Self.isFinder(code, column, row)) }
        #expect(!Self.isFinder(code, far, far))
    }

    @Test("grows with the text, and says no to one that is empty or too long")
    func sizes() throws {
        #expect(QRCode("x")?.width == 21)
        #expect(QRCode(String(repeating: "x", count: QRCode.longestText))?.width == 177)
        #expect(QRCode("") == nil)
        #expect(QRCode(String(repeating: "x", count: QRCode.longestText + 1)) == nil)
    }

    @Test("counts a text in bytes, not in characters")
    func bytes() {
        #expect(QRCode(String(repeating: "ñ", count: QRCode.longestText / 2)) != nil)
        #expect(QRCode(String(repeating: "ñ", count: QRCode.longestText / 2 + 1)) == nil)
    }

    @Test("draws in SVG exactly the modules that are dark, inside the quiet zone")
    func svg() throws {
        let code = try #require(QRCode("Panadería Sol"))
        var drawn = Set<[Int]>()
        for run in code.svg().matches(of: #/M(\d+) (\d+)h(\d+)v1h-(\d+)z/#) {
            let numbers = [run.1, run.2, run.3, run.4].compactMap { Int($0) }
            #expect(numbers[2] == numbers[3])
            for column in numbers[0]..<numbers[0] + numbers[2] { drawn.insert([column - 4, numbers[1] - 4]) }
        }
        #expect(drawn == Self.dark(code))
        #expect(code.svg().hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(code.width + 8) "))
        #expect(!code.svg().contains("Panader"))
    }

    @Test("draws in half blocks exactly the modules that are light")
    func halfBlocks() throws {
        let code = try #require(QRCode("Panadería Sol"))
        let lines = code.terminalText(colored: false).split(separator: "\n")
        #expect(lines.count == (code.width + 9) / 2)
        var dark = Set<[Int]>()
        for (number, line) in lines.enumerated() {
            #expect(line.count == code.width + 8)
            for (column, character) in line.enumerated() {
                let (upper, lower) = try #require(Self.halves[character])
                if !upper { dark.insert([column - 4, 2 * number - 4]) }
                if !lower { dark.insert([column - 4, 2 * number - 3]) }
            }
        }
        #expect(dark == Self.dark(code))
    }

    @Test("sets its own colours on a terminal, and puts them back at the end of each line")
    func colours() throws {
        let code = try #require(QRCode("x"))
        for line in code.terminalText(colored: true).split(separator: "\n") {
            #expect(line.hasPrefix("\u{1B}[38;5;231;48;5;16m") && line.hasSuffix("\u{1B}[0m"))
        }
        #expect(!code.terminalText(colored: false).contains("\u{1B}"))
    }

    /// Whether the upper and the lower half of a character are drawn.
    private static let halves: [Character: (Bool, Bool)] = [
        "█": (true, true), "▀": (true, false), "▄": (false, true), " ": (false, false),
    ]

    private static func dark(_ code: QRCode) -> Set<[Int]> {
        Set(
            (0..<code.width).flatMap { row in
                (0..<code.width).filter { code.isDark(column: $0, row: row) }.map { [$0, row] }
            })
    }

    /// A dark ring of seven modules a side around a dark square of three.
    private static func isFinder(_ code: QRCode, _ column: Int, _ row: Int) -> Bool {
        (0..<7).allSatisfy { y in
            (0..<7).allSatisfy { x in
                let ring = max(abs(x - 3), abs(y - 3))
                return code.isDark(column: column + x, row: row + y) == (ring != 2)
            }
        }
    }
}

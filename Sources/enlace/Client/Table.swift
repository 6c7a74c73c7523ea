/// Cells in lines and columns, each column but the last as wide as its widest cell.
struct Table: Sendable {
    /// The lines.
    let text: String

    /// Takes lines of equally many cells.
    init(_ lines: [[String]]) {
        let columns = (lines.first ?? []).indices
        let widths = columns.map { column in
            column == columns.last ? 0 : lines.map { $0[column].count }.max() ?? 0
        }
        text = lines.map { line in
            zip(line, widths).map { cell, width in cell + String(repeating: " ", count: max(0, width - cell.count)) }
                .joined(separator: "  ")
        }.joined(separator: "\n")
    }
}

extension JSONValue {
    /// The value as one cell of a table: a dash for nothing, lists with commas.
    var cell: String {
        switch self {
        case .null, .string(""), .array([]): "-"
        case .bool(let flag): flag ? "yes" : "no"
        case .int(let number): String(number)
        case .double(let number): String(number)
        case .string(let text): text.visible
        case .array(let elements): elements.map(\.cell).joined(separator: ", ")
        case .object: text().visible
        }
    }
}

extension String {
    /// The text with control and invisible characters written out as `\u{…}`.
    ///
    /// Names and excerpts are written by others and must neither command a terminal nor reorder a line.
    var visible: String {
        unicodeScalars.map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }.joined()
    }
}

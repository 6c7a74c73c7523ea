extension QRCode {
    /// The code as an SVG document, black on white whatever stands around it, one unit a module.
    ///
    /// It has no size of its own and no script, style or link, and the encoded text does not stand in it.
    public func svg() -> String {
        let side = framed.count
        let dark = framed.flatMap { row in
            runs(row: row).map { run in
                "M\(run.lowerBound + Self.quietZone) \(row + Self.quietZone)h\(run.count)v1h-\(run.count)z"
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" shape-rendering="crispEdges">\
            <path fill="#fff" d="M0 0h\(side)v\(side)h-\(side)z"/><path d="\(dark.joined())"/></svg>
            """
    }

    /// The stretches of dark modules in a row.
    private func runs(row: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start: Int?
        for column in 0...width {
            let isDark = isDark(column: column, row: row)
            if isDark, start == nil { start = column }
            if !isDark, let first = start {
                runs.append(first..<column)
                start = nil
            }
        }
        return runs
    }
}

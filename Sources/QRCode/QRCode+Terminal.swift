extension QRCode {
    /// The code as lines of half blocks, two modules a character, one above the other.
    ///
    /// Light modules are drawn and dark ones are left out, as on a dark terminal. With `colored`, escape sequences set
    /// white on black, so that a reader finds it on a terminal of any colours; without, the text can go to a file.
    public func terminalText(colored: Bool) -> String {
        let lines = stride(from: framed.lowerBound, to: framed.upperBound, by: 2).map { row in
            let line = framed.map { column in
                switch (isDark(column: column, row: row), isDark(column: column, row: row + 1)) {
                case (false, false): "█"
                case (false, true): "▀"
                case (true, false): "▄"
                case (true, true): " "
                }
            }.joined()
            return colored ? "\u{1B}[38;5;231;48;5;16m\(line)\u{1B}[0m" : line
        }
        return lines.joined(separator: "\n")
    }
}

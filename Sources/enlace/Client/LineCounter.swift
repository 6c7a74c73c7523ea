/// An export ended before its last line.
struct IncompleteExport: Error, CustomStringConvertible {
    /// What to do.
    let description = "The export ended too early and is not complete. Run it again; the gateway's log says why."
}

/// Looks at the lines of an export as they come, whether the last one counts those before it.
struct LineCounter: Sendable {
    private var count = 0
    private var line: [UInt8] = []
    private var last: [UInt8] = []

    /// Takes the next bytes, wherever they are cut.
    mutating func take(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            count += 1
            last = line
            line = []
        }
    }

    /// Whether nothing is missing.
    var isComplete: Bool {
        let end = JSONValue(parsing: last)
        return line.isEmpty && end?["record"]?.string == "end" && end?["value"]?["records"]?.int == count - 1
    }
}

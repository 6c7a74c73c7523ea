/// Nanoseconds of each part, and how many times the fixed loop that is: what drifts less from machine to machine.
struct PartsReport: ReportSection {
    private var order: [String] = []
    private var values: [String: [Double]] = [:]

    /// Notes one round's figure.
    mutating func note(_ part: String, _ nanoseconds: Double) {
        if values[part] == nil { order.append(part) }
        values[part, default: []].append(nanoseconds)
    }

    private var medians: [(part: String, nanoseconds: Double, loops: Double)] {
        let loop = values["fixed loop"]?.median ?? 0
        return order.map { part in
            let nanoseconds = values[part]?.median ?? 0
            return (part, nanoseconds, loop > 0 ? nanoseconds / loop : 0)
        }
    }

    var members: [String: Any] {
        let parts = medians.map { part, nanoseconds, loops in
            (
                part.split(separator: " ").joined(separator: "_").lowercased(),
                ["nanoseconds": nanoseconds.rounded(to: 1), "fixed_loops": loops.rounded(to: 4)]
            )
        }
        return ["parts": Dictionary(uniqueKeysWithValues: parts)]
    }

    var markdown: String {
        markdownTable(
            ["Part", "ns", "÷ fixed loop"],
            medians.map { [$0.part, $0.nanoseconds.text(0), $0.loops.text(3)] })
    }
}

import Foundation

/// What one part measured, as numbers for programs and as text for people.
protocol ReportSection: Sendable {
    /// Members of the report's one object.
    var members: [String: Any] { get }
    /// Tables for people.
    var markdown: String { get }
}

/// `report.json` and `report.md`: the newest results of each part; a part that was not run keeps its earlier ones.
struct BenchmarkReport {
    let folder: URL

    /// The report for programs.
    var file: URL { folder.appending(path: "report.json") }

    /// Puts a part's results in the place of its earlier ones.
    mutating func keep(_ section: any ReportSection, of part: String) throws {
        let written = (try? Data(contentsOf: file)).flatMap { try? JSONSerialization.jsonObject(with: $0) }
        var report = written as? [String: Any] ?? [:]
        report.merge(section.members) { $1 }
        var times = report["at"] as? [String: String] ?? [:]
        times[part] = Date().formatted(.iso8601)
        report["at"] = times
        report["machine"] = Machine.description
        try JSONSerialization.data(
            withJSONObject: report, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        ).write(to: file)
        let heading = "## \(part), \(Date().formatted(.iso8601)), \(Machine.description)\n\n"
        try Data((heading + section.markdown).utf8).write(to: folder.appending(path: "\(part).md"))
        let texts = ["proxy", "delivery", "rotation", "parts"].compactMap { name in
            try? String(contentsOf: folder.appending(path: "\(name).md"), encoding: .utf8)
        }
        try Data(texts.joined(separator: "\n").utf8).write(to: folder.appending(path: "report.md"))
    }
}

/// The machine that is measured on; its name is nobody's business.
enum Machine {
    /// Cores, memory and the kernel's version.
    static var description: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let name = text.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
        let memory = Double(ProcessInfo.processInfo.physicalMemory) / 1_073_741_824
        let kernel = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? "unknown"
        return "\(ProcessInfo.processInfo.activeProcessorCount) cores\(name.map { " of\($0)" } ?? ""), "
            + "\(memory.text(0)) GiB, Linux \(kernel.prefix { $0.isNumber || $0 == "." })"
    }
}

/// A Markdown table.
func markdownTable(_ heading: [String], _ rows: [[String]]) -> String {
    let lines = [heading, heading.map { _ in "---" }] + rows
    return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n") + "\n"
}

extension Double {
    /// The number with so many places behind its point.
    func text(_ places: Int = 1) -> String { formatted(.number.precision(.fractionLength(places)).grouping(.never)) }

    /// The nearest number with so many places behind its point.
    func rounded(to places: Int) -> Double {
        let factor = pow(10, Double(places))
        return (self * factor).rounded() / factor
    }
}

extension [Double] {
    /// The value that this part of all is at most, 0 for none.
    func percentile(_ part: Double) -> Double {
        guard !isEmpty else { return 0 }
        let sorted = sorted()
        return sorted[Swift.min(count - 1, Int((Double(count) * part).rounded(.up)) - 1)]
    }

    /// The middle value.
    var median: Double { percentile(0.5) }
}

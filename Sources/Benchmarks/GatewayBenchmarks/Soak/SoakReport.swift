import Foundation

/// What a soak showed, and whether that is what is promised.
struct SoakReport: ReportSection {
    /// What is answered while the upstream is down, and nothing else (DESIGN §7): it broke, it can't be reached, it is
    /// not tried for the moment, it is late.
    static let documented: Set<Int> = [200, 502, 503, 504]
    /// So much may memory grow after the first quarter, in MiB: what malloc rounds up, not what is held.
    private static let growth = 12.0
    /// So many files may be open more at the end of the calm than after its first quarter.
    private static let files = 16

    let seconds: Int
    /// What the gateway could do at most.
    let rate: Double
    let calm: SoakPhase
    let stormy: SoakPhase
    let recoverySeconds: Double?
    let isAlive: Bool

    /// Everything that is not as promised; empty for a good soak.
    var faults: [String] {
        var faults: [String] = []
        if !isAlive { faults.append("the gateway has ended") }
        let failed = calm.load.statuses.filter { $0.key != 200 }
        if !failed.isEmpty { faults.append("answers that were no success while all was well: \(failed)") }
        if calm.load.result.failures > 0 {
            faults.append("\(calm.load.result.failures) calls broke while all was well")
        }
        let odd = stormy.load.statuses.filter { !Self.documented.contains($0.key) }
        if !odd.isEmpty { faults.append("answers that nobody documented while the upstream died: \(odd)") }
        if stormy.load.statuses[200] ?? 0 == 0 { faults.append("nothing was answered between two deaths") }
        if recoverySeconds == nil { faults.append("no call was answered within 30 s of the upstream's return") }
        for (name, phase) in [("calm", calm), ("storm", stormy)] {
            let after = phase.quarter(0.25..<0.5)
            let late = phase.quarter(0.75..<1)
            if late.memory - after.memory > Self.growth {
                faults.append("memory grew in the \(name): \(after.memory.text()) to \(late.memory.text()) MiB")
            }
            if late.openFiles - after.openFiles > Self.files {
                faults.append("open files grew in the \(name): \(after.openFiles) to \(late.openFiles)")
            }
        }
        return faults
    }

    var members: [String: Any] {
        [
            "soak": [
                "seconds": seconds, "calls": calm.load.result.requests + stormy.load.result.requests,
                "calls_per_second_at_most": rate.rounded(), "faults": faults,
                "memory_mib_first": calm.quarter(0.25..<0.5).memory.rounded(to: 1),
                "memory_mib_last": stormy.quarter(0.75..<1).memory.rounded(to: 1),
                "open_files_first": calm.quarter(0.25..<0.5).openFiles,
                "open_files_last": stormy.quarter(0.75..<1).openFiles,
                "calm": Self.named(calm.load.statuses), "stormy": Self.named(stormy.load.statuses),
                "recovery_seconds": (recoverySeconds ?? -1).rounded(to: 1),
            ] as [String: Any]
        ]
    }

    var markdown: String {
        let (first, last) = (calm.quarter(0.25..<0.5), stormy.quarter(0.75..<1))
        let rows = [
            ("calls", "\(calm.load.result.requests + stormy.load.result.requests)"),
            ("answers while all was well", Self.text(calm.load.statuses)),
            ("answers while the upstream died every 10 s", Self.text(stormy.load.statuses)),
            ("memory, first and last", "\(first.memory.text()), \(last.memory.text()) MiB"),
            ("open files, first and last", "\(first.openFiles), \(last.openFiles)"),
            ("answered again after", recoverySeconds.map { "\($0.text()) s" } ?? "never"),
            ("faults", faults.isEmpty ? "none" : faults.joined(separator: "; ")),
        ]
        return markdownTable(["\(seconds) s at half load", ""], rows.map { [$0, $1] })
    }

    private static func named(_ statuses: [Int: Int]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: statuses.map { ("\($0)", $1) })
    }

    private static func text(_ statuses: [Int: Int]) -> String {
        statuses.sorted { $0.key < $1.key }.map { "\($1) × \($0)" }.joined(separator: ", ")
    }
}

extension SoakPhase {
    /// The medians of a part of the time, given as shares of it.
    func quarter(_ part: Range<Double>) -> (memory: Double, openFiles: Int) {
        let count = Double(samples.count)
        let taken = samples[Int(count * part.lowerBound)..<Int(count * part.upperBound)]
        guard !taken.isEmpty else { return (0, 0) }
        return (taken.map(\.memory).median, Int(taken.map { Double($0.openFiles) }.median))
    }
}

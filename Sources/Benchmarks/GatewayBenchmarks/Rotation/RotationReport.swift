import Foundation

/// What a rotation of the keyring took, and what it cost the calls meanwhile.
struct RotationReport: ReportSection {
    /// One rotation, with the idle time right before it.
    struct Round: Sendable {
        /// From the command's start to its end.
        let seconds: Double
        /// What the gateway used of the processors meanwhile, calls included.
        let processorSeconds: Double
        /// Each call's duration in milliseconds before the rotation.
        let idle: [Double]
        /// Each call's duration in milliseconds during the rotation.
        let rotating: [Double]

        /// How much longer the slowest of a hundred calls takes while the keyring is rotated.
        var ratio: Double { rotating.percentile(0.99) / idle.percentile(0.99) }
    }

    let sellers: Int
    let seedingSeconds: Double
    let startSeconds: [Double]
    let rounds: [Round]
    let memoryIdle: Double
    let memoryMost: Double

    private var seconds: Double { rounds.map(\.seconds).median }
    private func median(_ part: Double, _ calls: KeyPath<Round, [Double]>) -> Double {
        rounds.map { $0[keyPath: calls].percentile(part) }.median
    }

    /// Medians over the rounds, and each round.
    var members: [String: Any] {
        let rotation: [String: Any] = [
            "sellers": sellers, "seconds": seconds.rounded(to: 1),
            "rows_per_second": (Double(sellers) / seconds).rounded(),
            "p50_idle_ms": median(0.5, \.idle).rounded(to: 3),
            "p50_rotating_ms": median(0.5, \.rotating).rounded(to: 3),
            "p99_idle_ms": median(0.99, \.idle).rounded(to: 3),
            "p99_rotating_ms": median(0.99, \.rotating).rounded(to: 3),
            "p99_ratio": rounds.map(\.ratio).median.rounded(to: 3), "calls_per_second": Load.rate,
            "rounds": rounds.map { round in
                [
                    "seconds": round.seconds.rounded(to: 1),
                    "processor_seconds": round.processorSeconds.rounded(to: 1),
                    "calls_idle": Double(round.idle.count), "calls_rotating": Double(round.rotating.count),
                    "p99_idle_ms": round.idle.percentile(0.99).rounded(to: 3),
                    "p99_rotating_ms": round.rotating.percentile(0.99).rounded(to: 3),
                    "p99_ratio": round.ratio.rounded(to: 3),
                ]
            },
        ]
        return [
            "keyring_rotation": rotation,
            "start": ["sellers": sellers, "seconds": startSeconds.median.rounded(to: 3)] as [String: Any],
            "memory_mib": ["idle": memoryIdle.rounded(to: 1), "most": memoryMost.rounded(to: 1)],
            "seeding": [
                "seconds": seedingSeconds.rounded(to: 1),
                "rows_per_second": (Double(sellers) / seedingSeconds).rounded(),
            ],
        ]
    }

    /// The report for people.
    var markdown: String {
        let rows = [
            ("`enlace keyring rotate`, \(sellers) sellers", "\(seconds.text()) s"),
            ("data keys wrapped anew", "\((Double(sellers) / seconds).text(0)) a second"),
            ("a proxied call, p50 / p99, idle", "\(median(0.5, \.idle).text(2)) / \(median(0.99, \.idle).text(2)) ms"),
            (
                "a proxied call, p50 / p99, rotating",
                "\(median(0.5, \.rotating).text(2)) / \(median(0.99, \.rotating).text(2)) ms"
            ),
            ("p99 rotating ÷ p99 idle, median of \(rounds.count)", rounds.map(\.ratio).median.text(2)),
            ("each round's", rounds.map { $0.ratio.text(2) }.joined(separator: ", ")),
            ("start to ready, \(sellers) sellers", "\(startSeconds.median.text(2)) s"),
            ("memory, just started / at most", "\(memoryIdle.text()) / \(memoryMost.text()) MiB"),
            ("seeding", "\((Double(sellers) / seedingSeconds).text(0)) sellers a second"),
        ]
        return markdownTable(["\(Load.rate) calls a second", ""], rows.map { [$0, $1] })
    }
}

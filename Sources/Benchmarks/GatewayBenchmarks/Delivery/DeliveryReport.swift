/// How fast notifications are taken in and deliveries sent, beside the same work done bare.
struct DeliveryReport: ReportSection {
    /// One round of taking in.
    struct Ingest: Sendable {
        /// Notifications a second that were answered 200.
        let rate: Double
        /// Half of the answers took no longer, in milliseconds, at full load.
        let median: Double
        /// 99 of 100 took no longer, in milliseconds, at full load.
        let p99: Double
        /// The same rows a second, 64 a commit, by a loop.
        let bareRate: Double
        /// A commit of one of them by itself, in milliseconds.
        let bareCommit: Double
        /// Most that the gateway had resident, in MiB.
        let memory: Double
    }

    /// One round of sending.
    struct FanOut: Sendable {
        /// Deliveries a second, claimed, signed, sent and recorded.
        let rate: Double
        /// The same posts a second without a database.
        let bareRate: Double
        /// Most that the gateway had resident, in MiB.
        let memory: Double
    }

    let secondsPerRun: Int
    let due: Int
    var ingests: [Ingest] = []
    var fanOuts: [FanOut] = []

    private var ingestRatio: Double { ingests.map { $0.rate / $0.bareRate }.median }
    private var fanOutRatio: Double { fanOuts.map { $0.rate / $0.bareRate }.median }

    /// Medians over the rounds.
    var members: [String: Any] {
        [
            "ingest": [
                "per_second": ingests.map(\.rate).median.rounded(), "vs_bare_rows": ingestRatio.rounded(to: 3),
                "bare_rows_per_second": ingests.map(\.bareRate).median.rounded(),
                "p50_full_load_ms": ingests.map(\.median).median.rounded(to: 3),
                "p99_full_load_ms": ingests.map(\.p99).median.rounded(to: 3),
                "bare_commit_ms": ingests.map(\.bareCommit).median.rounded(to: 3),
                "memory_mib": ingests.map(\.memory).median.rounded(to: 1),
            ],
            "fanout": [
                "per_second": fanOuts.map(\.rate).median.rounded(), "vs_bare_sender": fanOutRatio.rounded(to: 3),
                "bare_sender_per_second": fanOuts.map(\.bareRate).median.rounded(),
                "memory_mib": fanOuts.map(\.memory).median.rounded(to: 1),
            ],
        ]
    }

    /// The report for people.
    var markdown: String {
        let rows = [
            [
                "notifications taken in, \(DeliveryBenchmark.sellers) sellers, 64 connections",
                "\(ingests.map(\.rate).median.text(0)) a second",
                "\(ingests.map(\.bareRate).median.text(0)) rows a second",
                ingestRatio.text(2),
            ],
            [
                "deliveries sent, \(due) due at 64 endpoints", "\(fanOuts.map(\.rate).median.text(0)) a second",
                "\(fanOuts.map(\.bareRate).median.text(0)) posts a second", fanOutRatio.text(2),
            ],
            [
                "p99 of taking in at full load; a bare commit of one", "\(ingests.map(\.p99).median.text(2)) ms",
                "\(ingests.map(\.bareCommit).median.text(2)) ms", "",
            ],
            [
                "memory at most, taking in / sending",
                "\(ingests.map(\.memory).median.text(0)) / \(fanOuts.map(\.memory).median.text(0)) MiB", "", "",
            ],
        ]
        return markdownTable(["medians of \(ingests.count)", "Enlace", "bare", "ratio"], rows)
    }
}

public import CoreMetrics
import Synchronization

/// Keeps the process's metrics and writes them in Prometheus' text format, version 0.0.4.
public final class PrometheusMetricsFactory: MetricsFactory, Sendable {
    private struct Series: Hashable {
        let name: String
        let labels: [String]
    }

    private struct Histogram {
        var counts = [Int](repeating: 0, count: PrometheusMetricsFactory.buckets.count)
        var count = 0
        var sum = 0.0
    }

    private struct State {
        var counters: [Series: Int64] = [:]
        var histograms: [Series: Histogram] = [:]
    }

    /// Upper bounds in seconds.
    static let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    private let state = Mutex(State())

    /// Starts empty.
    public init() {}

    /// What is known now, series sorted by name.
    public func text() -> String {
        let (counters, histograms) = state.withLock { ($0.counters, $0.histograms) }
        var lines: [String] = []
        for (name, series) in Self.sorted(counters) {
            lines.append("# TYPE \(name) counter")
            lines += series.map { "\(name)\(Self.labels($0.key.labels)) \($0.value)" }
        }
        for (name, series) in Self.sorted(histograms) {
            lines.append("# TYPE \(name) histogram")
            for (key, value) in series { lines += Self.lines(name, key.labels, value) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func lines(_ name: String, _ labels: [String], _ histogram: Histogram) -> [String] {
        let bounds = zip(buckets, histogram.counts).map { bound, count in
            "\(name)_bucket\(Self.labels(labels + ["le=\"\(bound)\""])) \(count)"
        }
        return bounds + [
            "\(name)_bucket\(Self.labels(labels + ["le=\"+Inf\""])) \(histogram.count)",
            "\(name)_sum\(Self.labels(labels)) \(histogram.sum)",
            "\(name)_count\(Self.labels(labels)) \(histogram.count)",
        ]
    }

    private static func sorted<Value>(_ all: [Series: Value]) -> [(String, [(key: Series, value: Value)])] {
        Dictionary(grouping: all, by: \.key.name).sorted { $0.key < $1.key }.map { name, series in
            (name, series.sorted { $0.key.labels.joined() < $1.key.labels.joined() })
        }
    }

    private static func labels(_ labels: [String]) -> String {
        labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
    }

    private static func series(_ name: String, _ dimensions: [(String, String)]) -> Series {
        Series(
            name: name,
            labels: dimensions.map { key, value in
                let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                return "\(key)=\"\(escaped)\""
            })
    }

    /// A counter that only rises.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        CounterSeries { [series = Self.series(label, dimensions)] amount in
            self.state.withLock { $0.counters[series, default: 0] += amount }
        }
    }

    /// A histogram over ``buckets``.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        RecorderSeries { [series = Self.series(label, dimensions)] value in
            self.state.withLock { state in
                var histogram = state.histograms[series] ?? Histogram()
                histogram.count += 1
                histogram.sum += value
                for (index, bound) in Self.buckets.enumerated() where value <= bound { histogram.counts[index] += 1 }
                state.histograms[series] = histogram
            }
        }
    }

    /// A timer is a histogram in seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        TimerSeries(recorder: makeRecorder(label: label, dimensions: dimensions, aggregate: true))
    }

    /// A handle holds nothing; the series stays.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// A handle holds nothing; the series stays.
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    /// A handle holds nothing; the series stays.
    public func destroyTimer(_ handler: any TimerHandler) {}
}

private final class CounterSeries: CounterHandler {
    let add: @Sendable (Int64) -> Void

    init(add: @escaping @Sendable (Int64) -> Void) { self.add = add }

    func increment(by amount: Int64) { add(amount) }
    // A counter of Prometheus never falls.
    func reset() {}
}

private final class RecorderSeries: RecorderHandler {
    let keep: @Sendable (Double) -> Void

    init(keep: @escaping @Sendable (Double) -> Void) { self.keep = keep }

    func record(_ value: Int64) { keep(Double(value)) }
    func record(_ value: Double) { keep(value) }
}

private final class TimerSeries: TimerHandler {
    let recorder: any RecorderHandler

    init(recorder: any RecorderHandler) { self.recorder = recorder }

    func recordNanoseconds(_ duration: Int64) { recorder.record(Double(duration) / 1e9) }
}

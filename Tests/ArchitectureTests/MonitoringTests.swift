import Foundation
import Testing

/// The alert rules and the dashboard against the metrics that exist: an alert on a name that is gone never rings.
@Suite("What is watched")
struct MonitoringTests {
    @Test("names metrics that exist", arguments: ["deploy/alerts.yaml", "deploy/grafana.json"])
    func names(path: String) throws {
        let named = Self.metrics(in: try Self.text(path))
        #expect(named.count > 5)
        #expect(named.subtracting(try Self.known()) == [])
    }

    @Test("has an alert, or a line on the dashboard, for every metric but what explains others")
    func complete() throws {
        let watched = try Self.metrics(in: Self.text("deploy/alerts.yaml") + Self.text("deploy/grafana.json"))
        let explaining: Set = ["enlace_request_seconds", "enlace_readiness_steps_total"]
        #expect(try Self.known().subtracting(watched).subtracting(explaining) == [])
    }

    @Test("says of every alert what to do")
    func descriptions() throws {
        let rules = try Self.text("deploy/alerts.yaml").components(separatedBy: "- alert: ").dropFirst()
        #expect(rules.count > 8)
        for rule in rules {
            #expect(rule.contains("description:") && rule.contains("summary:"), "\(rule.prefix(30))")
        }
    }

    @Test("is read so that a metric that is gone is seen")
    func canFail() throws {
        #expect(Self.metrics(in: "rate(enlace_no_such_seconds_bucket[5m])") == ["enlace_no_such_seconds"])
        #expect(try !Self.known().contains("enlace_no_such_seconds"))
    }

    /// The metrics that the product has, by the source that names them.
    private static func known() throws -> Set<String> {
        let source = try text("Sources/Gateway/Observing/MetricName.swift")
        return Set(source.components(separatedBy: "\"").filter { $0.hasPrefix("enlace_") })
    }

    /// Every metric that a text names, without a histogram's endings.
    private static func metrics(in text: String) -> Set<String> {
        let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }.map(String.init)
        return Set(
            words.filter { $0.hasPrefix("enlace_") }.map { word in
                ["_bucket", "_sum", "_count"].first { word.hasSuffix($0) }.map { String(word.dropLast($0.count)) }
                    ?? word
            })
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: SourceTree.root.appending(path: path), encoding: .utf8)
    }
}

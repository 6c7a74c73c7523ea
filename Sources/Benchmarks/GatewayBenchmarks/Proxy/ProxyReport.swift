import Foundation

/// What the proxy did beside its peers.
struct ProxyReport: ReportSection {
    /// A run counts only if nginx reaches this part of what the upstream alone does, and so many times Envoy.
    private static let leastOfUpstream = 0.3
    private static let leastOfEnvoy = 2.0

    let sellers: Int
    let secondsPerRun: Int
    let scenarios: [ProxyScenario]
    let measurements: [ProxyMeasurement]
    /// The versions of what took part.
    let versions: [String: String]

    private func runs(_ scenario: String, _ system: String) -> [ProxyMeasurement] {
        measurements.filter { $0.scenario == scenario && $0.system == system }
    }

    private func median(
        _ scenario: String, _ system: String, _ value: (ProxyMeasurement) -> Double
    ) -> Double? {
        let values = runs(scenario, system).map(value)
        return values.isEmpty ? nil : values.median
    }

    private func rate(_ scenario: String, _ system: String) -> Double? {
        median(scenario, system) { $0.result.requestsPerSecond }
    }

    private func ratio(_ left: Double?, _ right: Double?) -> Double? {
        guard let left, let right, right > 0 else { return nil }
        return left / right
    }

    /// The figures that are compared with aims, by their names in the report.
    var figures: [(name: String, value: Double?)] {
        let here = rate("get_64", "enlace")
        return [
            ("vs_nginx", ratio(here, rate("get_64", "nginx"))),
            ("vs_envoy", ratio(here, rate("get_64", "envoy"))),
            ("vs_caddy", ratio(here, rate("get_64", "caddy"))),
            ("tls_vs_nginx", ratio(rate("tls_64", "enlace"), rate("tls_64", "nginx"))),
            (
                "p50_1conn_vs_nginx",
                ratio(
                    median("get_1", "enlace") { $0.result.median }, median("get_1", "nginx") { $0.result.median })
            ),
            (
                "rss_mib",
                measurements.filter { $0.system == "enlace" }.map(\.memory).max()
            ),
            (
                "million_sellers_rss_mib",
                measurements.filter { $0.system == "enlace_many" }.map(\.memory).max()
            ),
            ("million_sellers_ratio", ratio(rate("sellers_zipf", "enlace_many"), rate("sellers_zipf", "enlace"))),
            (
                "million_sellers_uniform_ratio",
                ratio(rate("sellers_uniform", "enlace_many"), rate("sellers_uniform", "enlace"))
            ),
            ("ordinary_vs_bare_route", ratio(rate("ordinary_64", "enlace"), rate("ordinary_64", "bare_route"))),
        ]
    }

    /// Why this run's figures do not count; empty where they do.
    var objections: [String] {
        var objections: [String] = []
        let nginx = rate("get_64", "nginx")
        if let part = ratio(nginx, rate("get_64", "upstream")), part < Self.leastOfUpstream {
            objections.append(
                "nginx reached \(part.text(2)) × what the upstream alone does, less than \(Self.leastOfUpstream.text())"
            )
        }
        if let times = ratio(nginx, rate("get_64", "envoy")) {
            if times < Self.leastOfEnvoy {
                objections.append("nginx reached \(times.text(2)) × Envoy, less than \(Self.leastOfEnvoy.text())")
            }
        } else {
            objections.append("Envoy did not take part")
        }
        for scenario in scenarios {
            for candidate in scenario.candidates {
                let failures = runs(scenario.name, candidate.system).reduce(0) { $0 + $1.result.failures }
                if failures > 0 {
                    objections.append("\(failures) calls of \(scenario.name) failed at \(candidate.system)")
                }
            }
        }
        return objections
    }

    var members: [String: Any] {
        var proxy: [String: Any] = [
            "counts": objections.isEmpty, "objections": objections, "sellers": sellers,
            "seconds_per_run": secondsPerRun, "versions": versions,
        ]
        for (name, value) in figures {
            proxy[name] = value.map { $0.rounded(to: name.hasSuffix("rss_mib") ? 1 : 3) } ?? NSNull()
        }
        proxy["scenarios"] = Dictionary(uniqueKeysWithValues: scenarios.map { ($0.name, members(of: $0)) })
        return ["proxy": proxy]
    }

    private func members(of scenario: ProxyScenario) -> [String: Any] {
        var systems: [String: Any] = [:]
        for candidate in scenario.candidates {
            let runs = runs(scenario.name, candidate.system)
            systems[candidate.system] =
                [
                    "requests_per_second": runs.map(\.result.requestsPerSecond).median.rounded(to: 1),
                    "p50_ms": runs.map(\.result.median).median.rounded(to: 3),
                    "p99_ms": runs.map(\.result.p99).median.rounded(to: 3),
                    "processor_seconds_per_1000": runs.map(\.processorSecondsPerThousand).median.rounded(to: 5),
                    "rss_mib": runs.map(\.memory).median.rounded(to: 1),
                    "rounds": runs.map { $0.result.requestsPerSecond.rounded(to: 1) },
                ] as [String: Any]
        }
        return ["title": scenario.title, "connections": scenario.connections, "systems": systems]
    }

    var markdown: String {
        let rows = scenarios.flatMap { scenario in
            scenario.candidates.map { candidate in row(scenario, candidate.system) }
        }
        let verdict =
            objections.isEmpty
            ? "" : "**These figures do not count: \(objections.joined(separator: "; ")).**\n\n"
        let figures = figures.map { ["`proxy.\($0.name)`", $0.value?.text(2) ?? "not measured"] }
        return verdict + markdownTable(["", "median"], figures) + "\n"
            + markdownTable(
                ["Load", "System", "requests/s", "× nginx", "p50 ms", "p99 ms", "CPU s per 1,000", "RSS MiB"], rows)
            + "\n\(sellers) sellers at `enlace_many`, \(secondsPerRun) s a run; "
            + versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ") + ".\n"
    }

    private func row(_ scenario: ProxyScenario, _ system: String) -> [String] {
        let runs = runs(scenario.name, system)
        let relative = ratio(rate(scenario.name, system), rate(scenario.name, "nginx"))
        return [
            scenario.title, system, runs.map(\.result.requestsPerSecond).median.text(0), relative?.text(2) ?? "",
            runs.map(\.result.median).median.text(2), runs.map(\.result.p99).median.text(2),
            runs.map(\.processorSecondsPerThousand).median.text(3), runs.map(\.memory).median.text(0),
        ]
    }
}

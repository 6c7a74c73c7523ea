import Gateway

/// One line of `enlace doctor`.
struct DoctorFinding: Hashable, Sendable {
    /// What the lines of this machine stand under.
    static let machine = "machine"
    /// What the lines of the gateway stand under.
    static let installation = "installation"

    /// What it belongs to: ``machine``, ``installation`` or an application's id.
    let scope: String
    /// A stable name.
    let check: String
    /// How it is.
    let result: Finding.Result
    /// What was found.
    let detail: String
    /// What to do about it.
    let fix: String?

    /// Something that was looked at on this machine.
    init(_ check: String, _ result: Finding.Result, _ detail: String, fix: String? = nil) {
        (scope, self.check, self.result, self.detail, self.fix) = (Self.machine, check, result, detail, fix)
    }

    /// A finding of the core's.
    init(_ finding: Finding) {
        self.init(finding.check.rawValue, finding.result, finding.detail, fix: finding.fix)
    }

    /// A whole check that could not be had.
    init(_ scope: String, unchecked check: String, _ result: Finding.Result, _ detail: String, fix: String? = nil) {
        (self.scope, self.check, self.result, self.detail, self.fix) = (scope, check, result, detail, fix)
    }

    /// A finding as the API shows it; `nil` for another form.
    init?(_ scope: String, _ json: JSONValue) {
        guard let check = json["check"]?.string, let detail = json["detail"]?.string,
            let result = json["result"]?.string.flatMap({ Finding.Result(rawValue: $0) })
        else { return nil }
        (self.scope, self.check, self.result, self.detail) = (scope, check, result, detail)
        fix = json["fix"]?.string
    }

    /// The finding as JSON.
    var json: JSONValue {
        .members([
            "scope": .string(scope), "check": .string(check), "result": .of(result), "detail": .string(detail),
            "fix": .of(fix),
        ])
    }

    /// What was found and what to do, in one line.
    var line: String { (detail + (fix.map { " Fix: " + $0 } ?? "")).visible }
}

/// All that `enlace doctor` found.
struct DoctorReport: Sendable {
    /// The lines, those of one scope together.
    var findings: [DoctorFinding] = []
    /// What to enter in the provider's panel, by application.
    var panels: [(application: String, entries: [JSONValue])] = []

    /// The worst of them.
    var result: Finding.Result { Finding.Result.worst(of: findings.map(\.result)) }

    /// All of it as JSON.
    var json: JSONValue {
        [
            "result": .string(result.rawValue), "findings": .array(findings.map(\.json)),
            "panels": .array(
                panels.map { ["application": .string($0.application), "panel": .array($0.entries)] }),
        ]
    }

    /// A line a finding under its scope, what to enter in the panel, and the count.
    var text: String {
        var parts: [String] = []
        var scopes: [String] = []
        for finding in findings where !scopes.contains(finding.scope) { scopes.append(finding.scope) }
        for scope in scopes {
            let lines = findings.filter { $0.scope == scope }.map { [$0.result.rawValue, $0.check, $0.line] }
            parts.append("\(scope)\n" + Table(lines).text)
        }
        for (application, entries) in panels {
            let lines = entries.map { entry in ["field", "value", "about"].map { (entry[$0] ?? .null).cell } }
            parts.append("to stand in the provider's panel for \(application)\n" + Table(lines).text)
        }
        let counts = Finding.Result.allCases.map { result in
            "\(findings.count { $0.result == result }) \(result.rawValue)"
        }
        return (parts + [counts.joined(separator: ", ")]).joined(separator: "\n\n")
    }
}

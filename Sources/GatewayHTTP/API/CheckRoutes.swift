import Gateway
import Hummingbird

/// `…/check`: whether an application and the installation are set up.
struct CheckRoutes: Sendable {
    let checks: SetupChecks

    func add(to api: APIRoutes) {
        // Changes nothing, so that no request is remembered and a repeated one looks again.
        api.post("/applications/{application}/check", repeated: again) { call in try await check(call) }
        api.get("/installation/check") { call in
            InstallationCheckResource(try await checks.installation.run(for: call.principal))
        }
    }

    @Sendable private func again(_ text: String, _ call: APICall) async throws -> any Encodable {
        try await check(call)
    }

    private func check(_ call: APICall) async throws -> any Encodable {
        let id: ApplicationID = try call.id("application", orThrow: .unknown(.applicationNotFound))
        return ApplicationCheckResource(try await checks.application.run(id, by: call.caller))
    }
}

/// A finding as the API shows it.
struct FindingResource: Encodable {
    let check, result, detail: String
    let fix: String?

    init(_ finding: Finding) {
        check = finding.check.rawValue
        result = finding.result.rawValue
        detail = finding.detail
        fix = finding.fix
    }
}

/// What an application's check came to.
struct ApplicationCheckResource: Encodable {
    struct Entry: Encodable {
        let field, value, about: String
    }

    let application, result, checkedAt: String
    let findings: [FindingResource]
    let panel: [Entry]

    init(_ report: ApplicationCheck.Report) {
        application = report.application.description
        result = Finding.Result.worst(of: report.findings.map(\.result)).rawValue
        checkedAt = report.checkedAt.description
        findings = report.findings.map { FindingResource($0) }
        panel = report.panel.map { Entry(field: $0.field.rawValue, value: $0.value, about: $0.about) }
    }
}

/// What the installation's check came to.
struct InstallationCheckResource: Encodable {
    let result, checkedAt: String
    let findings: [FindingResource]

    init(_ report: InstallationCheck.Report) {
        result = Finding.Result.worst(of: report.findings.map(\.result)).rawValue
        checkedAt = report.checkedAt.description
        findings = report.findings.map { FindingResource($0) }
    }
}

import ArgumentParser
import Gateway
import GatewayServer
import NIOCore
import NIOHTTP1

/// Looks whether everything is set up: `enlace doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "doctor", "Look whether everything is set up, and say how to put right what is not.",
        about: """
            Looks at this machine first: configuration, keyring, files, ports. If the gateway answers, it is asked about \
            what it runs on, and about each application: credentials, clock, redirect URI, PKCE, webhook secret. \
            Changes nothing. Ends with code 1 if something fails.
            """,
        examples: "enlace doctor", "enlace doctor --application app_01JD0000000000000000000000 --json")

    /// For an application's check: the provider may be silent.
    static let patience = TimeAmount.seconds(90)

    @Option(help: "Only this application; give none, one or several.") var application: [ApplicationID] = []
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Gateway") var client: ClientOptions

    func run() async throws {
        let machine = MachineChecks()
        let (configured, settings) = await machine.configuration(configuration)
        var report = DoctorReport()
        report.findings.append(configured)
        if let settings { report.findings += await machine.findings(settings) }
        let isAnswered = await askGateway(&report)
        if !isAnswered, let settings { report.findings.append(machine.disk(settings)) }
        // So that the lines of a scope stand together.
        report.findings =
            report.findings.filter { $0.scope == DoctorFinding.machine }
            + report.findings.filter { $0.scope != DoctorFinding.machine }
        print(client.json ? report.json.text(isPretty: true) : report.text)
        if report.result == .failure { throw ExitCode.failure }
    }

    /// Adds what the gateway says; `false` when it said nothing.
    private func askGateway(_ report: inout DoctorReport) async -> Bool {
        let known: ClientConfiguration
        do { known = try client.configuration() } catch {
            report.findings.append(
                DoctorFinding(
                    "gateway", .notChecked, "The gateway can't be asked without its address and a key.",
                    fix: "\(error) `enlace init` writes both."))
            return false
        }
        do {
            return try await APIClient.withClient(url: known.url, key: known.key) { api in
                guard await self.askInstallation(api, &report) else { return false }
                await self.askApplications(api, &report)
                return true
            }
        } catch {
            return false
        }
    }

    private func askInstallation(_ api: APIClient, _ report: inout DoctorReport) async -> Bool {
        do {
            let answer = try await api.call(.GET, "/v1/installation/check", within: Self.patience)
            report.findings.append(DoctorFinding("gateway", .ok, "The gateway answers at \(api.url)."))
            report.findings += (answer["findings"]?.array ?? []).compactMap {
                DoctorFinding(DoctorFinding.installation, $0)
            }
            return true
        } catch let error as UnreachableGateway {
            report.findings.append(
                DoctorFinding(
                    "gateway", .warning, "\(error)",
                    fix: "Start it with `enlace serve`, then run this again: the rest was not checked."))
        } catch {
            report.findings.append(
                DoctorFinding(
                    "gateway", .failure, "The gateway at \(api.url) does not let itself be asked. \(error)",
                    fix: "Use a key of its own that has the scope read and is bound to no seller."))
        }
        return false
    }

    private func askApplications(_ api: APIClient, _ report: inout DoctorReport) async {
        do {
            let listed = try await application.isEmpty ? Self.applications(api) : application.map(\.description)
            for id in listed { await askApplication(id, api, &report) }
        } catch {
            report.findings.append(
                DoctorFinding(DoctorFinding.installation, unchecked: "applications", .notChecked, "\(error)"))
        }
    }

    private static func applications(_ api: APIClient) async throws -> [String] {
        let answer = try await api.get("/v1/applications", query: [("limit", "200")])
        return (answer["data"]?.array ?? []).compactMap { $0["id"]?.string }
    }

    private func askApplication(_ id: String, _ api: APIClient, _ report: inout DoctorReport) async {
        do {
            let answer = try await api.post("/v1/applications/\(id)/check", within: Self.patience)
            report.findings += (answer["findings"]?.array ?? []).compactMap { DoctorFinding(id, $0) }
            report.panels.append((id, answer["panel"]?.array ?? []))
        } catch let error as APIError where error.status == 403 {
            report.findings.append(
                DoctorFinding(
                    id, unchecked: "application", .notChecked, "\(error)",
                    fix: "Use a key of the application's mode with the scope applications:admin."))
        } catch {
            report.findings.append(DoctorFinding(id, unchecked: "application", .failure, "\(error)"))
        }
    }
}

import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Subprocess

@testable import Sandbox

/// A simulator that runs for one test, driven from outside by `curl`.
struct RunningSandbox {
    let addresses: JSON

    func origin(_ name: String) -> String { addresses[name]?.string ?? "" }

    /// Runs a simulator around a test and ends it afterwards.
    static func run(timeScale: Double = 1, _ test: (RunningSandbox) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sandbox-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = SandboxConfiguration(folder: folder.path())
        configuration.timeScale = timeScale
        let group = ServiceGroup(
            services: [SandboxServer(configuration: configuration, logger: quietLogger)], logger: quietLogger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let addresses = try await waitForFile(folder.appending(path: "sandbox.json"))
            try await test(RunningSandbox(addresses: addresses))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// One request of `curl`, as the guide writes it, trusting the sandbox's own CA only.
    func curl(_ arguments: String...) async throws -> (status: Int, body: JSON?, text: String) {
        let run = try await Subprocess.run(
            .name("curl"), arguments: Arguments(["-s", "-w", "\n%{http_code}"] + arguments),
            environment: .inherit.updating(["CURL_CA_BUNDLE": origin("ca_file"), "no_proxy": "*"]),
            output: .string(limit: 64 << 20))
        let text = run.standardOutput
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let body = lines.dropLast().joined(separator: "\n")
        return (Int(lines.last ?? "") ?? 0, JSON(parsing: Array(body.utf8)), body)
    }

    /// A JSON request to `/_sim`.
    @discardableResult
    func sim(_ method: String, _ path: String, _ body: JSON = [:]) async throws -> JSON {
        let answer = try await curl("-X", method, "-d", body.text, origin("sim") + path)
        guard (200...299).contains(answer.status) else { throw Unexpected(status: answer.status, body: answer.text) }
        return answer.body ?? .null
    }

    struct Unexpected: Error {
        let status: Int
        let body: String
    }

    private static func waitForFile(_ file: URL) async throws -> JSON {
        while true {
            if let data = try? Data(contentsOf: file), let json = JSON(parsing: Array(data)) { return json }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

let quietLogger = Logger(label: "sandbox-tests") { _ in SwiftLogNoOpLogHandler() }

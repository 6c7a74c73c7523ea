import Foundation
import Gateway
import TestSupport
import Testing

@testable import enlace

/// Runs the scripts of `Tests/browser` and `Tests/clients` against a stack.
struct BrowserCheck {
    private let stack: LocalStack
    private let environment: [String: String]

    /// Takes the stack, and asks for what the scripts need to know.
    init(_ stack: LocalStack, _ api: APIClient) async throws {
        self.stack = stack
        let key = try stack.client().key.reveal { $0 }
        environment = [
            "ENLACE_TEST_URL": stack.url, "ENLACE_TEST_KEY": key,
            "ENLACE_TEST_APPLICATION": try await stack.application(api),
            "ENLACE_TEST_SANDBOX": stack.file("sandbox/sandbox.json").path(),
            "ENLACE_TEST_FOLDER": stack.folder.path(), "ENLACE_TEST_PROGRAM": program, "PATH": "/usr/bin:/bin",
            "HOME": stack.folder.path(),
        ]
    }

    /// Runs a script with arguments to its end.
    func run(
        _ script: [String], _ more: [String: String] = [:]
    ) async throws -> (status: Int32, said: String) {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let python = tests.deletingLastPathComponent().appending(path: ".venv-tests/bin/python")
        let log = stack.file("check.log")
        let child = try ChildProcess(
            python.path(), [tests.appending(path: script[0]).path()] + script.dropFirst(),
            environment: environment.merging(more) { $1 }, folder: stack.folder, log: log)
        let status = await child.wait()
        return (status, try String(contentsOf: log, encoding: .utf8))
    }
}

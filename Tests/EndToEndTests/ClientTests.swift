import Foundation
import Gateway
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    /// Checks that are programs of their own, against one stack each.
    @Suite("Others' software")
    struct ClientTests {
        @Test(
            "works with it",
            arguments: [
                ["clients/mercadopago_sdk.py"], ["clients/standardwebhooks_verify.py"], ["browser/link_shop.py"],
                ["browser/link_shop.py", "--no-scripts"], ["browser/deny_and_undo.py"],
            ])
        func works(script: [String]) async throws {
            try await withAPI { stack, api in
                let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                let environment = try stack.client().key.reveal { key in
                    [
                        "ENLACE_TEST_URL": stack.url, "ENLACE_TEST_KEY": key,
                        "ENLACE_TEST_SANDBOX": stack.file("sandbox/sandbox.json").path(),
                        "ENLACE_TEST_FOLDER": stack.folder.path(), "PATH": "/usr/bin:/bin",
                        "HOME": stack.folder.path(),
                    ]
                }.merging(["ENLACE_TEST_APPLICATION": try await stack.application(api)]) { $1 }
                let python = root.deletingLastPathComponent().appending(path: ".venv-tests/bin/python")
                let child = try ChildProcess(
                    python.path(), [root.appending(path: script[0]).path()] + script.dropFirst(),
                    environment: environment, folder: stack.folder, log: stack.file("check.log"))
                let status = await child.wait()
                let said = try String(contentsOf: stack.file("check.log"), encoding: .utf8)
                #expect(status == 0, "\(script.joined(separator: " ")): \(said)")
            }
        }
    }
}

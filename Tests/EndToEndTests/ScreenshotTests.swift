import Foundation
import Gateway
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    /// Pictures of all pages, kept in `.build/screenshots`.
    @Suite("What a shop owner sees")
    struct ScreenshotTests {
        @Test("is drawn well on a phone and on a desk, in each language, by day and by night")
        func pictures() async throws {
            try await withStack { stack in
                let expired = try await stack.withAPI { api in
                    try await stack.link(api, of: try await stack.seller(api, "Kiosco Luna"))
                }
                try await Self.endLinks(of: stack)
                try await stack.withAPI { api in
                    let check = try await BrowserCheck(stack, api).run(
                        ["browser/screenshots.py"], ["ENLACE_TEST_EXPIRED_LINK": expired])
                    #expect(check.status == 0, "\(check.said)")
                    print(check.said)
                }
            }
        }

        /// Brings the time of all links to its end, while nothing else has the database open.
        private static func endLinks(of stack: LocalStack) async throws {
            await stack.stopGateway()
            let program = """
                import sqlite3
                with sqlite3.connect("enlace.sqlite") as database:
                    database.execute("UPDATE onboarding_link SET expires_at = created_at + 1")
                """
            let child = try ChildProcess(
                "/usr/bin/python3", ["-c", program], environment: [:], folder: stack.folder,
                log: stack.file("expire.log"))
            #expect(await child.wait() == 0)
            try await stack.startGateway()
        }
    }
}

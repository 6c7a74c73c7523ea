import Foundation
import Gateway
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("The operators' audit")
    struct AuditTests {
        @Test("names the line that was edited behind the gateway's back, and notices one that was deleted")
        func tampered() async throws {
            try await withStack { stack in
                let shop = try await stack.withAPI { api in try await stack.linkedShop(api) }
                let whole = try await Self.command(stack, ["verify", "--json"])
                #expect(whole.status == 0, "\(whole.text)")
                let lines = try await Self.lines(stack)
                #expect(Self.verdict(whole)["intact"] == .bool(true))
                // The export leaves a line itself.
                #expect(Self.verdict(whole)["checked"]?.int == lines.count - 1)
                let linked = try #require(lines.first { $0["action"]?.string == "connection.linked" })
                #expect(linked["subject"]?.string == shop.connection)
                #expect(linked["seller"]?.string == shop.seller)

                let id = try #require(linked["id"]?.string)
                try await Self.change(stack, "UPDATE audit SET actor = 'gateway' WHERE action = 'connection.linked'")
                let edited = try await Self.command(stack, ["verify"])
                #expect(edited.status == 1)
                #expect(edited.text.contains("The audit is broken at \(id): the line is not as it was written."))

                let actor = try #require(linked["actor"]?.string)
                try await Self.change(
                    stack, "UPDATE audit SET actor = '\(actor)' WHERE action = 'connection.linked'")
                #expect(try await Self.command(stack, ["verify"]).status == 0)

                try await Self.change(stack, "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
                let cut = try await Self.command(stack, ["verify", "--json"])
                #expect(cut.status == 1)
                #expect(Self.verdict(cut)["fault"]?.string == "cut_off")
                #expect(Self.verdict(cut)["broken_at"]?.string != nil)
            }
        }

        /// Runs `enlace audit` in the stack's folder.
        private static func command(
            _ stack: LocalStack, _ arguments: [String]
        ) async throws -> (status: Int32, text: String) {
            let log = "\(UUID().uuidString).log"
            let status = await (try stack.start(["audit"] + arguments, log: log)).wait()
            return (status, try String(contentsOf: stack.file(log), encoding: .utf8))
        }

        private static func lines(_ stack: LocalStack) async throws -> [JSONValue] {
            let exported = try await command(stack, ["export"])
            #expect(exported.status == 0)
            return exported.text.split(separator: "\n").compactMap { JSONValue(parsing: $0.utf8) }
        }

        // Words for people follow the document in the same log.
        private static func verdict(_ ended: (status: Int32, text: String)) -> JSONValue {
            JSONValue(parsing: ended.text.prefix { $0 != "}" }.utf8 + [UInt8(ascii: "}")]) ?? .null
        }

        /// Changes the database with a program that is not ours while the gateway is stopped.
        private static func change(_ stack: LocalStack, _ sql: String) async throws {
            await stack.stopGateway()
            let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
            let child = try ChildProcess(
                "/usr/bin/python3", ["-c", script, stack.file("enlace.sqlite").path(), sql], environment: [:],
                folder: stack.folder, log: stack.file("python.log"))
            #expect(await child.wait() == 0)
            try await stack.startGateway()
        }
    }
}

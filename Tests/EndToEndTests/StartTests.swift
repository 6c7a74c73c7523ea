import Foundation
import TestSupport
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("A gateway that can't start")
    struct StartTests {
        @Test("says which process holds the database")
        func second() async throws {
            try await withStack { stack in
                let first = try #require(stack.gateway)
                let (status, text) = try await Self.serve(stack)
                #expect(status != 0)
                #expect(text.contains("in use by process \(first.id)"))
            }
        }

        @Test("names the key that another keyring lacks, and changes nothing")
        func otherKeyring() async throws {
            try await withStack(isStarted: false) { stack in
                let path = stack.file("enlace.keyring").path()
                let own = try Data(contentsOf: URL(filePath: path))
                let id = try #require(String(decoding: own, as: UTF8.self).firstMatch(of: /krk_[0-9A-Z]{26}/)).output
                try FileManager.default.removeItem(atPath: path)
                let refused = try await Self.command(stack, ["keyring", "init"])
                #expect(refused.status != 0)
                #expect(refused.text.contains("a new keyring would not open it"))
                let missing = try await Self.serve(stack)
                #expect(missing.text.contains("There is no keyring"))

                try Self.makeKeyring(in: stack)
                let (status, text) = try await Self.serve(stack)
                #expect(status != 0)
                #expect(text.contains(id))
                try own.write(to: URL(filePath: path))
                try await stack.startGateway()
            }
        }

        @Test("refuses a keyring that others can read, and settings that it does not know")
        func settings() async throws {
            try await withStack(isStarted: false) { stack in
                let keyring = stack.file("enlace.keyring").path()
                try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: keyring)
                #expect(try await Self.serve(stack).text.contains("chmod 600"))
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keyring)
                let file = stack.file("enlace.yaml")
                let lines = try String(contentsOf: file, encoding: .utf8)
                try (lines + "publik_url: x\n").write(to: file, atomically: true, encoding: .utf8)
                let (status, text) = try await Self.serve(stack)
                #expect(status != 0)
                #expect(text.contains("publik_url") && text.contains("public_url"))
            }
        }

        @Test("is set up once: init that runs again says what it found and changes nothing")
        func initTwice() async throws {
            try await withStack(isStarted: false) { stack in
                let files = ["enlace.yaml", "enlace.keyring", "enlace.client.yaml"].map { stack.file($0) }
                let before = try files.map { try Data(contentsOf: $0) }
                let again = try await Self.command(stack, ["init", "--sandbox", "sandbox"])
                #expect(again.status == 0)
                #expect(again.text.contains("stays as it is"))
                #expect(try files.map { try Data(contentsOf: $0) } == before)
            }
        }

        private static func serve(_ stack: LocalStack) async throws -> (status: Int32, text: String) {
            try await command(stack, ["serve"])
        }

        private static func command(
            _ stack: LocalStack, _ arguments: [String]
        ) async throws -> (status: Int32, text: String) {
            let log = "\(UUID().uuidString).log"
            let status = await (try stack.start(arguments, log: log)).wait()
            return (status, try String(contentsOf: stack.file(log), encoding: .utf8))
        }

        private static func makeKeyring(in stack: LocalStack) throws {
            // Beside an existing database the command refuses, so the other keyring comes from an empty folder.
            let folder = stack.file("other")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let process = Process()
            process.executableURL = URL(filePath: program)
            process.arguments = ["keyring", "init"]
            process.currentDirectoryURL = folder
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            try FileManager.default.moveItem(
                at: folder.appending(path: "enlace.keyring"), to: stack.file("enlace.keyring"))
        }
    }
}

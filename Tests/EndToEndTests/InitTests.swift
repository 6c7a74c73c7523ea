import Foundation
import Gateway
import TestSupport
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("Setting up again")
    struct InitTests {
        @Test("finds everything, changes nothing, and says so")
        func again() async throws {
            try await withStack(isStarted: false) { stack in
                let names = ["enlace.yaml", "enlace.keyring", "enlace.client.yaml"]
                let before = try names.map { try Data(contentsOf: stack.file($0)) }
                let again = try await Self.run(stack)
                #expect(again.status == 0, "\(again.text)")
                for name in names { #expect(again.text.contains("Found \(name)"), "\(again.text)") }
                #expect(again.text.contains("Found application app_"))
                let after = try names.map { try Data(contentsOf: stack.file($0)) }
                #expect(after == before)
                try await stack.startGateway()
                try await stack.withAPI { api in
                    #expect(try await api.get("/v1/applications")["data"]?.array?.count == 1)
                    #expect(try await api.get("/v1/keys")["data"]?.array?.count == 1)
                    // Entered in the sandbox once more, the addresses still lead here.
                    _ = try await stack.linkedShop(api)
                }
            }
        }

        @Test("adds an application and a key of the other mode where it is told to")
        func otherMode() async throws {
            try await withStack(isStarted: false) { stack in
                let other = try await Self.run(stack, ["--client-file", "test.yaml", "--mode", "test"])
                #expect(other.status == 0, "\(other.text)")
                #expect(other.text.contains("Another key, with every scope, in test.yaml"))
                let again = try await Self.run(stack, ["--client-file", "test.yaml", "--mode", "test"])
                #expect(again.text.contains("Found test.yaml with a test key"), "\(again.text)")
                try await stack.startGateway()
                try await stack.withAPI { api in
                    let applications = try await api.get("/v1/applications")["data"]?.array ?? []
                    #expect(applications.map { $0["mode"]?.string } == ["test", "live"])
                }
            }
        }

        @Test("refuses options that contradict what is there")
        func differs() async throws {
            try await withStack(isStarted: false) { stack in
                let before = try Data(contentsOf: stack.file("enlace.yaml"))
                let other = try await Self.run(stack, ["--public-url", "https://other.example.com"])
                #expect(other.status != 0)
                #expect(other.text.contains("says otherwise than --public-url"))
                #expect(try Data(contentsOf: stack.file("enlace.yaml")) == before)
            }
        }

        @Test(
            "finishes what a kill left unfinished",
            arguments: ["enlace.yaml", "enlace.keyring", "enlace.sqlite", "enlace.client.yaml"])
        func killed(after name: String) async throws {
            try await withTemporaryFolder { folder in
                let stack = try await LocalStack(folder: folder, executable: program, settings: Demo.settings)
                do {
                    try await stack.startSandbox()
                    try await Self.checkKill(stack, after: name)
                } catch { Issue.record("\(error)") }
                await stack.stop()
            }
        }

        private static func checkKill(_ stack: LocalStack, after name: String) async throws {
            let port = try await freePort()
            let url = "http://127.0.0.1:\(port)"
            let killed = try stack.start(
                ["init", "--sandbox", "sandbox", "--public-url", url, "--brand", "Demo POS"], log: "killed.log")
            while !FileManager.default.fileExists(atPath: stack.file(name).path()), kill(killed.id, 0) == 0 {
                await Task.yield()
            }
            killed.send(SIGKILL)
            _ = await killed.wait()
            let finished = try await run(stack)
            #expect(finished.status == 0, "\(finished.text)")
            #expect(finished.text.contains("Found \(name == "enlace.sqlite" ? "enlace.keyring" : name)"))
            let again = try await run(stack)
            #expect(again.status == 0 && again.text.contains("Found enlace.client.yaml with a live key"))
            #expect(again.text.contains("Found application app_"))
            let ports = [
                "ENLACE_LISTEN_PORT=\(port)", "ENLACE_INTERNAL_PORT=\(stack.internalURL.split(separator: ":")[2])",
            ]
            try await stack.startGateway(under: ["/usr/bin/env"] + ports)
            try await stack.withAPI { api in
                let applications = try await api.get("/v1/applications")["data"]?.array
                let keys = try await api.get("/v1/keys")["data"]?.array
                #expect(applications?.count == 1)
                #expect(keys?.count == 1)
            }
        }

        @Test("takes in the key that was written down and never reached the database")
        func keyWithoutDatabase() async throws {
            try await withStack(isStarted: false) { stack in
                for end in ["", "-wal", "-shm", ".lock"] {
                    try? FileManager.default.removeItem(at: stack.file("enlace.sqlite\(end)"))
                }
                let finished = try await Self.run(stack)
                #expect(finished.status == 0, "\(finished.text)")
                #expect(finished.text.contains("its key is this installation's first now"))
                try await stack.startGateway()
                try await stack.withAPI { api in
                    let applications = try await api.get("/v1/applications")["data"]?.array
                    #expect(applications?.count == 1)
                }
            }
        }

        @Test("makes another key where the first one's text is gone, and refuses another installation's")
        func lostKey() async throws {
            try await withStack(isStarted: false) { stack in
                let file = stack.file("enlace.client.yaml")
                let text = try String(contentsOf: file, encoding: .utf8)
                try FileManager.default.removeItem(at: file)
                let another = try await Self.run(stack)
                #expect(another.status == 0 && another.text.contains("Another key"), "\(another.text)")
                try await stack.startGateway()
                try await stack.withAPI { api in
                    let keys = try #require(try await api.get("/v1/keys")["data"]?.array)
                    #expect(keys.count == 2)
                    let first = try #require(keys.last?["id"]?.string)
                    _ = try await api.delete("/v1/keys/\(first)")
                }
                await stack.stopGateway()
                try FileManager.default.removeItem(at: file)
                try PrivateFile(path: file.path()).create(Secret(text))
                let refused = try await Self.run(stack)
                #expect(refused.status != 0)
                #expect(refused.text.contains("does not count in this database"))
            }
        }

        private static func run(
            _ stack: LocalStack, _ more: [String] = []
        ) async throws -> (status: Int32, text: String) {
            let log = "\(UUID().uuidString).log"
            let child = try stack.start(["init", "--sandbox", "sandbox", "--brand", "Demo POS"] + more, log: log)
            let status = await child.wait()
            return (status, try String(contentsOf: stack.file(log), encoding: .utf8))
        }
    }
}

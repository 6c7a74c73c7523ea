import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("A backup")
    struct BackupTests {
        @Test("is made by a command while a shop is served, and serves alone afterwards")
        func made() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                let calls = try await withThrowingTaskGroup(of: Int.self) { group in
                    let isOver = Flag()
                    group.addTask {
                        var calls = 0
                        while !isOver.isRaised, !Task.isCancelled {
                            _ = try await api.call(.GET, "/v1/sellers/\(shop.seller)/proxy/users/me")
                            _ = try await stack.seller(api)
                            calls += 1
                        }
                        return calls
                    }
                    for _ in 0..<3 {
                        let made = try await stack.command(["backup", "--json"])
                        #expect(made.status == 0, "\(made.text)")
                    }
                    isOver.raise()
                    return try await group.next() ?? 0
                }
                #expect(calls > 0)
                let listed = try await stack.command(["backup", "list", "--json"])
                let backups = JSONValue(parsing: listed.text.utf8)?["data"]?.array ?? []
                #expect(backups.count == 3, "\(listed.text)")
                let path = try #require(backups.first?["path"]?.string)
                await stack.stopGateway(SIGKILL)
                for suffix in ["", "-wal", "-shm"] {
                    try? FileManager.default.removeItem(at: stack.file("enlace.sqlite\(suffix)"))
                }
                try FileManager.default.copyItem(at: stack.file(path), to: stack.file("enlace.sqlite"))
                try await stack.startGateway()
                _ = try await stack.charge(api, shop)
                let verified = try await stack.command(["audit", "verify"])
                #expect(verified.status == 0, "\(verified.text)")
            }
        }

        @Test("that was cut short by a kill is none, and its remains go with the next one")
        func killed() async throws {
            try await withStack(isStarted: false) { stack in
                try await Self.fatten(stack, megabytes: 96)
                try await stack.startGateway()
                try await stack.withAPI { api in
                    // A disk may be so fast that it is finished before the kill: then once more.
                    var isCut = false
                    for _ in 0..<5 where !isCut {
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            group.addTask { _ = try? await api.call(.POST, "/v1/backups", within: .seconds(60)) }
                            try await waiting(for: "a backup to be under way") {
                                try Self.files(stack).contains { $0.contains("partial") } ? () : nil
                            }
                            await stack.stopGateway(SIGKILL)
                        }
                        isCut = try Self.files(stack).contains("enlace.partial")
                        let whole = try Self.files(stack).count { !$0.contains("partial") }
                        try await stack.startGateway()
                        #expect(try await api.get("/v1/backups")["data"]?.array?.count == whole)
                    }
                    #expect(isCut)
                    let made = try await api.call(.POST, "/v1/backups", within: .seconds(60))
                    let files = try Self.files(stack)
                    #expect(files.contains(try #require(made["name"]?.string)))
                    #expect(!files.contains { $0.contains("partial") })
                }
            }
        }

        @Test("that finds no room says so and leaves nothing, and the gateway goes on")
        func full() async throws {
            try await withStack(isStarted: false) { stack in
                try await Self.fatten(stack, megabytes: 8)
                // No file may grow beyond 4 MiB: writing there fails as it does on a full disk.
                try await stack.startGateway(
                    under: ["/bin/bash", "-c", "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\""])
                try await stack.withAPI { api in
                    let failed = try await refusal { try await api.post("/v1/backups") }
                    #expect(failed.code == "backup_failed")
                    #expect(failed.detail.contains("Make room"))
                    #expect(try Self.files(stack) == [])
                    _ = try await stack.seller(api)
                    let told = try await stack.command(["backup"])
                    #expect(told.status != 0 && told.text.contains("Make room"), "\(told.text)")
                }
            }
        }

        private static func files(_ stack: LocalStack) throws -> [String] {
            let folder = stack.file("enlace.backups").path()
            return FileManager.default.fileExists(atPath: folder)
                ? try FileManager.default.contentsOfDirectory(atPath: folder).sorted() : []
        }

        /// Makes the database so large that copying it takes a while.
        private static func fatten(_ stack: LocalStack, megabytes: Int) async throws {
            let script =
                "import sqlite3\ndb=sqlite3.connect('enlace.sqlite',isolation_level=None)\n"
                + "db.execute('CREATE TABLE ballast (bytes BLOB)')\n"
                + "for _ in range(\(megabytes)): db.execute('INSERT INTO ballast VALUES (randomblob(1000000))')\n"
                + "db.close()\n"
            let child = try stack.start(["-c", script], log: "fatten.log", program: "/usr/bin/python3")
            #expect(await child.wait() == 0)
        }
    }
}

extension LocalStack {
    /// Runs a command of the program in the stack's folder.
    func command(_ arguments: [String]) async throws -> (status: Int32, text: String) {
        let log = "\(UUID().uuidString).log"
        let status = await (try start(arguments, log: log)).wait()
        return (status, try String(contentsOf: file(log), encoding: .utf8))
    }
}

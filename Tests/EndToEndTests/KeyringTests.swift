import Foundation
import Gateway
import Logging
import NIOHTTP1
import StoreSQLite
import TestSupport
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("A keyring that changes")
    struct KeyringTests {
        @Test("is rotated and its old key retired while a shop is served")
        func online() async throws {
            // The calls come as fast as they can.
            let rates = ["seller_rate", "seller_burst", "application_rate", "application_burst"]
            let fast = Dictionary(uniqueKeysWithValues: rates.map { ("proxy.\($0)", "1000000") })
            try await withAPI(settings: Demo.settings.merging(fast) { $1 }) { stack, api in
                let shop = try await stack.linkedShop(api)
                let file = KeyRingFile(path: stack.file("enlace.keyring").path())
                let first = try file.read().current
                let calls = try await withThrowingTaskGroup(of: Int.self) { group in
                    group.addTask {
                        var calls = 0
                        while try file.read().ids.contains(first) {
                            _ = try await api.call(.GET, "/v1/sellers/\(shop.seller)/proxy/users/me")
                            calls += 1
                        }
                        return calls
                    }
                    let current = try await Self.run(stack, ["keyring", "retire", first])
                    #expect(current.status != 0 && current.text.contains("Rotate first"))
                    let rotated = try await Self.run(stack, ["keyring", "rotate"])
                    #expect(rotated.status == 0, "\(rotated.text)")
                    #expect(rotated.text.contains("] 100 % 2 of 2 data keys"))
                    let retired = try await Self.run(stack, ["keyring", "retire", first])
                    #expect(retired.status == 0, "\(retired.text)")
                    return try await group.next() ?? 0
                }
                #expect(calls > 0)
                #expect(try file.read().ids == [file.read().current])
                // Nothing that was sealed under the old key needs it: neither tokens nor secrets nor the canary.
                await stack.stopGateway(SIGKILL)
                try await stack.startGateway()
                _ = try await stack.charge(api, shop)
                let status = try await Self.run(stack, ["keyring", "status", "--json"])
                #expect(status.text.contains(try file.read().current) && !status.text.contains(first))
            }
        }

        @Test("goes on after a kill half-way, and keeps the old key until nothing depends on it")
        func killed() async throws {
            try await withStack(isStarted: false) { stack in
                let count = 8_000
                try await Self.seed(count, in: stack)
                let file = KeyRingFile(path: stack.file("enlace.keyring").path())
                let first = try file.read().current
                let rotated = try await Self.run(stack, ["keyring", "rotate"])
                #expect(rotated.status == 0 && rotated.text.contains("No gateway runs"), "\(rotated.text)")

                try await stack.startGateway()
                try await stack.withAPI { api in
                    try await waiting(for: "some data keys to be wrapped anew") {
                        let done = try await api.get("/v1/keyring")["rewrap"]?["done"]?.int ?? 0
                        return done > 0 ? () : nil
                    }
                }
                await stack.stopGateway(SIGKILL)
                let counts = try await Self.counts(in: stack)
                let left = try #require(counts[first], "all was wrapped before the kill")
                #expect(left > 0 && left < count)
                let refused = try await Self.run(stack, ["keyring", "retire", first])
                #expect(refused.status != 0 && refused.text.contains("\(left) data keys depend on"))

                try await stack.startGateway()
                try await stack.withAPI { api in
                    let shop = try await stack.linkedShop(api)
                    _ = try await api.call(.GET, "/v1/sellers/\(shop.seller)/proxy/users/me")
                    try await waiting(for: "the rest to be wrapped anew") {
                        let rewrap = try await api.get("/v1/keyring")["rewrap"]
                        return rewrap?["done"] == rewrap?["total"] ? () : nil
                    }
                }
                let retired = try await Self.run(stack, ["keyring", "retire", first])
                #expect(retired.status == 0, "\(retired.text)")
                await stack.stopGateway()
                #expect(try await Self.counts(in: stack).keys.sorted() == [file.read().current])
                try await stack.startGateway()
            }
        }

        @Test("comes from a variable that is wiped, and can't be rotated there")
        func environment() async throws {
            try await withStack(isStarted: false) { stack in
                let path = stack.file("enlace.keyring")
                let text = try Data(contentsOf: path)
                try FileManager.default.removeItem(at: path)
                let given = ["ENLACE_KEYRING_SOURCE=environment", "ENLACE_KEYRING=\(text.base64EncodedString())"]
                try await stack.startGateway(under: ["/usr/bin/env"] + given)
                let gateway = try #require(stack.gateway)
                let kept = try Data(contentsOf: URL(filePath: "/proc/\(gateway.id)/environ"))
                #expect(String(decoding: kept, as: UTF8.self).contains("ENLACE_KEYRING_SOURCE=environment"))
                #expect(kept.range(of: Data(text.base64EncodedString().utf8.prefix(40))) == nil)
                try await stack.withAPI { api in
                    let refused = try await refusal { try await api.post("/v1/keyring/reload") }
                    #expect(refused.code == "keyring_refused")
                    #expect(try await api.get("/v1/keyring")["source"]?.string == "environment")
                }
                let settings = stack.file("enlace.yaml")
                let lines = try String(contentsOf: settings, encoding: .utf8)
                try (lines + "keyring:\n  source: environment\n").write(to: settings, atomically: true, encoding: .utf8)
                let rotated = try await Self.run(stack, ["keyring", "rotate"])
                #expect(rotated.status != 0 && rotated.text.contains("works on a keyring's file only"))
            }
        }

        private static func run(
            _ stack: LocalStack, _ arguments: [String]
        ) async throws -> (status: Int32, text: String) {
            let log = "\(UUID().uuidString).log"
            let status = await (try stack.start(arguments, log: log)).wait()
            return (status, try String(contentsOf: stack.file(log), encoding: .utf8))
        }

        /// Lends the database of a gateway that does not run.
        private static func withStore<Result>(
            in stack: LocalStack, _ body: (SQLiteStore) async throws -> Result
        ) async throws -> Result {
            let store = try await SQLiteStore.open(
                at: stack.file("enlace.sqlite").path(), seal: AuditSeal(ring(stack)), clock: .system,
                logger: Logger(label: "test"))
            do {
                let result = try await body(store)
                await store.close()
                return result
            } catch {
                await store.close()
                throw error
            }
        }

        private static func ring(_ stack: LocalStack) throws -> KeyRing {
            try KeyRingFile(path: stack.file("enlace.keyring").path()).read()
        }

        private static func counts(in stack: LocalStack) async throws -> [String: Int] {
            try await withStore(in: stack) { try await $0.dataKeyCounts() }
        }

        /// That many sellers with real data keys, written past the API.
        private static func seed(_ count: Int, in stack: LocalStack) async throws {
            let make = Fixtures(seed: 77)
            let ring = try ring(stack)
            try await withStore(in: stack) { store in
                let vault = Vault(keyRing: ring, store: store, ids: make.ids, clock: .system)
                // As many at once as may wait for the one writer.
                for start in stride(from: 0, to: count, by: 2_000) {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in start..<min(start + 2_000, count) {
                            group.addTask {
                                let seller = make.seller()
                                let (key, _) = try vault.newDataKey(for: .seller(seller.id))
                                try await store.add(seller, dataKey: key, as: make.change())
                            }
                        }
                        try await group.waitForAll()
                    }
                }
            }
        }
    }
}

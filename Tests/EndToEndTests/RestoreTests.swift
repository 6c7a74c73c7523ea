import Foundation
import Gateway
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("A restored backup")
    struct RestoreTests {
        @Test("of yesterday serves whoever can be served, names whoever must link again, and sends nothing unasked")
        func yesterday() async throws {
            try await withAPI { stack, api in
                let kept = try await stack.linkedShop(api, nickname: "KEPT")
                let alive = try await stack.linkedShop(api, nickname: "ALIVE")
                let lost = try await stack.linkedShop(api, nickname: "LOST")
                let gone = try await stack.linkedShop(api, nickname: "QUETZAL")
                try await stack.withEndpoint(api, of: kept.seller) { receiver, endpoint in
                    await receiver.goDown()
                    _ = try await stack.charge(api, kept)
                    try await waiting(for: "the deliveries to wait") {
                        try await Self.open(api, endpoint) >= 2 ? () : nil
                    }
                    let backup = try await Self.backup(api)
                    // What comes after it: two refreshes, one of which kills the access token before; an erasure.
                    try await stack.panel.call(.PATCH, "/knobs", ["revoke_old_access_on_refresh": false])
                    try await Self.refresh(api, alive)
                    try await stack.panel.call(.PATCH, "/knobs", ["revoke_old_access_on_refresh": true])
                    try await Self.refresh(api, lost)
                    _ = try await api.call(.DELETE, "/v1/sellers/\(gone.seller)")
                    let busy = try await stack.command(["restore", backup, "--yes"])
                    #expect(busy.status != 0 && busy.text.contains("in use by process"), "\(busy.text)")
                    await stack.stopGateway(SIGKILL)
                    // The disk is gone, and what was newer in it.
                    for suffix in ["", "-wal", "-shm"] {
                        try? FileManager.default.removeItem(at: stack.file("enlace.sqlite\(suffix)"))
                    }
                    let restored = try await stack.command(["restore", backup, "--yes"])
                    #expect(restored.status == 0, "\(restored.text)")
                    receiver.comeBack()
                    let before = receiver.posts.count
                    try await stack.startGateway()

                    let found = try await waiting(for: "every pair to be tried", atMost: .seconds(60)) {
                        let restore = try await api.get("/v1/restore")
                        return restore["connections"]?["waiting"]?.int == 0 ? restore : nil
                    }
                    #expect(found["connections"]?["works"]?.int == 2, "\(found.text())")
                    #expect(found["connections"]?["needs_relink"]?.int == 1, "\(found.text())")
                    let whom = try await stack.command(
                        ["restore", "connections", "--outcome", "needs_relink", "--json"])
                    #expect(whom.text.contains(lost.connection) && !whom.text.contains(kept.connection))
                    for shop in [kept, alive] {
                        let me = try await api.call(.GET, "/v1/sellers/\(shop.seller)/proxy/users/me")
                        #expect(me["nickname"]?.string == shop.nickname)
                        let one: APIPath = "/v1/sellers/\(shop.seller)/connections/\(shop.connection)"
                        let connection = try await api.get(one)
                        #expect(connection["refresh_uncertain"]?.bool == true)
                        #expect(connection["state"]?.string == "linked")
                    }
                    let one: APIPath = "/v1/sellers/\(lost.seller)/connections/\(lost.connection)"
                    let ended = try await api.get(one)
                    #expect(ended["state"]?.string == "needs_relink" && ended["reason"]?.string == "rotation_lost")
                    let erased = try await refusal { try await api.get("/v1/sellers/\(gone.seller)") }
                    #expect(erased.code == "seller_not_found")

                    let held = try await api.call(.GET, "/v1/deliveries", query: [("endpoint", endpoint)])
                    #expect(held["data"]?.array?.filter { $0["state"]?.string == "held" }.count ?? 0 >= 2)
                    #expect(receiver.posts.count == before)
                    let released = try await stack.command(["deliveries", "release", "--json"])
                    #expect(released.status == 0, "\(released.text)")
                    try await waiting(for: "the held deliveries", atMost: .seconds(60)) {
                        try await Self.open(api, endpoint) == 0 ? () : nil
                    }
                    #expect(receiver.posts.suffix(from: before).contains { $0.type == "payment.created" })
                    let verified = try await stack.command(["audit", "verify"])
                    #expect(verified.status == 0, "\(verified.text)")
                }
            }
        }

        @Test("loses no pair where the database that it replaces can be read")
        func evidence() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                let backup = try await Self.backup(api)
                for _ in 0..<3 { try await Self.refresh(api, shop) }
                await stack.stopGateway(SIGKILL)
                let restored = try await stack.command(["restore", backup, "--yes"])
                #expect(restored.status == 0 && restored.text.contains("1 newer token pairs"), "\(restored.text)")
                try await stack.startGateway()
                let found = try await waiting(for: "the pair to be tried", atMost: .seconds(60)) {
                    let restore = try await api.get("/v1/restore")
                    return restore["connections"]?["waiting"]?.int == 0 ? restore : nil
                }
                #expect(found["connections"]?["works"]?.int == 1 && found["adopted"]?.int == 1, "\(found.text())")
                // A person asks: the one deliberate try succeeds, and nothing is in doubt any more.
                try await Self.refresh(api, shop)
                let one: APIPath = "/v1/sellers/\(shop.seller)/connections/\(shop.connection)"
                #expect(try await api.get(one)["refresh_uncertain"]?.bool == false)
            }
        }

        @Test("is refused when it is damaged, of another keyring or of a newer version, and nothing is touched")
        func refused() async throws {
            try await withAPI { stack, api in
                let backup = stack.file(try await Self.backup(api))
                await stack.stopGateway()
                let present = try Data(contentsOf: stack.file("enlace.sqlite"))
                let whole = try Data(contentsOf: backup)
                try whole.prefix(whole.count / 2).write(to: stack.file("half.sqlite"))
                let half = try await stack.command(["restore", "half.sqlite", "--yes"])
                #expect(half.status != 0, "\(half.text)")
                let newer =
                    "import sqlite3\ndb=sqlite3.connect('newer.sqlite')\n"
                    + "db.execute(\"INSERT INTO migration VALUES (9999, 'm9999_later', zeroblob(32), 0)\")\ndb.commit()\n"
                try whole.write(to: stack.file("newer.sqlite"))
                let child = try stack.start(["-c", newer], log: "newer.log", program: "/usr/bin/python3")
                #expect(await child.wait() == 0)
                let later = try await stack.command(["restore", "newer.sqlite", "--yes"])
                #expect(later.status != 0 && later.text.contains("m9999_later"), "\(later.text)")
                let path = stack.file("enlace.keyring")
                let own = try Data(contentsOf: path)
                try FileManager.default.removeItem(at: path)
                try KeyRingFile(path: path.path()).create(clock: .system, random: .system)
                let foreign = try await stack.command(["restore", backup.path(), "--yes"])
                #expect(foreign.status != 0 && foreign.text.contains("keyring"), "\(foreign.text)")
                try own.write(to: path)
                #expect(try Data(contentsOf: stack.file("enlace.sqlite")) == present)
                let names = try FileManager.default.contentsOfDirectory(atPath: stack.folder.path())
                #expect(!names.contains { $0.contains("incoming") || $0.contains("restor") })
                try await stack.startGateway()
            }
        }

        private static func backup(_ api: APIClient) async throws -> String {
            try #require(try await api.post("/v1/backups")["path"]?.string)
        }

        private static func refresh(_ api: APIClient, _ shop: LinkedShop) async throws {
            let one: APIPath = "/v1/sellers/\(shop.seller)/connections/\(shop.connection)"
            #expect(try await api.post("\(one)/refresh", body: [:])["proved_by"]?.string == "refresh")
        }

        /// How many deliveries of events have not ended.
        private static func open(_ api: APIClient, _ endpoint: String) async throws -> Int {
            let all = try await api.call(.GET, "/v1/deliveries", query: [("endpoint", endpoint)])["data"]?.array ?? []
            return all.count { ["pending", "sending", "held"].contains($0["state"]?.string) }
        }
    }
}

import Foundation
import Gateway
import NIOCore
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("Erasing a seller")
    struct ErasureTests {
        @Test("ends with a certificate, and with no byte of its name in the database")
        func erase() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api, nickname: "QUETZAL")
                let other = try await stack.linkedShop(api, nickname: "CONDOR")
                try await stack.withEndpoint(api, of: shop.seller) { receiver, _ in
                    _ = try await stack.charge(api, shop)
                    try await waiting(for: "the payment") {
                        receiver.posts.contains { $0.type == "payment.created" } ? () : nil
                    }
                }
                let event = try await Self.newestEvent(api, of: shop.seller)
                let (status, text) = try await Self.command(
                    stack, ["sellers", "erase", shop.seller, "--yes", "--json"])
                #expect(status == 0, "\(text)")
                let certificate = try #require(JSONValue(parsing: text.utf8))
                #expect(certificate["seller"]?.string == shop.seller)
                #expect(certificate["checkpoint"]?.string == "complete")
                #expect(certificate["data_keys"]?.array?.count == 1)
                for name in ["enlace.sqlite", "enlace.sqlite-wal"] {
                    let bytes = try Data(contentsOf: stack.file(name))
                    #expect(bytes.range(of: Data("QUETZAL".utf8)) == nil, "\(name)")
                }
                #expect(try Data(contentsOf: stack.file("enlace.sqlite")).range(of: Data("CONDOR".utf8)) != nil)

                let gone = try await refusal { try await api.call(.GET, "/v1/sellers/\(shop.seller)/proxy/users/me") }
                #expect(gone.code == "seller_not_found")
                let body = try await refusal { try await api.call(.GET, "/v1/events/\(event)") }
                #expect(body.code == "event_not_found")
                let me = try await api.call(.GET, "/v1/sellers/\(other.seller)/proxy/users/me")
                #expect(me["nickname"]?.string == "CONDOR")
                #expect(try await Self.command(stack, ["sellers", "erase", shop.seller, "--yes"]).status == 0)
                let refused = try await Self.command(stack, ["sellers", "erase", other.seller])
                #expect(refused.status != 0)
                #expect(try await api.call(.GET, "/v1/sellers/\(other.seller)")["state"]?.string == "active")
                try await Self.telling(stack, api, of: shop)
            }
        }

        @Test("holds when a backup from before is restored, and when the process died before the transaction")
        func restored() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api, nickname: "QUETZAL")
                let event = try await Self.newestEvent(api, of: shop.seller)
                await stack.stopGateway()
                let database = try Data(contentsOf: stack.file("enlace.sqlite"))
                try await stack.startGateway()
                let erased = try await api.call(.DELETE, "/v1/sellers/\(shop.seller)")
                await stack.stopGateway(SIGKILL)
                for name in ["enlace.sqlite-wal", "enlace.sqlite-shm"] {
                    try? FileManager.default.removeItem(at: stack.file(name))
                }
                // The list names the key, the database has it: the same as after a death in between.
                try database.write(to: stack.file("enlace.sqlite"))
                try await stack.startGateway()

                let gone = try await refusal { try await api.call(.GET, "/v1/sellers/\(shop.seller)") }
                #expect(gone.code == "seller_not_found")
                let body = try await refusal { try await api.call(.GET, "/v1/events/\(event)") }
                #expect(body.code == "event_not_found")
                let again = try await api.call(.DELETE, "/v1/sellers/\(shop.seller)")
                #expect(again["checkpoint"]?.string == "complete")
                #expect(again["data_keys"] == erased["data_keys"])
                #expect(try stack.gatewayLog().contains("Seller erased again"))
                let bytes = try Data(contentsOf: stack.file("enlace.sqlite"))
                #expect(bytes.range(of: Data("QUETZAL".utf8)) == nil)
                let list = try String(contentsOf: stack.file("enlace.erased"), encoding: .utf8)
                #expect(list.split(separator: "\n").map { .string(String($0)) } == erased["data_keys"]?.array)
            }
        }

        @Test("is not called final while another program reads what was, and is once it is asked again")
        func reader() async throws {
            try await withAPI { stack, api in
                let seller = try await stack.seller(api, "Librería Quetzal")
                let hold = stack.file("hold")
                _ = FileManager.default.createFile(atPath: hold.path(), contents: nil)
                let script =
                    "import os,sqlite3,time\n"
                    + "db=sqlite3.connect('enlace.sqlite',isolation_level=None)\ndb.execute('BEGIN')\n"
                    + "db.execute('SELECT * FROM seller').fetchall()\nopen('held','w').close()\n"
                    + "while os.path.exists('hold'): time.sleep(0.05)\ndb.execute('ROLLBACK')\n"
                let reader = try ChildProcess(
                    "/usr/bin/python3", ["-c", script], environment: [:], folder: stack.folder,
                    log: stack.file("reader.log"))
                try await waiting(for: "the reader") {
                    FileManager.default.fileExists(atPath: stack.file("held").path()) ? () : nil
                }
                let begun = try await api.call(.DELETE, "/v1/sellers/\(seller)", within: .seconds(60))
                #expect(begun["checkpoint"]?.string == "pending")
                try FileManager.default.removeItem(at: hold)
                _ = await reader.wait()
                let ended = try await api.call(.DELETE, "/v1/sellers/\(seller)")
                #expect(ended["checkpoint"]?.string == "complete")
                #expect(ended["erased_at"] == begun["erased_at"])
            }
        }

        @Test("needs no answer of the provider")
        func deadProvider() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                await stack.stopSandbox()
                let erased = try await api.call(.DELETE, "/v1/sellers/\(shop.seller)", within: .seconds(130))
                #expect(erased["checkpoint"]?.string == "complete")
                let gone = try await refusal { try await api.call(.GET, "/v1/sellers/\(shop.seller)") }
                #expect(gone.code == "seller_not_found")
            }
        }

        @Test("may come after an export, which has every event, opened, and none of the provider's secrets")
        func export() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                try await stack.withEndpoint(api, of: shop.seller) { receiver, _ in
                    _ = try await stack.charge(api, shop)
                    try await waiting(for: "the payment") {
                        receiver.posts.contains { $0.type == "payment.created" } ? () : nil
                    }
                }
                let (status, text) = try await Self.command(stack, ["sellers", "export", shop.seller])
                #expect(status == 0, "\(text.suffix(500))")
                let lines = text.split(separator: "\n").compactMap { JSONValue(parsing: $0.utf8) }
                let exported = lines.filter { $0["record"]?.string == "event" }.compactMap { $0["value"] }
                let events = try await api.call(.GET, "/v1/sellers/\(shop.seller)/events")["data"]?.array ?? []
                #expect(Set(exported.map { $0["id"]?.string }) == Set(events.map { $0["id"]?.string }))
                let payment = exported.first { $0["type"]?.string == "payment.created" }
                #expect(payment?["body"]?.string?.contains(shop.seller) ?? false)
                #expect(payment?["received"]?["body"]?.string?.contains("payment") ?? false)
                let answered = lines.filter { $0["record"]?.string == "delivery" }
                #expect(answered.contains { !($0["value"]?["attempts"]?.array?.isEmpty ?? true) })
                let issued = try await stack.panel.call(.GET, "/secrets")["secrets"]?.array ?? []
                #expect(!issued.isEmpty)
                for secret in issued {
                    guard let value = secret["value"]?.string, value.utf8.count >= 12 else { continue }
                    #expect(!text.contains(value), "\(secret["kind"]?.string ?? "")")
                }
            }
        }

        /// What comes for the account afterwards is taken and told to nobody.
        private static func telling(_ stack: LocalStack, _ api: APIClient, of shop: LinkedShop) async throws {
            try await stack.panel.call(
                .POST, "/notify",
                [
                    "client_id": .string(try await stack.panel.application().clientID), "user_id": .string(shop.user),
                    "topic": "payment", "action": "payment.updated", "data_id": "7001",
                ])
            let parked = try await waiting(for: "the notification to be parked") {
                let page = try await api.call(.GET, "/v1/events", query: [("state", "parked")])
                return page["data"]?.array?.first
            }
            #expect(parked["seller"] == nil)
        }

        private static func newestEvent(_ api: APIClient, of seller: String) async throws -> String {
            let events = try await api.call(.GET, "/v1/sellers/\(seller)/events")
            return try #require(events["data"]?.array?.first?["id"]?.string)
        }

        private static func command(
            _ stack: LocalStack, _ arguments: [String]
        ) async throws -> (status: Int32, text: String) {
            let log = "\(UUID().uuidString).log"
            let status = await (try stack.start(arguments, log: log)).wait()
            return (status, try String(contentsOf: stack.file(log), encoding: .utf8))
        }
    }
}

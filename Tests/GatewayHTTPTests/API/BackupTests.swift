import Foundation
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("The backups")
struct BackupTests {
    @Test("are made and listed as the document says, newest first, and make room for newer ones")
    func made() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            var names: [String] = []
            for number in 1...4 {
                let made = try await client.post("/v1/backups", key: shop.key, once: "\(number)")
                #expect(made.status == 201)
                #expect(document.misfits(made.body, document.schema("Backup")) == [])
                #expect(made.body["reason"].string == "manual")
                names.append(try #require(made.body["name"].string))
                let path = try #require(made.body["path"].string)
                #expect(try Data(contentsOf: URL(filePath: path)).prefix(6) == Data("SQLite".utf8))
                gateway.clock.advance(by: .seconds(1))
            }
            let listed = try await client.call(.get, "/v1/backups", key: shop.key)
            #expect(document.misfits(listed.body, document.schema("BackupList")) == [])
            #expect(listed.body["data"].elements.map { $0["name"].string } == Array(names.suffix(3).reversed()))
            let again = try await client.post("/v1/backups", key: shop.key, once: "4")
            #expect(again.status == 201 && again.body["name"].string == names[3])
            let gone = try await client.post("/v1/backups", key: shop.key, once: "1")
            #expect(gone.status == 404)
            let lines = try await gateway.services.store.auditEntries(AuditFilter(action: .backupCreated), page: Page())
            #expect(lines.map(\.subject) == Array(names.reversed()))
            #expect(lines.allSatisfy { $0.actor != .gateway })
        }
    }

    @Test("say why none could be made, and leave nothing")
    func failed() async throws {
        try await withGateway { gateway, client in
            let key = try await gateway.key()
            let made = try await client.call(.post, "/v1/backups", key: key)
            let path = URL(filePath: try #require(made.body["path"].string))
            let folder = path.deletingLastPathComponent()
            try FileManager.default.removeItem(at: folder)
            try Data("a file".utf8).write(to: URL(filePath: folder.path))
            let failed = try await client.call(.post, "/v1/backups", key: key)
            #expect(failed.status == 503)
            #expect(failed.body["code"].string == "backup_failed")
            #expect(failed.body["detail"].string?.contains("backup.folder") == true)
        }
    }

    @Test("are none of a seller's, and none without a scope")
    func reach() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let bound = try await gateway.key(seller: shop.sellerID)
            for key in [bound, try await gateway.key([.read, .audit, .sellersAdmin])] {
                #expect(try await client.call(.get, "/v1/backups", key: key).status == 403)
                #expect(try await client.call(.post, "/v1/backups", key: key).status == 403)
            }
        }
    }

    @Test("are made unasked once the newest has come to its age")
    func scheduled() async throws {
        try await withGateway { gateway, client in
            let key = try await gateway.key()
            let worker = BackupWorker(
                backups: gateway.services.backups, age: .seconds(6 * 3600), wallClock: gateway.clock.wallClock,
                clock: ContinuousClock(), logger: gateway.logs.logger())
            func reasons() async throws -> [String?] {
                try await client.call(.get, "/v1/backups", key: key).body["data"].elements.map { $0["reason"].string }
            }
            await worker.look()
            #expect(try await reasons() == ["scheduled"])
            gateway.clock.advance(by: .seconds(6 * 3600 - 1))
            await worker.look()
            #expect(try await reasons().count == 1)
            gateway.clock.advance(by: .seconds(1))
            await worker.look()
            #expect(try await reasons() == ["scheduled", "scheduled"])
        }
    }
}

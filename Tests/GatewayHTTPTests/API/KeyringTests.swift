import Foundation
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("The keyring while the gateway serves")
struct KeyringTests {
    private func reload(_ client: any TestClientProtocol, _ key: String) async throws -> Answer {
        try await client.call(.post, "/v1/keyring/reload", key: key)
    }

    private func vault(_ gateway: TestGateway) throws -> Vault {
        Vault(
            keyRing: try gateway.keyRingFile.read(), store: gateway.services.store,
            ids: IdentifierSource(clock: .system, random: .system), clock: .system)
    }

    @Test("is rotated: what was sealed before opens, keys work, and the old key is free once all is wrapped anew")
    func rotated() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let owner = DataKeyOwner.seller(try #require(shop.sellerID))
            let row = ULID(at: gateway.clock.now, random: .system)
            let sealed = try await vault(gateway).sealer(for: owner).seal(Secret("marker"), .eventBody, row: row)
            let first = try gateway.keyRingFile.read().current
            let second = try gateway.keyRingFile.rotate(clock: gateway.clock.wallClock, random: .system)

            let loaded = try await reload(client, shop.key)
            #expect(loaded.status == 200)
            #expect(loaded.body["current"].string == second)
            #expect(loaded.body["rewrap"] == .object(["total": .number(3), "done": .number(0)]))
            // What is made from now on needs the old key no more.
            _ = try await client.call(.post, "/v1/sellers", key: shop.key, body: #"{"name": "Luna"}"#)
            let made = try await client.call(.get, "/v1/keyring", key: shop.key)
            #expect(made.body["rewrap"] == .object(["total": .number(4), "done": .number(1)]))

            await gateway.rewrapWorker.rewrap()
            let done = try await client.call(.get, "/v1/keyring", key: shop.key)
            #expect(done.body["rewrap"] == .object(["total": .number(4), "done": .number(4)]))
            #expect(done.body["keys"].elements.map { $0["id"].string } == [first, second].sorted())

            _ = try gateway.keyRingFile.retire(first)
            let retired = try await reload(client, shop.key)
            #expect(retired.body["keys"].elements.map { $0["id"].string } == [second])
            let fresh = try vault(gateway)
            try await fresh.start()
            let opened = try await fresh.open(sealed, .eventBody, row: row, owner: owner)
            #expect(opened.text.reveal { $0 } == "marker")
            let lines = try await gateway.services.store.auditEntries(AuditFilter(), page: Page(limit: 200))
                .filter { $0.action.rawValue.hasPrefix("keyring.") }.map { [$0.action.rawValue, $0.subject] }
            #expect(
                lines == [
                    ["keyring.key_retired", first], ["keyring.reloaded", second], ["keyring.rotated", second],
                    ["keyring.reloaded", second],
                ])
        }
    }

    @Test("is not taken when it lacks a key in use or is another's; the old one goes on")
    func refused() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let path = gateway.keyRingFile.path
            let own = try Data(contentsOf: URL(filePath: path))
            let first = try gateway.keyRingFile.read().current
            _ = try gateway.keyRingFile.rotate(clock: .system, random: .system)
            _ = try gateway.keyRingFile.retire(first)
            let lacking = try await reload(client, shop.key)
            #expect(lacking.body["detail"].string?.contains(first) == true)
            try FileManager.default.removeItem(atPath: path)
            let missing = try await reload(client, shop.key)
            try gateway.keyRingFile.create(clock: .system, random: .system)
            let other = try await reload(client, shop.key)
            chmod(path, 0o644)
            let open = try await reload(client, shop.key)
            // The same id for another key: a key's first letter is not its last.
            let altered = String(decoding: own, as: UTF8.self).replacing(#/"key" : "(.)/#) {
                "\"key\" : \"\($0.1 == "A" ? "B" : "A")"
            }
            chmod(path, 0o600)
            try Data(altered.utf8).write(to: URL(filePath: path))
            let swapped = try await reload(client, shop.key)
            for answer in [lacking, missing, other, open, swapped] {
                #expect(answer.status == 409)
                #expect(answer.body["code"].string == "keyring_refused")
            }
            let status = try await client.call(.get, "/v1/keyring", key: shop.key)
            #expect(status.body["current"].string == first)
            let made = try await client.call(.post, "/v1/sellers", key: shop.key, body: #"{"name": "Sol"}"#)
            #expect(made.status == 201)

            try own.write(to: URL(filePath: path))
            #expect(try await reload(client, shop.key).status == 200)
        }
    }

    @Test("is none of a seller's, and no reload without a scope")
    func reach() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let bound = try await gateway.key(seller: shop.sellerID)
            #expect(try await client.call(.get, "/v1/keyring", key: bound).status == 403)
            #expect(try await reload(client, bound).status == 403)
            #expect(try await reload(client, try await gateway.key([.read])).status == 403)
        }
    }

    @Test("answers as the document says, a repeated reload too")
    func documented() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let key = try await gateway.key()
            let first = try await client.post("/v1/keyring/reload", key: key, once: "one")
            let again = try await client.post("/v1/keyring/reload", key: key, once: "one")
            #expect(again.body == first.body)
            #expect(document.misfits(first.body, document.schema("Keyring")) == [])
            let status = try await client.call(.get, "/v1/keyring", key: key)
            #expect(document.misfits(status.body, document.schema("Keyring")) == [])
        }
    }

    @Test("is wrapped anew in batches, with sellers made meanwhile, and again after another rotation")
    func batches() async throws {
        try await withGateway { gateway, client in
            let key = try await gateway.key()
            let store = gateway.services.store
            let vault = try vault(gateway)
            let make = Fixtures()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<(2 * RewrapWorker.batch + 7) {
                    group.addTask {
                        let seller = make.seller()
                        let (wrapped, _) = try vault.newDataKey(for: .seller(seller.id))
                        try await store.add(seller, dataKey: wrapped, as: make.change())
                    }
                }
                try await group.waitForAll()
            }
            for _ in 0..<2 {
                _ = try gateway.keyRingFile.rotate(clock: .system, random: .system)
                _ = try await reload(client, key)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await gateway.rewrapWorker.rewrap() }
                    for number in 0..<10 {
                        group.addTask {
                            let body = #"{"name": "Shop \#(number)"}"#
                            let made = try await client.call(.post, "/v1/sellers", key: key, body: body)
                            #expect(made.status == 201)
                        }
                    }
                    try await group.waitForAll()
                }
                let current = try gateway.keyRingFile.read().current
                #expect(try await store.keyringKeysInUse() == [current])
            }
        }
    }
}

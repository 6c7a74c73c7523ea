import Foundation
import StoreSQLite
import TestSupport
import Testing

@testable import Gateway

@Suite("A seller's data key")
struct SealingTests {
    @Test("makes room for a new one once it has sealed often enough, and opens what it has sealed")
    func replaced() async throws {
        try await withVault { store, make, open in
            let vault = open(100)
            try await vault.start()
            let seller = try await Self.seller(store, make, vault)
            let first = try #require(try await store.dataKeys(of: seller).first)
            var sealed: [(row: ULID, secret: SealedSecret)] = []
            for _ in 0..<250 {
                let row = make.ids.ulid()
                let sealer = try await vault.sealer(for: .seller(seller))
                sealed.append((row, try sealer.seal(Secret("a token"), .accessToken, row: row)))
            }
            let keys = try await store.dataKeys(of: seller)
            #expect(keys.count == 3)
            #expect(keys.first == first)
            // None has sealed more often than the limit, but for the rest of a block.
            for key in keys {
                let count = sealed.count { Sealer.dataKey(of: $0.secret) == key }
                #expect((1...110).contains(count))
            }
            for (row, secret) in sealed {
                let opened = try await vault.open(secret, .accessToken, row: row, owner: .seller(seller))
                #expect(opened.text.reveal { $0 } == "a token")
            }
        }
    }

    @Test("counts at least what was sealed by a process that died")
    func restarted() async throws {
        try await withVault { store, make, open in
            let vault = open(1_000)
            try await vault.start()
            let seller = try await Self.seller(store, make, vault)
            let key = try #require(try await store.dataKeys(of: seller).first)
            var count = 0
            for life in 1...5 {
                let vault = open(1_000)
                for _ in 0..<(life * 7) {
                    count += 1
                    _ = try await vault.sealer(for: .seller(seller)).seal([1], .accessToken, row: make.ids.ulid())
                }
                #expect(try await store.reserveSealings(0, of: key) >= count)
            }
            #expect(try await store.reserveSealings(0, of: key) <= count + 5 * 20)
        }
    }

    @Test("is counted once for all that seal at once")
    func atOnce() async throws {
        try await withVault { store, make, open in
            let vault = open(1_000_000)
            try await vault.start()
            let seller = try await Self.seller(store, make, vault)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<120 {
                    group.addTask {
                        _ = try await vault.sealer(for: .seller(seller)).seal([1], .accessToken, row: make.ids.ulid())
                    }
                }
                try await group.waitForAll()
            }
            _ = try await vault.sealer(for: .seller(seller))
            let keys = try await store.dataKeys(of: seller)
            #expect(keys.count == 1)
            #expect((120...140).contains(try await store.reserveSealings(0, of: keys[0])))
        }
    }

    private static func seller(_ store: SQLiteStore, _ make: Fixtures, _ vault: Vault) async throws -> SellerID {
        let seller = make.seller()
        try await store.add(seller, dataKey: try vault.newDataKey(for: .seller(seller.id)).0, as: make.change())
        return seller.id
    }
}

/// Lends a new database with its maker of vaults, whose data keys end after so many sealings, ten in a block.
private func withVault(
    _ body: (SQLiteStore, Fixtures, (Int) -> Vault) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let make = Fixtures()
        let file = KeyRingFile(path: folder.path + "/enlace.keyring")
        try file.create(clock: make.clock.wallClock, random: .system)
        let keyRing = try file.read()
        let store = try await SQLiteStore.open(
            at: folder.path + "/enlace.sqlite", seal: AuditSeal(keyRing), clock: make.clock.wallClock,
            logger: LogCapture().logger())
        do {
            try await body(store, make) { limit in
                Vault(
                    keyRing: keyRing, store: store, ids: make.ids, clock: make.clock.wallClock, sealingLimit: limit,
                    sealingBlock: 10)
            }
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }
}

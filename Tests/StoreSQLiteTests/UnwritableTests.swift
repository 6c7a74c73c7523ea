import GRDB
import Gateway
import TestSupport
import Testing

@testable import StoreSQLite

@Suite("A database that can't be written to")
struct UnwritableTests {
    private let make = Fixtures()

    @Test("refuses when the disk is full, and keeps what it acknowledged")
    func full() async throws {
        try await withStoreFile { file in
            let store = try await file.open()
            let pages = try #require(try await store.number("PRAGMA page_count"))
            // A connection of its own limit: SQLite answers as it does for a full disk.
            try await store.execute("PRAGMA max_page_count = \(pages + 8)")
            var kept: [SellerID] = []
            await #expect(throws: StoreError.unavailable) {
                for _ in 0..<10_000 { kept.append(try await store.addSeller(make).id) }
            }
            #expect(!kept.isEmpty)
            // All callers that share the failed commit are refused; reading goes on.
            let refused = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<32 {
                    group.addTask {
                        do {
                            _ = try await store.addSeller(make, String(repeating: "ñ", count: 120))
                            return false
                        } catch { return error as? StoreError == .unavailable }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(refused > 0)
            let count = kept.count + 32 - refused
            #expect(try await store.number("SELECT count(*) FROM seller") == count)
            await store.close()
            let again = try await file.open()
            for id in kept { #expect(try await again.seller(.id(id))?.id == id) }
            #expect(try await again.number("SELECT count(*) FROM seller") == count)
            #expect(try await again.number("SELECT count(*) FROM audit") == count)
            #expect(try await again.number("SELECT count(*) FROM data_key") == count)
            _ = try await again.addSeller(make)
            await again.close()
        }
    }

    @Test("acknowledges nothing while another connection holds its lock, and goes on afterwards")
    func locked() async throws {
        try await withStore { store, file in
            // The product waits 5 s; a test does not need to.
            try await store.execute("PRAGMA busy_timeout = 50")
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(path: file.path, configuration: configuration)
            try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
            let seller = make.seller()
            let dataKey = make.dataKey(of: .seller(seller.id))
            await #expect(throws: StoreError.unavailable) {
                try await store.add(seller, dataKey: dataKey, as: make.change())
            }
            await #expect(throws: StoreError.unavailable) { try await store.record(make.notice(of: nil)) }
            #expect(!(await store.isWritable()))
            // Reading needs no lock in WAL.
            #expect(try await store.seller(.id(seller.id)) == nil)
            try await other.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
            try other.close()
            #expect(await store.isWritable())
            #expect(try await store.events(EventFilter(), page: Page()).isEmpty)
            try await store.add(seller, dataKey: dataKey, as: make.change())
            #expect(try await store.seller(.id(seller.id)) == seller)
        }
    }
}

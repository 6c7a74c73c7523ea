import GRDB
import Gateway
import Synchronization
import TestSupport
import Testing

@testable import StoreSQLite

@Suite("The group writer")
struct GroupWriterTests {
    private let make = Fixtures()

    @Test("writes for 200 callers at once, in few commits")
    func many() async throws {
        try await withStore { store, _ in
            let sellers = (0..<200).map { make.seller("Tienda \($0)") }
            let commits = CommitCount()
            store.pool.add(transactionObserver: commits, extent: .databaseLifetime)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for seller in sellers {
                    group.addTask {
                        try await store.add(
                            seller, dataKey: make.dataKey(of: .seller(seller.id)), as: make.change())
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.number("SELECT count(*) FROM seller") == 200)
            #expect(try await store.number("SELECT count(*) FROM audit") == 200)
            #expect(commits.count < 200)
        }
    }

    @Test("lets one failing caller fail alone")
    func alone() async throws {
        try await withStore { store, _ in
            let taken = try await store.addSeller(make, ref: "taken")
            let refs = (0..<64).map { $0 == 31 ? "taken" : "shop-\($0)" }
            let refused = try await withThrowingTaskGroup(of: String?.self) { group in
                for ref in refs {
                    group.addTask {
                        do {
                            _ = try await store.addSeller(make, "Tienda", ref: ref)
                            return nil
                        } catch StoreError.conflict(rule: .unique) {
                            return ref
                        }
                    }
                }
                return try await group.reduce(into: [String]()) { if let ref = $1 { $0.append(ref) } }
            }
            #expect(refused == ["taken"])
            #expect(try await store.number("SELECT count(*) FROM seller") == 64)
            #expect(try await store.seller(.external(try #require(ExternalRef("taken")))) == taken)
        }
    }

    @Test("undoes all of a caller's statements, and none of another's")
    func savepoints() async throws {
        try await withStore { store, _ in
            struct Refusal: Error {}
            async let other = store.addSeller(make)
            await #expect(throws: StoreError.unavailable) {
                try await store.writer.write { db in
                    try db.execute(sql: "INSERT INTO canary (seq, sealed) VALUES (1, x'01')")
                    throw Refusal()
                }
            }
            _ = try await other
            #expect(try await store.number("SELECT count(*) FROM canary") == 0)
            #expect(try await store.number("SELECT count(*) FROM seller") == 1)
        }
    }

    @Test("writes for a caller that was cancelled all the same")
    func cancelled() async throws {
        try await withStore { store, _ in
            let seller = try await withThrowingTaskGroup(of: Seller.self) { group in
                group.addTask { try await store.addSeller(make) }
                group.cancelAll()
                return try #require(try await group.next())
            }
            #expect(try await store.seller(.id(seller.id)) == seller)
        }
    }
}

/// Counts commits.
private final class CommitCount: TransactionObserver, Sendable {
    private let commits = Mutex(0)

    var count: Int { commits.withLock { $0 } }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) { commits.withLock { $0 += 1 } }
    func databaseDidRollback(_ db: Database) {}
}

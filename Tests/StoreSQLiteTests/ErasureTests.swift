import Foundation
import GRDB
import Gateway
import TestSupport
import Testing

@testable import StoreSQLite

@Suite("An erasure in the file")
struct ErasureTests {
    @Test("leaves no byte of the name, the ref or the wrapped key once the log is overwritten")
    func bytes() async throws {
        try await withStore { store, file in
            let make = Fixtures()
            let seller = make.seller("Zapatería Quetzal", ref: "shop-quetzal")
            let key = make.dataKey(of: .seller(seller.id))
            try await store.add(seller, dataKey: key, as: make.change())
            let other = try await store.addSeller(make, "Librería Cóndor")
            #expect(try await store.scrub())
            let texts = [Array(seller.name.utf8), Array("shop-quetzal".utf8), key.wrapped]
            #expect(try texts.allSatisfy { try file.holds($0) })

            try await store.erase(
                Erasure(seller: seller.id, refHash: nil, dataKeys: [key.id], erasedAt: make.clock.now),
                event: make.notice(of: nil), as: make.change(.sellerErased))
            #expect(try await store.scrub())
            #expect(try !texts.contains { try file.holds($0) })
            #expect(try file.holds(Array(other.name.utf8)))
        }
    }

    @Test("is not called final while somebody still reads what was")
    func reader() async throws {
        try await withStore { store, _ in
            _ = try await store.addSeller(Fixtures())
            // What waits for readers by itself need not wait here.
            try await store.execute("PRAGMA busy_timeout = 0")
            let snapshot = try store.pool.makeSnapshot()
            _ = try await store.addSeller(Fixtures(seed: 2))
            #expect(try await store.scrub() == false)
            try snapshot.close()
            #expect(try await store.scrub())
        }
    }
}

extension StoreFile {
    /// Whether the bytes stand in the database or its log.
    fileprivate func holds(_ part: [UInt8]) throws -> Bool {
        try [path, path + "-wal"].contains { name in
            try Data(contentsOf: URL(filePath: name)).range(of: Data(part)) != nil
        }
    }
}

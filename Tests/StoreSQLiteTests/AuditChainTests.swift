import Foundation
import Gateway
import TestSupport
import Testing

@testable import StoreSQLite

@Suite("The audit in a file that somebody else can write to")
struct AuditChainTests {
    @Test(
        "names the line in which any column was edited",
        arguments: [
            "subject = 'sel_x'", "actor = 'command'", "action = 'key.revoked'", "done_at = done_at + 1",
            "seller = NULL", "request = NULL", "subject = subject || char(0) || 'x'", "hash = zeroblob(32)",
            "hash = NULL, previous_hash = NULL",
        ])
    func edited(change: String) async throws {
        let verdict = try await verdict(after: "UPDATE audit SET \(change) WHERE seq = 3")
        #expect(verdict.fault == .altered)
        #expect(verdict.checked == 2)
    }

    @Test("tells that a line was deleted, wherever it stood", arguments: [1, 3, 5])
    func deleted(seq: Int) async throws {
        let verdict = try await verdict(after: "DELETE FROM audit WHERE seq = \(seq)")
        #expect(verdict.fault == (seq == 5 ? .cutOff : .gap))
        #expect(verdict.checked == seq - 1)
    }

    @Test(
        "tells that its end was moved to hide that",
        arguments: [
            """
            DELETE FROM audit WHERE seq > 3;
            UPDATE audit_head SET chained = 3, hash = (SELECT hash FROM audit WHERE seq = 3);
            """,
            "DELETE FROM audit; UPDATE audit_head SET chained = 0, hash = zeroblob(32)",
            "UPDATE audit SET hash = NULL, previous_hash = NULL; UPDATE audit_head SET chained = 0, unchained = 5",
            "DELETE FROM audit_head",
        ])
    func movedEnd(sql: String) async throws {
        #expect(try await verdict(after: sql).fault == .seal)
    }

    @Test("goes on from where it was after a restart")
    func restarted() async throws {
        try await withStoreFile { file in
            let make = Fixtures()
            for _ in 0..<3 {
                let store = try await file.open()
                _ = try await store.addSeller(make)
                await store.close()
            }
            let store = try await file.open()
            let verdict = try await store.verdict()
            await store.close()
            #expect(verdict.isIntact)
            #expect(verdict.checked == 3)
        }
    }

    @Test("has no line and no step of its end for a change that failed, among many in one transaction")
    func failed() async throws {
        try await withStore { store, _ in
            let make = Fixtures()
            let taken = try await store.addSeller(make, ref: "taken")
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        _ = try? await store.addSeller(make, ref: number.isMultiple(of: 2) ? "taken" : "ref\(number)")
                    }
                }
            }
            let verdict = try await store.verdict()
            #expect(verdict.isIntact)
            #expect(verdict.checked == 51)
            #expect(taken.externalRef?.description == "taken")
        }
    }

    @Test("counts the lines that are older than its chain, and misses one of them")
    func migrated() async throws {
        try await withStoreFile { file in
            let number = try #require(Migrator.all.first { $0.name.hasSuffix("_audit_chain") }?.number)
            let old = try await file.open(migrations: Array(Migrator.all.prefix(number - 1)))
            for _ in 0..<3 {
                try await old.execute(
                    """
                    INSERT INTO audit (id, done_at, actor, action, subject)
                    VALUES (randomblob(16), 1, 'command', 'seller.created', 's')
                    """)
            }
            await old.close()
            let store = try await file.open()
            _ = try await store.addSeller(Fixtures())
            let whole = try await store.verdict()
            #expect(whole.isIntact)
            #expect(whole.unchained == 3)
            #expect(whole.checked == 1)
            try await store.execute("DELETE FROM audit WHERE seq = 2")
            let verdict = try await store.verdict()
            #expect(verdict.fault == .gap)
            await store.close()
        }
    }

    /// Five lines, of which the third has all that a line can have; then `sql` behind the store's back.
    private func verdict(after sql: String) async throws -> AuditVerdict {
        try await withStoreFile { file in
            let store = try await file.open()
            let make = Fixtures()
            let seller = try await store.addSeller(make)
            for _ in 2...5 { try await store.add(make.change(seller: seller.id, by: make.ids.next()).audit) }
            #expect(try await store.verdict().isIntact)
            await store.close()
            try plainDatabase(at: file.path, sql)
            let again = try await file.open()
            let verdict = try await again.verdict()
            await again.close()
            return verdict
        }
    }
}

extension SQLiteStore {
    /// What the check of the whole audit comes to, in batches of two.
    fileprivate func verdict() async throws -> AuditVerdict {
        var verification = AuditVerification()
        var position = Int64.min
        while true {
            let stretch = try await auditStretch(after: position, limit: 2)
            verification.check(stretch.lines, head: stretch.head)
            guard let last = stretch.lines.last, stretch.lines.count == 2 else {
                return verification.verdict(head: stretch.head, seal: .test)
            }
            position = last.position
        }
    }
}

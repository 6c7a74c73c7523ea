import Gateway
import TestSupport

// What VaultStore promises about keyring keys that change, and AuditStore about lines that stand alone.
extension StoreCase {
    func dataKeysAreCountedByTheirKeyringKey(_ stage: Stage) async throws {
        try expect(try await stage.store.dataKeyCounts(), is: [:])
        try await stage.store.begin(
            dataKey: stage.make.dataKey(of: .installation, keyringKey: "k2"), canary: stage.make.sealed())
        for name in ["Una", "Otra", "Tercera"] { _ = try await stage.seller(name) }
        try expect(try await stage.store.dataKeyCounts(), is: ["k1": 3, "k2": 1])
    }

    func sealingsAddUp(_ stage: Stage) async throws {
        let key = try require(try await stage.store.dataKey(of: .seller(try await stage.seller().id)))
        let totals = try await atOnce(20) { _ in try await stage.store.reserveSealings(100, of: key.id) }
        try expect(totals.sorted(), is: (1...20).map { $0 * 100 })
        try await expectRefusal(.notFound) {
            _ = try await stage.store.reserveSealings(1, of: stage.make.ids.ulid())
        }
    }

    func dataKeyFollowsTheNewestOnly(_ stage: Stage) async throws {
        try await stage.store.begin(
            dataKey: stage.make.dataKey(of: .installation, keyringKey: "k1"), canary: stage.make.sealed())
        let seller = try await stage.seller()
        for owner: DataKeyOwner in [.seller(seller.id), .installation] {
            let first = try require(try await stage.store.dataKey(of: owner))
            let next = stage.make.dataKey(of: owner)
            try await stage.store.add(next, after: first.id)
            try expect(try await stage.store.dataKey(of: owner), is: next)
            try expect(try await stage.store.dataKey(first.id), is: first)
            try await expectRefusal(.conflict(rule: .stale)) {
                try await stage.store.add(stage.make.dataKey(of: owner), after: first.id)
            }
        }
        try expect(try await stage.store.dataKeys(of: seller.id).count, is: 2)
        try await expectRefusal(.notFound) {
            let stranger: SellerID = stage.make.ids.next()
            try await stage.store.add(stage.make.dataKey(of: .seller(stranger)), after: stage.make.ids.ulid())
        }
    }

    func dataKeysArePagedOldestFirst(_ stage: Stage) async throws {
        try await stage.store.begin(
            dataKey: stage.make.dataKey(of: .installation, keyringKey: "k1"), canary: stage.make.sealed())
        var keys = [try require(try await stage.store.dataKey(of: .installation))]
        for name in ["Una", "Otra", "Tercera"] {
            let seller = try await stage.seller(name)
            keys.append(try require(try await stage.store.dataKey(of: .seller(seller.id))))
        }
        try expect(try await stage.store.dataKeys(wrappedBy: "k1", after: nil, limit: 3), is: Array(keys[0..<3]))
        try expect(
            try await stage.store.dataKeys(wrappedBy: "k1", after: keys[1].id, limit: 3), is: Array(keys[2..<4]))
        try expect(try await stage.store.dataKeys(wrappedBy: "k1", after: keys[3].id, limit: 3), is: [])
        try expect(try await stage.store.dataKeys(wrappedBy: "k2", after: nil, limit: 3), is: [])
    }

    func onlyTheNamedKeyringKeyIsReplaced(_ stage: Stage) async throws {
        var keys: [WrappedDataKey] = []
        for name in ["Una", "Otra"] {
            let seller = try await stage.seller(name)
            keys.append(try require(try await stage.store.dataKey(of: .seller(seller.id))))
        }
        func renewed(_ key: WrappedDataKey, _ keyringKey: String) -> WrappedDataKey {
            WrappedDataKey(
                id: key.id, owner: key.owner, keyringKey: keyringKey, wrapped: stage.make.bytes(60),
                createdAt: key.createdAt)
        }
        let first = renewed(keys[0], "k2")
        try expect(try await stage.store.replace([first], wrappedBy: "k1"), is: 1)
        try expect(try await stage.store.dataKey(first.id), is: first)
        // Neither what another keyring key wraps by now nor what is not there any more.
        let gone = stage.make.dataKey(of: .installation, keyringKey: "k3")
        let second = renewed(keys[1], "k3")
        try expect(
            try await stage.store.replace([renewed(keys[0], "k3"), gone, second], wrappedBy: "k1"), is: 1)
        try expect(try await stage.store.dataKey(first.id), is: first)
        try expect(try await stage.store.dataKey(second.id), is: second)
        try expect(try await stage.store.dataKey(gone.id), is: nil)
        try expect(try await stage.store.dataKeyCounts(), is: ["k2": 1, "k3": 1])
    }

    func linesThatStandAloneComeTogetherOrNotAtAll(_ stage: Stage) async throws {
        let key = try await stage.apiKey()
        let changes = [
            stage.make.change(.keyringReloaded, by: key.id, idempotencyKey: "once"),
            stage.make.change(.keyringRotated),
        ]
        try await stage.store.add(changes)
        let lines = try await stage.store.auditEntries(AuditFilter(), page: Page(limit: 2))
        try expect(lines, is: changes.reversed().map(\.audit))
        let record = try await stage.store.record(of: key.id, key: "once", since: Timestamp(milliseconds: 0))
        try expect(record, is: changes[0].idempotency)
        try await stage.expectRefusal(.conflict(rule: .idempotencyKey)) {
            try await stage.store.add([
                stage.make.change(.keyringRotated),
                stage.make.change(.keyringReloaded, by: key.id, idempotencyKey: "once"),
            ])
        }
    }
}

import Gateway
import TestSupport

// What AuditStore and IdempotencyStore promise.
extension StoreCase {
    func auditLineComesWithItsChange(_ stage: Stage) async throws {
        let seller = stage.make.seller()
        let change = stage.make.change(.sellerCreated, seller: seller.id)
        try await stage.store.add(seller, dataKey: stage.make.dataKey(of: .seller(seller.id)), as: change)
        try expect(try await stage.store.auditEntries(AuditFilter(), page: Page()), is: [change.audit])
    }

    func failedChangeLeavesNoAuditLine(_ stage: Stage) async throws {
        let link = try await stage.link()
        try await stage.store.revoke(link.id, as: stage.make.change(.linkRevoked))
        let connection = try await stage.connect(
            try await stage.seller("Otra"), try require(try await stage.store.application(link.application)))
        var stale = connection
        stale.version += 1
        let key = try await stage.apiKey()
        let change = { stage.make.change(.linkRevoked, by: key.id, idempotencyKey: "again") }
        try await stage.expectRefusal(.conflict(rule: .linkNotOpen)) {
            try await stage.store.revoke(link.id, as: change())
        }
        try await stage.expectRefusal(.conflict(rule: .stale)) {
            try await stage.store.update(stale, event: stage.make.notice(of: stale.seller), as: change())
        }
        try await stage.expectRefusal(.notFound) {
            try await stage.store.remove(stage.make.ids.next() as EndpointID, as: change())
        }
        try await stage.expectRefusal(.notFound) {
            try await stage.store.cancel(stage.make.ids.next(), at: stage.now, as: change())
        }
        try expect(try await stage.store.events(EventFilter(), page: Page()), is: [])
        let epoch = Timestamp(milliseconds: 0)
        try expect(try await stage.store.record(of: key.id, key: "again", since: epoch), is: nil)
    }

    func auditIsListedNewestFirst(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let actors: [Actor] = [
            .key(stage.make.ids.next()), .shopOwner(stage.make.ids.next()), .statusPage(seller.id), .command, .gateway,
        ]
        var entries: [AuditEntry] = []
        for actor in actors {
            let entry = AuditEntry(
                id: stage.make.ids.next(), at: stage.now, actor: actor, action: .linkStateRefused,
                subject: "lnk_1", seller: actor == .command ? nil : seller.id, request: actor == .gateway ? nil : "r")
            try await stage.store.add(entry)
            entries.insert(entry, at: 0)
        }
        try expect(
            try await stage.store.auditEntries(AuditFilter(seller: seller.id), page: Page()),
            is: entries.filter { $0.seller != nil })
        let second = try await stage.store.auditEntries(AuditFilter(), page: Page(limit: 2, after: entries[0].id.ulid))
        try expect(second, is: Array(entries[1...2]))
        try expect(try await stage.auditCount(), is: 6)
    }

    func idempotencyRecordIsItsCallersOwn(_ stage: Stage) async throws {
        let key = try await stage.apiKey()
        let other = try await stage.apiKey()
        let seller = stage.make.seller()
        let change = stage.make.change(by: key.id, idempotencyKey: "one")
        try await stage.store.add(seller, dataKey: stage.make.dataKey(of: .seller(seller.id)), as: change)
        try expect(
            try await stage.store.record(of: key.id, key: "one", since: stage.now), is: change.idempotency)
        try expect(try await stage.store.record(of: other.id, key: "one", since: stage.now), is: nil)
        try expect(try await stage.store.record(of: key.id, key: "two", since: stage.now), is: nil)
        let later = Timestamp(milliseconds: stage.now.milliseconds + 1)
        try expect(try await stage.store.record(of: key.id, key: "one", since: later), is: nil)
        let another = stage.make.seller("Otra")
        try await stage.store.add(
            another, dataKey: stage.make.dataKey(of: .seller(another.id)),
            as: stage.make.change(by: other.id, idempotencyKey: "one"))
    }

    func idempotencyConflictUndoesTheWholeChange(_ stage: Stage) async throws {
        let key = try await stage.apiKey()
        let changes = (0..<8).map { _ in stage.make.change(by: key.id, idempotencyKey: "one") }
        let sellers = changes.map { _ in stage.make.seller() }
        let dataKeys = sellers.map { stage.make.dataKey(of: .seller($0.id)) }
        let lines = try await stage.auditCount()
        let results = try await atOnce(8) { index in
            (
                index,
                try await succeeds(unless: .conflict(rule: .idempotencyKey)) { () async throws(StoreError) in
                    try await stage.store.add(sellers[index], dataKey: dataKeys[index], as: changes[index])
                }
            )
        }
        let winners = results.filter(\.1).map(\.0)
        try expect(winners.count, is: 1)
        try expect(
            try await stage.store.sellers(SellerFilter(), page: Page()), is: winners.map { sellers[$0] })
        for index in 0..<8 where !winners.contains(index) {
            try expect(try await stage.store.dataKey(dataKeys[index].id), is: nil)
        }
        try expect(try await stage.auditCount(), is: lines + 1)
        try expect(
            try await stage.store.record(of: key.id, key: "one", since: stage.now),
            is: changes[winners[0]].idempotency)
    }

    func idempotencyKeyIsFreeAgainAfterADay(_ stage: Stage) async throws {
        let key = try await stage.apiKey()
        let add = {
            let seller = stage.make.seller()
            try await stage.store.add(
                seller, dataKey: stage.make.dataKey(of: .seller(seller.id)),
                as: stage.make.change(by: key.id, idempotencyKey: "one"))
        }
        try await add()
        stage.pass(.seconds(86_400))
        try await stage.expectRefusal(.conflict(rule: .idempotencyKey)) { try await add() }
        stage.pass(.milliseconds(1))
        try await add()
        try expect(try await stage.store.record(of: key.id, key: "one", since: stage.now) != nil, "kept anew")
    }

    func forgettingIsBounded(_ stage: Stage) async throws {
        let key = try await stage.apiKey()
        let sellers = (0..<1003).map { _ in stage.make.seller() }
        _ = try await atOnce(sellers.count) { index in
            try await stage.store.add(
                sellers[index], dataKey: stage.make.dataKey(of: .seller(sellers[index].id)),
                as: stage.make.change(by: key.id, idempotencyKey: "key \(index)"))
        }
        try expect(try await stage.store.forget(before: stage.now), is: 0)
        let later = Timestamp(milliseconds: stage.now.milliseconds + 1)
        try expect(try await stage.store.forget(before: later), is: 1000)
        try expect(try await stage.store.forget(before: later), is: 3)
        try expect(try await stage.store.forget(before: later), is: 0)
    }
}

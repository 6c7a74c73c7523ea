import Gateway
import TestSupport

// What AuditStore promises of its filters and of the chain.
extension StoreCase {
    func auditFiltersNarrowTheList(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let key: APIKeyID = stage.make.ids.next()
        var entries: [AuditEntry] = []
        for (action, actor) in [
            (AuditAction.keyCreated, Actor.command), (.keyRevoked, .key(key)), (.linkDenied, .key(key)),
        ] {
            stage.pass(.seconds(1))
            let entry = AuditEntry(
                id: stage.make.ids.next(), at: stage.now, actor: actor, action: action, subject: "a subject",
                seller: actor == .command ? seller.id : nil, request: nil)
            try await stage.store.add(entry)
            entries.append(entry)
        }
        let filters = [
            (AuditFilter(seller: seller.id), [entries[0]]),
            (AuditFilter(action: .keyRevoked), [entries[1]]),
            (AuditFilter(actor: .key(key)), [entries[2], entries[1]]),
            (AuditFilter(actor: .shopOwner(stage.make.ids.next())), []),
            (AuditFilter(since: entries[1].at), [entries[2], entries[1]]),
            (AuditFilter(since: entries[1].at, until: entries[2].at), [entries[1]]),
            (AuditFilter(action: .keyRevoked, actor: .command), []),
        ]
        for (filter, lines) in filters {
            try expect(try await stage.store.auditEntries(filter, page: Page()), is: lines)
        }
    }

    func auditIsOneChain(_ stage: Stage) async throws {
        let before = try await stage.store.auditStretch(after: .min, limit: 10)
        try expect(before.lines, is: [])
        try expect(before.head?.hash ?? [], is: AuditHead.start)
        let sellers = (0..<20).map { _ in stage.make.seller() }
        let missing: SellerID = stage.make.ids.next()
        _ = try await atOnce(20) { index in
            try await stage.store.add(
                sellers[index], dataKey: stage.make.dataKey(of: .seller(sellers[index].id)),
                as: stage.make.change(seller: index == 7 ? missing : sellers[index].id))
        }
        try await stage.expectRefusal(.notFound) {
            try await stage.store.remove(stage.make.ids.next() as EndpointID, as: stage.make.change())
        }
        let first = try await stage.store.auditStretch(after: .min, limit: 15)
        try expect(first.lines.count, is: 15)
        let rest = try await stage.store.auditStretch(after: try require(first.lines.last).position, limit: 15)
        let lines = first.lines + rest.lines
        let newestFirst = try await stage.store.auditEntries(AuditFilter(), page: Page())
        try expect(lines.map(\.id), is: newestFirst.reversed().map(\.id))
        try expect(lines.map(\.content), is: newestFirst.reversed().map { AuditContent($0) })
        var previous = AuditHead.start
        for line in lines {
            let hash = line.content.hash(after: previous)
            try expect(try require(line.link), is: AuditLine.Link(previous: previous, hash: hash))
            previous = hash
        }
        try expect(try require(rest.head).hash, is: previous)
        try expect(try require(rest.head).chained, is: 20)
        try expect(try require(rest.head).unchained, is: 0)
    }

    func endOfAnAttemptBringsItsAuditLine(_ stage: Stage) async throws {
        let link = try await stage.link()
        let attempt = stage.make.attempt(of: link)
        try await stage.store.begin(attempt)
        let change = stage.make.change(.linkDenied, seller: link.seller)
        try await stage.store.finish(attempt.id, outcome: .denied, connection: nil, as: change)
        try expect(
            try await stage.store.auditEntries(AuditFilter(action: .linkDenied), page: Page()), is: [change.audit])
        try await stage.expectRefusal(.notFound) {
            try await stage.store.finish(
                stage.make.ids.next(), outcome: .denied, connection: nil, as: stage.make.change(.linkDenied))
        }
    }
}

import Gateway
import TestSupport

// What ConnectionStore promises.
extension StoreCase {
    func establishingUsesTheLink(_ stage: Stage) async throws {
        let link = try await stage.link()
        let attempt = stage.make.attempt(of: link)
        try await stage.store.begin(attempt)
        let connection = stage.make.connection(of: link.seller, with: link.application)
        let tokens = stage.make.tokens(of: connection.id)
        let change = stage.make.change(.connectionLinked, seller: link.seller)
        try await stage.store.establish(connection, tokens: tokens, finishing: attempt.id, as: change)
        try expect(try await stage.store.connection(connection.id), is: connection)
        try expect(try await stage.store.tokens(of: connection.id), is: tokens)
        try expect(try await stage.store.link(link.id)?.state, is: .used)
        let seen = try await stage.store.attempt(cookieHash: attempt.cookieHash, since: attempt.createdAt)
        try expect(seen?.outcome, is: .linked)
        try expect(seen?.connection, is: connection.id)
        try expect(
            try await stage.store.auditEntries(AuditFilter(seller: link.seller), page: Page(limit: 1)),
            is: [change.audit])
    }

    func linkThatWasUsedMeanwhileLinksNothing(_ stage: Stage) async throws {
        let link = try await stage.link()
        let attempts = (0..<8).map { _ in stage.make.attempt(of: link) }
        for attempt in attempts { try await stage.store.begin(attempt) }
        let connections = attempts.indices.map {
            stage.make.connection(of: link.seller, with: link.application, user: Int64($0 + 1))
        }
        let linked = try await atOnce(8) { index in
            try await succeeds(unless: .conflict(rule: .linkNotOpen)) { () async throws(StoreError) in
                try await stage.store.establish(
                    connections[index], tokens: stage.make.tokens(of: connections[index].id),
                    finishing: attempts[index].id, as: stage.make.change(.connectionLinked))
            }
        }
        try expect(linked.filter(\.self).count, is: 1)
        try expect(try await stage.store.connections(ConnectionFilter(), page: Page()).count, is: 1)
    }

    func accountOfAnotherSellerIsTaken(_ stage: Stage) async throws {
        let held = try await stage.connection()
        let application = try require(try await stage.store.application(held.application))
        let seller = try await stage.seller("Otra")
        let previous = try await stage.connect(seller, application, user: 7)
        let link = stage.make.link(of: seller.id, with: application.id)
        try await stage.store.add(link, as: stage.make.change(.linkCreated))
        let attempt = stage.make.attempt(of: link)
        try await stage.store.begin(attempt)
        let claim = stage.make.connection(of: seller.id, with: application.id, user: held.upstreamUser.rawValue)
        try await stage.expectRefusal(.conflict(rule: .accountTaken)) {
            try await stage.store.establish(
                claim, tokens: stage.make.tokens(of: claim.id), finishing: attempt.id,
                as: stage.make.change(.connectionLinked))
        }
        // Nothing was changed: the link is open, the seller's own connection and its tokens are there.
        try expect(try await stage.store.connection(claim.id), is: nil)
        try expect(try await stage.store.tokens(of: claim.id), is: nil)
        try expect(try await stage.store.link(link.id)?.state, is: .open)
        try expect(try await stage.store.connection(previous.id), is: previous)
        try expect(try await stage.store.tokens(of: previous.id) != nil, "the previous pair stays")
        // With another application it is free.
        let other = try await stage.application("2222222222")
        _ = try await stage.connect(seller, other, user: held.upstreamUser.rawValue)
    }

    func accountGoesToOneOfManyRacers(_ stage: Stage) async throws {
        let application = try await stage.application()
        var sellers: [Seller] = []
        for index in 0..<16 { sellers.append(try await stage.seller("Tienda \(index)")) }
        let racers = sellers
        let won = try await atOnce(racers.count) { index in
            try await succeeds(unless: .conflict(rule: .accountTaken)) { () async throws(StoreError) in
                _ = try await stage.connect(racers[index], application)
            }
        }
        try expect(won.filter(\.self).count, is: 1)
    }

    func revokedAccountIsFreeAgain(_ stage: Stage) async throws {
        let first = try await stage.connection()
        try await stage.store.revoke(first.id, event: nil, as: stage.make.change(.connectionRevoked))
        let application = try require(try await stage.store.application(first.application))
        let second = try await stage.connect(try await stage.seller("Otra"), application)
        try expect(
            try await stage.store.activeConnection(of: second.upstreamUser, with: application.id), is: second)
    }

    func linkingAgainEndsThePreviousConnection(_ stage: Stage) async throws {
        let first = try await stage.connection()
        let application = try require(try await stage.store.application(first.application))
        let seller = try require(try await stage.store.seller(.id(first.seller)))
        // The same account, then another one of the same seller.
        for user: Int64 in [42, 43] {
            let previous = try await stage.store.connections(ConnectionFilter(), page: Page(limit: 1))[0]
            let connection = try await stage.connect(seller, application, user: user)
            let ended = try require(try await stage.store.connection(previous.id))
            try expect(ended.state, is: .revoked)
            try expect(ended.integratorToken, is: nil)
            try expect(ended.version, is: previous.version + 1)
            try expect(try await stage.store.tokens(of: previous.id), is: nil)
            try expect(
                try await stage.store.activeConnection(of: connection.upstreamUser, with: application.id),
                is: connection)
        }
        let states = try await stage.store.connections(ConnectionFilter(seller: seller.id), page: Page()).map(\.state)
        try expect(states, is: [.configuring, .revoked, .revoked])
    }

    func connectionUpdateCountsTheVersionUp(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        var changed = connection
        changed.state = .needsRelink
        changed.reason = .expired
        changed.refreshUncertain = true
        changed.webhookState = .failed
        changed.webhookProblem = "webhook_not_valid"
        changed.previousWebhook = stage.make.sealed()
        changed.webhookCheckedAt = stage.now
        changed.lastProvedAt = stage.now
        changed.provedBy = "probe"
        let event = stage.make.notice(of: connection.seller, type: "seller.needs_relink")
        try await stage.store.update(changed, event: event, as: stage.make.change(.connectionNeedsRelink))
        changed.version += 1
        try expect(try await stage.store.connection(connection.id), is: changed)
        try expect(try await stage.store.event(event.id)?.type, is: "seller.needs_relink")
        try await stage.store.update(changed, event: nil, as: nil)
        try expect(try await stage.store.connection(connection.id)?.version, is: 3)
    }

    func staleVersionChangesNothing(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let events = (0..<8).map { _ in stage.make.notice(of: connection.seller) }
        let changes = events.map { _ in stage.make.change(.connectionNeedsRelink) }
        let lines = try await stage.auditCount()
        let won = try await atOnce(8) { index in
            try await succeeds(unless: .conflict(rule: .stale)) { () async throws(StoreError) in
                try await stage.store.update(connection, event: events[index], as: changes[index])
            }
        }
        try expect(won.filter(\.self).count, is: 1)
        try expect(try await stage.store.connection(connection.id)?.version, is: 2)
        try expect(try await stage.store.events(EventFilter(), page: Page()).count, is: 1)
        try expect(try await stage.auditCount(), is: lines + 1)
    }

    func revokingDestroysTheTokens(_ stage: Stage) async throws {
        var connection = try await stage.connection()
        connection.webhookState = .failed
        connection.webhookProblem = "webhook_not_valid"
        try await stage.store.update(connection, event: nil, as: nil)
        let event = stage.make.notice(of: connection.seller, type: "seller.revoked")
        try await stage.store.revoke(connection.id, event: event, as: stage.make.change(.connectionRevoked))
        let revoked = try require(try await stage.store.connection(connection.id))
        try expect(revoked.state, is: .revoked)
        try expect(revoked.integratorToken, is: nil)
        try expect(revoked.webhookState, is: .unset)
        try expect(revoked.webhookProblem, is: nil)
        try expect(revoked.version, is: connection.version + 2)
        try expect(try await stage.store.tokens(of: connection.id), is: nil)
        try expect(
            try await stage.store.activeConnection(of: connection.upstreamUser, with: connection.application), is: nil)
        try expect(try await stage.store.event(event.id)?.type, is: "seller.revoked")
        try await stage.expectRefusal(.conflict(rule: .state)) {
            try await stage.store.revoke(
                connection.id, event: stage.make.notice(of: connection.seller),
                as: stage.make.change(.connectionRevoked))
        }
        try await stage.expectRefusal(.notFound) {
            try await stage.store.revoke(
                stage.make.ids.next() as ConnectionID, event: nil, as: stage.make.change(.connectionRevoked))
        }
        try expect(try await stage.store.events(EventFilter(), page: Page()).count, is: 1)
    }

    func connectionFiltersNarrowTheList(_ stage: Stage) async throws {
        let first = try await stage.connection()
        let application = try await stage.application("2222222222")
        let seller = try await stage.seller("Otra")
        let second = try await stage.connect(seller, application)
        let third = try await stage.connect(seller, application)
        let list = { (filter: ConnectionFilter) in
            try await stage.store.connections(filter, page: Page()).map(\.id)
        }
        try expect(try await list(ConnectionFilter()), is: [third.id, second.id, first.id])
        try expect(try await list(ConnectionFilter(seller: seller.id)), is: [third.id, second.id])
        try expect(try await list(ConnectionFilter(application: first.application)), is: [first.id])
        try expect(try await list(ConnectionFilter(states: [.revoked])), is: [second.id])
        try expect(
            try await list(ConnectionFilter(states: [.configuring, .linked])), is: [third.id, first.id])
        try expect(try await list(ConnectionFilter(states: [])), is: [])
        let page = try await stage.store.connections(ConnectionFilter(), page: Page(limit: 1, after: third.id.ulid))
        try expect(page.map(\.id), is: [second.id])
    }
}

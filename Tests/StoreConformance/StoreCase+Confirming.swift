import Gateway
import TestSupport

// What ConnectionStore and LinkStore promise about confirmation, and about permissions that were taken back.
extension StoreCase {
    private func await(
        _ stage: Stage, _ seller: SellerID, _ application: ApplicationID, user: Int64
    ) async throws(StoreError) -> Connection {
        let connection = stage.make.connection(
            of: seller, with: application, user: user, state: .awaitingConfirmation)
        try await stage.store.establish(
            connection, tokens: stage.make.tokens(of: connection.id), finishing: nil,
            as: stage.make.change(.connectionLinked))
        return connection
    }

    func awaitingStandsBesideTheOneInUse(_ stage: Stage) async throws {
        let used = try await stage.connection()
        let first = try await self.await(stage, used.seller, used.application, user: 43)
        try expect(try await stage.store.connection(used.id), is: used)
        try expect(try await stage.store.tokens(of: used.id) != nil, "the pair in use stays")
        try expect(
            try await stage.store.activeConnection(of: first.upstreamUser, with: used.application), is: first)
        // The account is held against another seller's claim.
        let other = try await stage.seller("Otra")
        let application = try require(try await stage.store.application(used.application))
        try await stage.expectRefusal(.conflict(rule: .accountTaken)) {
            _ = try await stage.connect(other, application, user: 43)
        }
        // A second one takes the place of the first, and nothing else.
        let second = try await self.await(stage, used.seller, used.application, user: 44)
        let ended = try require(try await stage.store.connection(first.id))
        try expect(ended.state, is: .revoked)
        try expect(ended.revocation, is: Revocation(by: .gateway, .replaced))
        try expect(try await stage.store.tokens(of: first.id), is: nil)
        try expect(try await stage.store.connection(used.id), is: used)
        // One that is used at once ends both.
        let third = try await stage.connect(
            try require(try await stage.store.seller(.id(used.seller))), application, user: 45)
        let active = Set(Connection.State.allCases.filter(\.isActive))
        let left = try await stage.store.connections(
            ConnectionFilter(seller: used.seller, states: active), page: Page())
        try expect(left.map(\.id), is: [third.id])
        try expect(try await stage.store.tokens(of: second.id), is: nil)
    }

    func confirmingTakesThePlaceOfTheOneInUse(_ stage: Stage) async throws {
        let used = try await stage.connection()
        let waiting = try await self.await(stage, used.seller, used.application, user: 43)
        let event = stage.make.notice(of: used.seller, type: "seller.relinked")
        let change = stage.make.change(.connectionConfirmed, seller: used.seller)
        try await stage.store.confirm(waiting.id, events: [event], as: change)
        let confirmed = try require(try await stage.store.connection(waiting.id))
        try expect(confirmed.state, is: .configuring)
        try expect(confirmed.version, is: waiting.version + 1)
        try expect(try await stage.store.tokens(of: waiting.id) != nil, "the confirmed pair stays")
        let ended = try require(try await stage.store.connection(used.id))
        try expect(ended.state, is: .revoked)
        try expect(ended.revocation?.reason, is: .replaced)
        try expect(try await stage.store.tokens(of: used.id), is: nil)
        try expect(try await stage.store.event(event.id)?.type, is: "seller.relinked")
        try expect(
            try await stage.store.auditEntries(AuditFilter(seller: used.seller), page: Page(limit: 1)),
            is: [change.audit])
        for id in [waiting.id, used.id] {
            try await stage.expectRefusal(.conflict(rule: .state)) {
                try await stage.store.confirm(id, events: [], as: stage.make.change(.connectionConfirmed))
            }
        }
        try await stage.expectRefusal(.notFound) {
            try await stage.store.confirm(
                stage.make.ids.next(), events: [], as: stage.make.change(.connectionConfirmed))
        }
    }

    func unconfirmedAreFoundByTheirAge(_ stage: Stage) async throws {
        let application = try await stage.application()
        let first = try await self.await(stage, try await stage.seller("Uno").id, application.id, user: 1)
        stage.pass(.seconds(10))
        let second = try await self.await(stage, try await stage.seller("Dos").id, application.id, user: 2)
        _ = try await stage.connect(try await stage.seller("Tres"), application, user: 3)
        func found(_ moment: Timestamp, _ limit: Int = 10) async throws(StoreError) -> [ConnectionID] {
            try await stage.store.unconfirmed(since: moment, limit: limit).map(\.id)
        }
        try expect(try await found(stage.now + .seconds(-11)), is: [])
        try expect(try await found(stage.now + .seconds(-10)), is: [first.id])
        try expect(try await found(stage.now), is: [first.id, second.id])
        try expect(try await found(stage.now, 1), is: [first.id])
    }

    func deauthorizationIsNotedOfTheLinkThatItIsAbout(_ stage: Stage) async throws {
        stage.pass(.milliseconds(1_500))
        let connection = try await stage.connection()
        let same = Timestamp(milliseconds: stage.now.milliseconds / 1000 * 1000)
        func noted() async throws(StoreError) -> [Timestamp?] {
            try await stage.store.deauthorized(limit: 10).map(\.deauthorizedAt)
        }
        try await stage.store.noteDeauthorization(of: connection.id, at: same + .seconds(-1))
        try expect(try await noted(), is: [])
        // The provider says the second only.
        try await stage.store.noteDeauthorization(of: connection.id, at: same)
        try expect(try await noted(), is: [same])
        let later = same + .seconds(5)
        try await stage.store.noteDeauthorization(of: connection.id, at: later)
        try await stage.store.forgetDeauthorization(of: connection.id, at: same)
        try expect(try await noted(), is: [later])
        try await stage.store.forgetDeauthorization(of: connection.id, at: later)
        try expect(try await noted(), is: [])
        try await stage.store.noteDeauthorization(of: connection.id, at: later)
        try await stage.store.revoke(connection.id, event: nil, as: stage.make.change(.connectionRevoked))
        try expect(try await noted(), is: [])
        try await stage.store.noteDeauthorization(of: connection.id, at: later)
        try expect(try await noted(), is: [])
    }

    func revokingByAnOldVersionChangesNothing(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        try await stage.store.update(connection, event: nil, as: nil)
        let revocation = Revocation(by: .shopOwner, .deauthorized)
        try await stage.expectRefusal(.conflict(rule: .stale)) {
            try await stage.store.revoke(
                connection.id, ifVersion: connection.version, revocation, event: nil,
                as: stage.make.change(.connectionRevoked))
        }
        try expect(try await stage.store.tokens(of: connection.id) != nil, "the pair stays")
        try await stage.store.revoke(
            connection.id, ifVersion: connection.version + 1, revocation, event: nil,
            as: stage.make.change(.connectionRevoked))
        try expect(try await stage.store.connection(connection.id)?.revocation, is: revocation)
    }

    func linkIsOpenedOnce(_ stage: Stage) async throws {
        let link = try await stage.link()
        let events = (0..<2).map { _ in stage.make.notice(of: link.seller, type: "seller.link_opened") }
        let first = stage.make.attempt(of: link)
        try await stage.store.begin(first, event: events[0])
        stage.pass(.seconds(5))
        try await stage.store.begin(stage.make.attempt(of: link), event: events[1])
        try expect(try await stage.store.link(link.id)?.openedAt, is: first.createdAt)
        try expect(try await stage.store.event(events[0].id) != nil, "the first start is told")
        try expect(try await stage.store.event(events[1].id), is: nil)
    }

    func endOfAnAttemptTellsItsEvent(_ stage: Stage) async throws {
        let link = try await stage.link()
        let attempt = stage.make.attempt(of: link)
        try await stage.store.begin(attempt)
        let event = stage.make.notice(of: link.seller, type: "seller.link_failed")
        try await stage.store.finish(attempt.id, outcome: .denied, connection: nil, event: event, as: nil)
        try expect(try await stage.store.event(event.id)?.type, is: "seller.link_failed")
    }
}

import Gateway
import TestSupport

// What the stores promise of connections that are held after an import, and of those that end by themselves.
extension StoreCase {
    private var day: Duration { .seconds(86_400) }

    func heldConnectionIsNotDueBeforeItsRelease(_ stage: Stage) async throws {
        let application = try await stage.application()
        let held = try await connect(stage, application, user: 1) { $0.refreshHeld = true }
        let other = try await connect(stage, application, user: 2) { _ in }
        try expect(try await stage.store.connection(held.id), is: held)
        stage.pass(day * 170)
        func due() async throws -> [ConnectionID] {
            try await stage.store.dueForRefresh(at: stage.now, limit: 10).map(\.connection)
        }
        try expect(try await due(), is: [other.id])
        try expect(try await stage.store.heldConnections(of: application.id), is: 1)
        let filter = ConnectionFilter(refreshHeld: false)
        try expect(try await stage.store.connections(filter, page: Page()).map(\.id), is: [other.id])
        try await stage.store.releaseHolds(of: application.id, as: stage.make.change(.applicationGrantsAdopted))
        try expect(try await due().count, is: 2)
        try expect(try await stage.store.heldConnections(of: application.id), is: 0)
        let released = try require(try await stage.store.connection(held.id))
        try expect(released.refreshHeld, is: false)
        try expect(released.version, is: held.version + 1)
        try expect(try await stage.store.connection(other.id), is: other)
        try await stage.expectRefusal(.conflict(rule: .state)) {
            try await stage.store.releaseHolds(of: application.id, as: stage.make.change(.applicationGrantsAdopted))
        }
        try await stage.expectRefusal(.notFound) {
            try await stage.store.releaseHolds(
                of: stage.make.ids.next(), as: stage.make.change(.applicationGrantsAdopted))
        }
    }

    func warningIsDueOnceInTheLifeOfAPair(_ stage: Stage) async throws {
        let application = try await stage.application()
        let held = try await connect(stage, application, user: 1) { $0.refreshHeld = true }
        _ = try await connect(stage, application, user: 2) { _ in }
        func due() async throws -> [ExpiryWarning] {
            try await stage.store.dueForWarning(at: stage.now, limit: 10)
        }
        func tell(_ warning: ExpiryWarning) async throws(StoreError) {
            try await stage.store.tell(warning, event: stage.make.notice(of: held.seller, type: "seller.expiring"))
        }
        let end = stage.now + day * 180
        stage.pass(day * 149)
        try expect(try await due(), is: [])
        stage.pass(day)
        let first = ExpiryWarning(connection: held.id, generation: 1, daysLeft: 30, endsAt: end, reason: .refreshHeld)
        try expect(try await due(), is: [first])
        try await tell(first)
        try expect(try await due(), is: [])
        try await expectRefusal(.conflict(rule: .stale)) { try await tell(first) }
        stage.pass(day * 24)
        let next = ExpiryWarning(connection: held.id, generation: 1, daysLeft: 7, endsAt: end, reason: .refreshHeld)
        try expect(try await due(), is: [next])
        try await tell(next)
        stage.pass(day * -10)
        try expect(try await due(), is: [])
        try await expectRefusal(.conflict(rule: .stale)) { try await tell(first) }
        try expect(try await stage.store.events(EventFilter(seller: held.seller), page: Page()).count, is: 2)
        // A new pair starts anew; a warning about the old one comes too late.
        try await stage.store.replaceTokens(
            StoredTokens(
                connection: held.id, generation: 2, access: stage.make.sealed(), refresh: nil, issuedAt: stage.now,
                expiresAt: stage.now + day),
            ifGeneration: 1, closing: nil, at: stage.now)
        try await expectRefusal(.conflict(rule: .stale)) {
            try await tell(
                ExpiryWarning(connection: held.id, generation: 1, daysLeft: 1, endsAt: end, reason: .refreshHeld))
        }
        try expect(try await due().map(\.daysLeft), is: [1])
        try expect(try await due().map(\.reason), is: [.notRefreshable])
        // One that has ended is warned of no more.
        stage.pass(day)
        try expect(try await due(), is: [])
        try await stage.store.stopRefreshing(
            application.id, .init(at: stage.now, reason: "invalid_client"), event: stage.make.notice(of: nil),
            as: stage.make.change(.applicationRefreshStopped))
        try expect(try await due().map(\.reason), is: [.refreshStopped])
    }

    func endedIsWhatHasDiedWithoutARefreshToken(_ stage: Stage) async throws {
        let application = try await stage.application()
        let renewed = try await connect(stage, application, user: 1) { _ in }
        let seller = try await stage.seller("Otra")
        var last = stage.make.connection(of: seller.id, with: application.id, user: 2)
        try await stage.store.establish(
            last,
            tokens: StoredTokens(
                connection: last.id, generation: 1, access: stage.make.sealed(), refresh: nil, issuedAt: stage.now,
                expiresAt: stage.now + day * 180),
            finishing: nil, as: stage.make.change(.connectionLinked))
        try expect(try await stage.store.ended(at: stage.now + day * 179, limit: 10), is: [])
        let ended = try await stage.store.ended(at: stage.now + day * 180, limit: 10)
        try expect(ended, is: [RefreshDue(connection: last.id, generation: 1, isUncertain: false)])
        try expect(renewed.state, is: .configuring)
        last.state = .needsRelink
        last.reason = .expired
        try await stage.store.update(last, event: nil, as: nil)
        try expect(try await stage.store.ended(at: stage.now + day * 180, limit: 10), is: [])
    }

    func establishingTellsItsEvent(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let connection = stage.make.connection(of: seller.id, with: try await stage.application().id)
        let event = stage.make.notice(of: seller.id, type: "seller.not_refreshable")
        try await stage.store.establish(
            connection, tokens: stage.make.tokens(of: connection.id), finishing: nil, event: event,
            as: stage.make.change(.connectionLinked))
        try expect(try await stage.store.event(event.id)?.type, is: "seller.not_refreshable")
    }

    private func connect(
        _ stage: Stage, _ application: Application, user: Int64, _ change: (inout Connection) -> Void
    ) async throws(StoreError) -> Connection {
        let seller = try await stage.seller("Tienda \(user)")
        var connection = stage.make.connection(of: seller.id, with: application.id, user: user)
        change(&connection)
        try await stage.store.establish(
            connection, tokens: stage.make.tokens(of: connection.id), finishing: nil,
            as: stage.make.change(.connectionLinked))
        return connection
    }
}

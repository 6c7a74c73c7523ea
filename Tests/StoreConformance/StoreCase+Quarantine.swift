import Gateway
import TestSupport

// What QuarantineStore promises.
extension StoreCase {
    func quarantineIsOfOneOrOfAll(_ stage: Stage) async throws {
        let one = try await stage.seller("Uno")
        let other = try await stage.seller("Dos")
        func quarantined() async throws -> [Bool] {
            let quarantine = try await stage.store.quarantine()
            return [one, other].map { quarantine.since($0.id) != nil }
        }
        try expect(try await stage.store.quarantine().isEmpty, "somebody is quarantined in a new store")
        try await stage.store.quarantine(.seller(one.id), at: stage.now, as: stage.make.change(.panicBegun))
        try expect(try await quarantined(), is: [true, false])
        try expect(try await stage.store.reach(of: nil).sellers, is: 1)
        let since = stage.now
        stage.pass(.seconds(60))
        try await stage.store.quarantine(.seller(one.id), at: stage.now, as: stage.make.change(.panicBegun))
        try expect(try await stage.store.quarantine().since(one.id), is: since)
        try await stage.store.quarantine(.all, at: stage.now, as: stage.make.change(.panicBegun))
        try expect(try await quarantined(), is: [true, true])
        try expect(try await stage.store.reach(of: nil).sellers, is: 2)
        // It stays for every other, and may begin again for this one.
        try await stage.store.lift(.seller(one.id), as: stage.make.change(.panicEnded))
        try expect(try await quarantined(), is: [false, true])
        try expect(try await stage.store.reach(of: nil).sellers, is: 1)
        try await stage.expectRefusal(.conflict(rule: .state)) {
            try await stage.store.lift(.seller(one.id), as: stage.make.change(.panicEnded))
        }
        try await stage.store.quarantine(.seller(one.id), at: stage.now, as: stage.make.change(.panicBegun))
        try expect(try await quarantined(), is: [true, true])
        try await stage.store.lift(.all, as: stage.make.change(.panicEnded))
        try expect(try await quarantined(), is: [false, false])
        try await stage.expectRefusal(.conflict(rule: .state)) {
            try await stage.store.lift(.all, as: stage.make.change(.panicEnded))
        }
        try await stage.expectRefusal(.notFound) {
            try await stage.store.quarantine(
                .seller(stage.make.seller().id), at: stage.now, as: stage.make.change(.panicBegun))
        }
    }

    func quarantineReachesWhoHoldsTokens(_ stage: Stage) async throws {
        let application = try await stage.application()
        let linked = try await stage.seller("Uno")
        let revoked = try await stage.seller("Dos")
        _ = try await stage.seller("Tres")
        _ = try await stage.connect(linked, application, user: 42)
        let ended = try await stage.connect(revoked, application, user: 43)
        try await stage.store.revoke(ended.id, event: nil, as: stage.make.change())
        let reach = try await stage.store.reach(of: .all)
        try expect(reach, is: Quarantine.Reach(sellers: 3, affectedSellers: 1, affectedConnections: 1))
        try expect(
            try await stage.store.reach(of: .seller(revoked.id)),
            is: Quarantine.Reach(sellers: 1, affectedSellers: 0, affectedConnections: 0))
        try expect(try await stage.store.affectedSellers(page: Page()), is: [])
        try await stage.store.quarantine(.all, at: stage.now, as: stage.make.change(.panicBegun))
        try expect(try await stage.store.reach(of: nil), is: reach)
        try expect(try await stage.store.affectedSellers(page: Page()), is: [linked])
        try await stage.store.lift(.seller(linked.id), as: stage.make.change(.panicEnded))
        try expect(try await stage.store.affectedSellers(page: Page()), is: [])
    }

    func quarantinedTokensAreNotDue(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        stage.pass(.seconds(170 * 86_400))
        try expect(try await stage.store.dueForRefresh(at: stage.now, limit: 10).map(\.connection), is: [connection.id])
        try await stage.store.quarantine(.all, at: stage.now, as: stage.make.change(.panicBegun))
        try expect(try await stage.store.dueForRefresh(at: stage.now, limit: 10), is: [])
        try await stage.store.lift(.seller(connection.seller), as: stage.make.change(.panicEnded))
        try expect(try await stage.store.dueForRefresh(at: stage.now, limit: 10).map(\.connection), is: [connection.id])
    }
}

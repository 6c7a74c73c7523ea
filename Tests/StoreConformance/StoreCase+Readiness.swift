import Gateway
import TestSupport

// What ReadinessStore promises.
extension StoreCase {
    func endpointIsJudgedByItsNewestDeliveries(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let own = try await stage.endpoint(of: seller.id)
        let integrators = try await stage.endpoint(of: nil, topics: ["claim.updated"])
        _ = try await stage.endpoint(of: try await stage.seller("Otra").id)
        let removed = try await stage.endpoint(of: seller.id)
        try await stage.store.remove(removed.id, as: stage.make.change(.endpointRemoved))
        func sign() async throws -> EndpointSign {
            let signs = try await stage.store.endpointSigns(of: seller.id)
            try expect(signs.map(\.endpoint), is: [own.id, integrators.id])
            try expect(signs.map(\.isSellersOwn), is: [true, false])
            return signs[0]
        }
        // The test event has arrived; what waits says nothing.
        let first = stage.now
        try await stage.tell(seller.id)
        try expect(try await sign().lastArrived, is: true)
        try expect(try await sign().lastDeliveredAt, is: first)
        stage.pass(.seconds(10))
        let failing = try await stage.claimOne()
        try expect(try await sign().lastArrived, is: true)
        _ = try await stage.store.finish(
            failing, stage.make.result(.retry(at: stage.now + .seconds(60)), status: 500, failure: .status))
        try expect(try await sign().lastArrived, is: false)
        try expect(try await sign().lastDeliveredAt, is: first)
        stage.pass(.seconds(60))
        _ = try await stage.store.finish(try await stage.claimOne(), stage.make.result())
        try expect(try await sign().lastArrived, is: true)
        try expect(try await sign().lastDeliveredAt, is: stage.now)
        try await stage.store.move(own.id, to: .paused, from: [.active], as: stage.make.change(.endpointUpdated))
        try expect(try await sign().state, is: .paused)
        let pending = try await stage.pendingEndpoint(of: seller.id)
        let newest = try require(try await stage.store.endpointSigns(of: seller.id).first { $0.endpoint == pending.id })
        try expect(newest.lastArrived, is: nil)
        try expect(newest.lastDeliveredAt, is: nil)
    }

    func spanIsOfTheTypesAskedFor(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        func span(_ application: ApplicationID) async throws -> EventSpan? {
            try await stage.store.span(
                of: ["payment.created", "payment.updated"], seller: connection.seller, application: application)
        }
        _ = try await stage.store.record(stage.make.event(of: connection, type: "claim.updated"))
        try expect(try await span(connection.application), is: nil)
        stage.pass(.seconds(1))
        let first = stage.now
        _ = try await stage.store.record(stage.make.event(of: connection, type: "payment.created"))
        stage.pass(.seconds(1))
        let last = stage.now
        _ = try await stage.store.record(stage.make.event(of: connection, type: "payment.updated"))
        stage.pass(.seconds(1))
        _ = try await stage.store.record(stage.make.event(of: connection, type: "claim.updated"))
        try expect(try await span(connection.application), is: EventSpan(first: first, last: last))
        let other = try await stage.application("99")
        try expect(try await span(other.id), is: nil)
    }

    func modeChangesAreTheNewestOfEachTerminal(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let stranger = try await stage.seller("Otra")
        func note(_ action: AuditAction, _ subject: String, of seller: Seller) async throws {
            try await stage.store.add(
                AuditEntry(
                    id: stage.make.ids.next(), at: stage.now, actor: .gateway, action: action, subject: subject,
                    seller: seller.id, request: nil))
        }
        try await note(.terminalModeSet, "PAX__1", of: seller)
        try await note(.terminalModeSet, "PAX__2", of: seller)
        let second = stage.now
        stage.pass(.seconds(60))
        try await note(.terminalModeSet, "PAX__1", of: seller)
        try await note(.terminalModeSet, "PAX__3", of: stranger)
        try await note(.webhookRegistered, "PAX__4", of: seller)
        let one = try require(TerminalID("PAX__1"))
        let two = try require(TerminalID("PAX__2"))
        try expect(try await stage.store.modeChanges(of: seller.id), is: [one: stage.now, two: second])
    }
}

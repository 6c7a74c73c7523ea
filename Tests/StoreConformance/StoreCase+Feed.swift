import Gateway
import TestSupport

// What EventStore promises to those who ask for a seller's events.
extension StoreCase {
    func feedGoesOnFromWhereItsReaderWas(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let stranger = try await stage.seller("Otra")
        try expect(try await stage.store.newestEvent(of: seller.id), is: nil)
        try expect(try await stage.store.feed(of: seller.id, after: nil, limit: 10, at: stage.now).count, is: 0)
        // A test of an endpoint is nothing that happened to the seller.
        _ = try await stage.endpoint(of: seller.id)
        var told: [EventID] = []
        for _ in 0..<5 {
            told.append(try await stage.tell(seller.id))
            _ = try await stage.tell(stranger.id)
        }
        let foreign = try await stage.tell(stranger.id)
        let all = try await stage.store.feed(of: seller.id, after: nil, limit: 10, at: stage.now)
        try expect(all.map(\.event.id), is: told)
        try expect(all.map(\.body), is: all.map { stage.make.body($0.event.sequence) })
        try expect(try await stage.store.newestEvent(of: seller.id), is: told[4])
        let part = try await stage.store.feed(of: seller.id, after: told[1], limit: 2, at: stage.now)
        try expect(part.map(\.event.id), is: [told[2], told[3]])
        try expect(try await stage.store.feed(of: seller.id, after: told[4], limit: 2, at: stage.now).count, is: 0)
        for unknown in [foreign, stage.make.ids.next()] {
            try await expectRefusal(.notFound) {
                _ = try await stage.store.feed(of: seller.id, after: unknown, limit: 2, at: stage.now)
            }
        }
        try await expectRefusal(.notFound) {
            _ = try await stage.store.feed(of: stage.make.ids.next(), after: nil, limit: 2, at: stage.now)
        }
    }

    func parkedEventComesToTheFeedWhenItIsRouted(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let parked = stage.make.parked(for: connection.upstreamUser, application: connection.application)
        _ = try await stage.store.record(parked)
        let later = stage.make.event(of: connection)
        _ = try await stage.store.record(later)
        let seen = try await stage.store.feed(of: connection.seller, after: nil, limit: 10, at: stage.now)
        try expect(seen.map(\.event.id), is: [later.id])
        _ = try await stage.store.route(parked: parked.id, as: stage.make.routed(parked, to: connection))
        let more = try await stage.store.feed(of: connection.seller, after: later.id, limit: 10, at: stage.now)
        try expect(more.map(\.event.id), is: [parked.id])
    }
}

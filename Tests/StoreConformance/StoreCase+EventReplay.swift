import Gateway
import TestSupport

// What DeliveryStore promises about events that are sent again: DLV 16.
extension StoreCase {
    func whatEndedIsSentAgainUnderItsEvent(_ stage: Stage) async throws {
        let (_, _, deliveries) = try await stage.due(3)
        let claimed = try await stage.claim()
        try expect(claimed.map(\.isReplay), is: [false, false, false])
        try await stage.finish(claimed[0])
        try await stage.finish(claimed[1], stage.make.result(.exhausted, status: 500, failure: .status))
        stage.pass(.seconds(1))
        let lines = try await stage.auditCount()
        for one in claimed { try await stage.replay(one.event) }
        try expect(try await stage.auditCount(), is: lines + 3)
        for one in claimed.prefix(2) {
            let delivery = try await stage.delivery(one.id)
            try expect(delivery.state, is: .pending)
            try expect(delivery.dueAt, is: stage.now)
            try expect(delivery.closedAt, is: nil)
            try expect(delivery.reason, is: nil)
        }
        // What is being sent is on its way already.
        try expect(try await stage.delivery(claimed[2].id).state, is: .sending)
        let again = try await stage.claim()
        try expect(again.map(\.event).sorted(), is: claimed.prefix(2).map(\.event).sorted())
        try expect(again.map(\.attempt), is: [2, 2])
        try expect(again.map(\.failures), is: [0, 0])
        try expect(again.map(\.isReplay), is: [true, true])
        try await stage.finish(claimed[2])
        for one in again { try await stage.finish(one) }
        for id in deliveries { try expect(try await stage.delivery(id).state, is: .delivered) }
    }

    func endpointsThatCameLaterGetWhatIsSentAgain(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let stranger = try await stage.seller("Otra")
        let event = try await stage.tell(seller.id, type: "payment.updated", about: "7")
        try await stage.expectRefusal(.notFound) { try await stage.replay(event, to: stage.make.ids.next()) }
        let own = try await stage.endpoint(of: seller.id, topics: ["payment.*"])
        let picky = try await stage.endpoint(of: seller.id, topics: ["order.*"])
        let integrators = try await stage.endpoint(of: nil)
        let foreign = try await stage.endpoint(of: stranger.id)
        let reached = {
            try await stage.store.deliveries(DeliveryFilter(event: event), page: Page()).map(\.endpoint).sorted()
        }
        try await stage.replay(event, of: seller.id)
        try expect(try await reached(), is: [own.id])
        try await stage.replay(event)
        try expect(try await reached(), is: [own.id, integrators.id].sorted())
        // Named, it gets the event whatever its topics, unless the event is none of its owner's.
        try await stage.replay(event, to: picky.id, of: seller.id)
        try expect(try await reached(), is: [own.id, integrators.id, picky.id].sorted())
        try await stage.expectRefusal(.notFound) { try await stage.replay(event, to: foreign.id) }
        try await stage.expectRefusal(.notFound) { try await stage.replay(event, to: integrators.id, of: seller.id) }
        try await stage.store.remove(picky.id, as: stage.make.change(.endpointRemoved))
        try await stage.expectRefusal(.notFound) { try await stage.replay(event, to: picky.id) }
        try expect(try await stage.claim().count, is: 2)
    }

    func whatIsSentAgainIsInNobodysWay(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        _ = try await stage.endpoint(of: seller.id, EndpointChanges(ordering: .strict))
        let first = try await stage.deliver(seller.id, about: "7")
        try await stage.finish(try await stage.claimOne())
        try await stage.replay(try await stage.delivery(first).event)
        try await stage.finish(try await stage.claimOne(), stage.failed(after: .seconds(3600)))
        let second = try await stage.deliver(seller.id, about: "7")
        let third = try await stage.deliver(seller.id, about: "7")
        try expect(try await stage.delivery(third).isBlocked, is: true)
        for id in [second, third] {
            let claimed = try await stage.claimOne()
            try expect(claimed.id, is: id)
            try await stage.finish(claimed)
        }
        stage.pass(.seconds(3600))
        try expect(try await stage.claimOne().id, is: first)
    }

    func onlyWhatGoesToEndpointsIsSentAgain(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let endpoint = try await stage.endpoint(of: connection.seller)
        let tests = try await stage.store.deliveries(DeliveryFilter(endpoint: endpoint.id), page: Page())
        try expect(tests.map(\.eventType), is: [Endpoint.testEventType])
        try await stage.expectRefusal(.conflict(rule: .state)) { try await stage.replay(tests[0].event) }
        let parked = stage.make.parked(for: connection.upstreamUser, application: connection.application)
        _ = try await stage.store.record(parked)
        try await stage.expectRefusal(.conflict(rule: .state)) { try await stage.replay(parked.id) }
        try await stage.expectRefusal(.notFound) { try await stage.replay(stage.make.ids.next()) }
    }
}

extension Stage {
    /// Sends an event again.
    fileprivate func replay(
        _ event: EventID, to endpoint: EndpointID? = nil, of owner: SellerID? = nil
    ) async throws(StoreError) {
        try await store.replay(event, to: endpoint, of: owner, at: now, as: make.change(.eventReplayed))
    }
}

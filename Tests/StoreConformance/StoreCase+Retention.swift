import Gateway
import TestSupport

// What RetentionStore promises.
extension StoreCase {
    func payloadIsForgottenOnceAllItsDeliveriesHaveEnded(_ stage: Stage) async throws {
        let (_, _, deliveries) = try await stage.due(2)
        let open = try require(try await stage.store.delivery(deliveries[0])).event
        let over = try require(try await stage.store.delivery(deliveries[1])).event
        for claimed in try await stage.claim() {
            try await stage.finish(claimed, claimed.event == open ? stage.failed() : nil)
        }
        stage.pass(.seconds(1))
        let old = try await stage.old()
        try expect(old.contains { $0.event == over } && !old.contains { $0.event == open }, "what is over, no other")
        let remains = old.map { PayloadRemains(event: $0.event, sha256: sha256("body"), size: 4) }
        let refused = PayloadRemains(event: open, sha256: nil, size: nil)
        try expect(try await stage.store.forget(remains + [refused], at: stage.now), is: remains.count)
        try expect(try await stage.old().count, is: 0)
        let forgotten = try require(try await stage.store.event(over)).forgotten
        try expect(forgotten, is: Event.Forgotten(at: stage.now, sha256: sha256("body"), size: 4))
        try expect(try await stage.store.event(open)?.forgotten, is: nil)
        try expect(try await stage.store.body(of: open) != nil, "what has not ended is kept")
    }

    func forgottenPayloadIsNeitherReadNorSentAgain(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        _ = try await stage.endpoint(of: connection.seller)
        let before = stage.make.event(of: connection, type: "payment.created")
        let event = stage.make.event(of: connection)
        for event in [before, event] { _ = try await stage.store.record(event) }
        let delivery = try require(
            try await stage.store.deliveries(DeliveryFilter(event: event.id), page: Page()).first)
        for open in try await stage.store.deliveries(DeliveryFilter(state: .pending), page: Page()) {
            try await stage.store.cancel(open.id, at: stage.now, as: stage.make.change(.deliveryCanceled))
        }
        try await stage.forgetPayloads()
        try expect(try await stage.store.body(of: event.id), is: nil)
        try expect(try await stage.store.received(of: event.id), is: nil)
        let feed = try await stage.store.feed(of: connection.seller, after: nil, limit: 9, at: stage.now)
        try expect(feed.count, is: 0)
        // Nobody who was away reads past it unawares.
        try await expectRefusal(.conflict(rule: .payloadForgotten)) {
            _ = try await stage.store.feed(of: connection.seller, after: before.id, limit: 9, at: stage.now)
        }
        try await expectRefusal(.conflict(rule: .payloadForgotten)) {
            try await stage.store.retry(delivery.id, at: stage.now, as: stage.make.change(.deliveryRetried))
        }
    }

    func parkedNotificationIsKeptWhileItMayBeRouted(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let parked = stage.make.parked(for: connection.upstreamUser, application: connection.application)
        _ = try await stage.store.record(parked)
        stage.pass(.seconds(3599))
        try expect(try await stage.old().count, is: 0)
        stage.pass(.seconds(2))
        try expect(try await stage.old().map(\.event), is: [parked.id])
    }

    func payloadIsKeptForAsLongAfterItsLastDeliveryEnded(_ stage: Stage) async throws {
        let (_, _, deliveries) = try await stage.due(1)
        let event = try require(try await stage.store.delivery(deliveries[0])).event
        let claimed = try await stage.claimOne()
        stage.pass(.seconds(60))
        let before = stage.now
        stage.pass(.seconds(1))
        try await stage.finish(claimed)
        let kept = try await stage.store.oldPayloads(before: before, parked: before, after: nil, limit: 9)
        try expect(!kept.contains { $0.event == event }, "it ended later than that")
        let gone = try await stage.store.oldPayloads(
            before: stage.now + .seconds(1), parked: before, after: nil, limit: 9)
        try expect(gone.contains { $0.event == event && !$0.isErased }, "it ended before that")
    }

    func notificationIsKnownForAsLongAsItsIdentityIsKept(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let first = stage.make.event(of: connection, identity: "same")
        _ = try await stage.store.record(first)
        try await stage.forgetPayloads()
        let repeated = try await stage.store.record(stage.make.event(of: connection, identity: "same"))
        try expect(repeated, is: .duplicate)
        let done = try await stage.store.forget(.identities, before: stage.now, after: 0, limit: 100)
        try expect(done, is: Forgetting(count: 1, next: nil))
        let anew = try await stage.store.record(stage.make.event(of: connection, identity: "same"))
        try expect(anew, is: .recorded(deliveries: 0))
        try expect(try await stage.store.event(first.id)?.notification, is: nil)
    }

    func attemptsAreForgottenOfWhatHasEnded(_ stage: Stage) async throws {
        let (_, _, deliveries) = try await stage.due(2)
        let claimed = try await stage.claim()
        try expect(claimed.map(\.id), is: deliveries)
        try await stage.finish(claimed[0])
        try await stage.finish(claimed[1], stage.failed())
        stage.pass(.seconds(1))
        _ = try await stage.store.forget(.attempts, before: stage.now, after: 0, limit: 100)
        try expect(try await stage.store.attempts(of: deliveries[0]).count, is: 0)
        try expect(try await stage.store.attempts(of: deliveries[1]).count, is: 1)
        try expect(try await stage.store.delivery(deliveries[0])?.state, is: .delivered)
    }

    func deliveryThatHasNotEndedIsNeverForgotten(_ stage: Stage) async throws {
        let (seller, _, deliveries) = try await stage.due(3)
        let claimed = try await stage.claim()
        try await stage.finish(claimed[0])
        try await stage.finish(claimed[1], stage.failed(after: .seconds(3600)))
        stage.pass(.seconds(1))
        let events = try await stage.store.events(EventFilter(seller: seller.id), page: Page())
        for kind in [RetainedKind.events, .deliveries, .events] {
            _ = try await stage.store.forget(kind, before: stage.now, after: 0, limit: 100)
        }
        try expect(try await stage.store.delivery(deliveries[0]), is: nil)
        try expect(try await stage.store.delivery(deliveries[1])?.state, is: .pending)
        try expect(try await stage.store.delivery(deliveries[2])?.state, is: .sending)
        let kept = try await stage.store.events(EventFilter(seller: seller.id), page: Page())
        try expect(events.count - kept.count >= 1 && kept.count >= 2, "events go with their last delivery")
        let depth = try await stage.store.queueDepth(at: stage.now)
        let rows = try await stage.store.deliveries(DeliveryFilter(), page: Page(limit: 200))
        try expect(depth.counts.values.reduce(0, +), is: rows.count)
        try await stage.finish(claimed[2])
    }

    func nothingIsForgottenBeyondTheLimit(_ stage: Stage) async throws {
        let (_, _, deliveries) = try await stage.due(5)
        for claimed in try await stage.claim() { try await stage.finish(claimed) }
        stage.pass(.seconds(1))
        try expect(try await stage.old(limit: 2).count, is: 2)
        let first = try await stage.store.forget(.deliveries, before: stage.now, after: 0, limit: 2)
        try expect(first.count, is: 2)
        let next = try require(first.next)
        let second = try await stage.store.forget(.deliveries, before: stage.now, after: next, limit: 2)
        try expect(second.count, is: 2)
        try expect(try await stage.store.delivery(deliveries[4]) != nil, "beyond the limit")
        let none = try await stage.store.forget(.deliveries, before: stage.now - .seconds(60), after: 0, limit: 9)
        try expect(none, is: Forgetting(count: 0, next: nil))
    }
}

extension Stage {
    fileprivate func old(limit: Int = 100) async throws(StoreError) -> [OldPayload] {
        try await store.oldPayloads(before: now, parked: now - .seconds(3600), after: nil, limit: limit)
    }

    fileprivate func forgetPayloads() async throws {
        pass(.seconds(1))
        let old = try await old()
        _ = try await store.forget(old.map { PayloadRemains(event: $0.event, sha256: nil, size: nil) }, at: now)
    }
}

import Gateway
import TestSupport

// What DeliveryStore promises to people: retry, cancel, lists and counts.
extension StoreCase {
    func retryMakesADeliveryDueWithAFreshSchedule(_ stage: Stage) async throws {
        let (_, _, deliveries) = try await stage.due(3)
        let claimed = try await stage.claim()
        let results = [
            stage.make.result(.retry(at: stage.now + .seconds(3600)), status: 500, failure: .status),
            stage.make.result(.exhausted, status: 500, failure: .status),
        ]
        for (claim, result) in zip(claimed, results) {
            try expect(try await stage.store.finish(claim, result), "the claim holds")
        }
        try await stage.store.release(claimed[2])
        try await stage.store.cancel(deliveries[2], at: stage.now, as: stage.make.change(.deliveryCanceled))
        stage.pass(.seconds(1))
        let lines = try await stage.auditCount()
        for id in deliveries {
            try await stage.store.retry(id, at: stage.now, as: stage.make.change(.deliveryRetried))
            let delivery = try await stage.delivery(id)
            try expect(delivery.state, is: .pending)
            try expect(delivery.dueAt, is: stage.now)
            try expect(delivery.closedAt, is: nil)
        }
        try expect(try await stage.auditCount(), is: lines + 3)
        let again = try await stage.claim()
        try expect(again.map(\.id).sorted(), is: deliveries.sorted())
        try expect(again.map(\.failures), is: [0, 0, 0])
        let attempts = Dictionary(uniqueKeysWithValues: again.map { ($0.id, $0.attempt) })
        try expect(deliveries.map { attempts[$0] }, is: [2, 2, 1])
    }

    func retryRefusesWhatIsUnderWayOrDone(_ stage: Stage) async throws {
        _ = try await stage.due(1)
        let claimed = try await stage.claimOne()
        let retry = { try await stage.store.retry(claimed.id, at: stage.now, as: stage.make.change(.deliveryRetried)) }
        try await stage.expectRefusal(.conflict(rule: .state)) { try await retry() }
        try expect(try await stage.store.finish(claimed, stage.make.result()), "the claim holds")
        try await stage.expectRefusal(.conflict(rule: .state)) { try await retry() }
        try expect(try await stage.delivery(claimed.id).state, is: .delivered)
        try await stage.expectRefusal(.notFound) {
            try await stage.store.retry(
                stage.make.ids.next(), at: stage.now, as: stage.make.change(.deliveryRetried))
        }
    }

    func onlyAPendingDeliveryIsCanceled(_ stage: Stage) async throws {
        let (_, _, deliveries) = try await stage.due(5)
        let claimed = try await stage.claim()
        stage.pass(.seconds(1))
        let cancel = { (id: DeliveryID) in
            try await stage.store.cancel(id, at: stage.now, as: stage.make.change(.deliveryCanceled))
        }
        // Beyond the four that are under way, the fifth is pending.
        try await cancel(deliveries[4])
        let canceled = try await stage.delivery(deliveries[4])
        try expect(canceled.state, is: .canceled)
        try expect(canceled.closedAt, is: stage.now)
        try expect(canceled.dueAt, is: nil)
        try await stage.expectRefusal(.conflict(rule: .state)) { try await cancel(deliveries[4]) }
        try await stage.expectRefusal(.conflict(rule: .state)) { try await cancel(claimed[0].id) }
        try expect(try await stage.store.finish(claimed[0], stage.make.result()), "the claim holds")
        try await stage.expectRefusal(.conflict(rule: .state)) { try await cancel(claimed[0].id) }
        try expect(
            try await stage.store.finish(claimed[1], stage.make.result(.exhausted, status: 500, failure: .status)),
            "the claim holds")
        try await stage.expectRefusal(.conflict(rule: .state)) { try await cancel(claimed[1].id) }
        try await stage.expectRefusal(.notFound) { try await cancel(stage.make.ids.next()) }
    }

    func heldDeliveryIsCanceledAndRetriedToo(_ stage: Stage) async throws {
        let (_, endpoint, deliveries) = try await stage.due(1)
        try await stage.store.move(
            endpoint.id, to: .paused, from: [.active], as: stage.make.change(.endpointUpdated))
        try await stage.store.cancel(deliveries[0], at: stage.now, as: stage.make.change(.deliveryCanceled))
        try expect(try await stage.delivery(deliveries[0]).isHeld, is: false)
        try await stage.store.retry(deliveries[0], at: stage.now, as: stage.make.change(.deliveryRetried))
        try expect(try await stage.delivery(deliveries[0]).isHeld, is: true)
        try expect(try await stage.claim().count, is: 0)
    }

    func depthCountsWhatThereIs(_ stage: Stage) async throws {
        let depth = { try await stage.store.queueDepth(at: stage.now) }
        let counts = { try await depth().counts.filter { $0.value > 0 } }
        try expect(try await counts(), is: [:])
        try expect(try await depth().oldestDueAt, is: nil)
        let (_, endpoint, deliveries) = try await stage.due(6)
        let dueAt = stage.now
        stage.pass(.seconds(10))
        // The seventh is the test that made the endpoint active.
        try expect(try await counts(), is: [.pending: 6, .delivered: 1])
        try expect(try await depth().oldestDueAt, is: dueAt)
        let claimed = try await stage.claim(4)
        try expect(try await counts(), is: [.pending: 2, .sending: 4, .delivered: 1])
        // All its places are taken: the gateway owes it nothing just now.
        try expect(try await depth().oldestDueAt, is: nil)
        try expect(try await depth().open, is: 6)
        let later = stage.make.result(.retry(at: stage.now + .seconds(5)), status: 500, failure: .status)
        let end = stage.make.result(.exhausted, status: 500, failure: .status)
        for (claim, result) in zip(claimed, [later, end, stage.make.result()]) {
            try expect(try await stage.store.finish(claim, result), "the claim holds")
        }
        try await stage.store.cancel(deliveries[4], at: stage.now, as: stage.make.change(.deliveryCanceled))
        let now: [Delivery.State: Int] = [.pending: 2, .sending: 1, .delivered: 2, .exhausted: 1, .canceled: 1]
        try expect(try await counts(), is: now)
        try expect(try await depth().oldestDueAt, is: stage.now)
        try await stage.store.retry(deliveries[1], at: stage.now, as: stage.make.change(.deliveryRetried))
        try expect(try await counts()[.exhausted], is: nil)
        try await stage.store.move(
            endpoint.id, to: .paused, from: [.active], as: stage.make.change(.endpointUpdated))
        stage.pass(.seconds(5))
        try expect(try await depth().oldestDueAt, is: nil)
    }

    func deliveryFiltersNarrowTheList(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let stranger = try await stage.seller("Otra")
        let first = try await stage.endpoint(of: seller.id)
        let own = try await stage.endpoint(of: nil)
        let start = stage.now + .seconds(1)
        stage.pass(.seconds(1))
        let event = try await stage.tell(seller.id)
        stage.pass(.seconds(1))
        let other = try await stage.tell(stranger.id)
        let list = { (filter: DeliveryFilter) in
            var filter = filter
            filter.since = filter.since ?? start
            return try await stage.store.deliveries(filter, page: Page()).map { [$0.event.ulid, $0.endpoint.ulid] }
        }
        let all = try await list(DeliveryFilter())
        try expect(all.count, is: 3)
        try expect(all[0], is: [other.ulid, own.id.ulid])
        try expect(
            Set(all),
            is: [
                [other.ulid, own.id.ulid], [event.ulid, own.id.ulid], [event.ulid, first.id.ulid],
            ])
        try expect(Set(try await list(DeliveryFilter(seller: seller.id))), is: Set(all[1...]))
        try expect(try await list(DeliveryFilter(endpoint: first.id)), is: [[event.ulid, first.id.ulid]])
        try expect(try await list(DeliveryFilter(endpointSeller: seller.id)), is: [[event.ulid, first.id.ulid]])
        try expect(try await list(DeliveryFilter(event: other)), is: [all[0]])
        try expect(try await list(DeliveryFilter(state: .delivered)), is: [])
        try expect(try await list(DeliveryFilter(since: stage.now)), is: [all[0]])
        let owners = try await stage.store.deliveries(DeliveryFilter(since: start), page: Page())
        for delivery in owners {
            try expect(delivery.endpointSeller, is: delivery.endpoint == first.id ? seller.id : nil)
        }
        let page = try await stage.store.deliveries(DeliveryFilter(since: start), page: Page(limit: 1))
        let rest = try await stage.store.deliveries(
            DeliveryFilter(since: start), page: Page(limit: 9, after: page[0].id.ulid))
        try expect(rest.map { [$0.event.ulid, $0.endpoint.ulid] }, is: Array(all[1...]))
        try expect(try await stage.store.delivery(stage.make.ids.next()), is: nil)
        try expect(try await stage.store.attempts(of: stage.make.ids.next()), is: [])
    }

    func storeSaysThatItCanBeWritten(_ stage: Stage) async throws {
        try expect(await stage.store.isWritable(), "a new store can be written to")
        try await stage.store.begin(
            dataKey: stage.make.dataKey(of: .installation), canary: stage.make.sealed())
        try expect(await stage.store.isWritable(), "a store with a vault can be written to")
        try expect(try await stage.store.canary() != nil, "asking changes nothing")
    }

    func closedStoreRefuses(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        await stage.store.close()
        try await StoreConformance.expectRefusal(.unavailable) {
            _ = try await stage.store.update(seller.id, SellerChanges(), as: stage.make.change(.sellerUpdated))
        }
        try await StoreConformance.expectRefusal(.unavailable) {
            _ = try await stage.store.seller(.id(seller.id))
        }
        try expect(!(await stage.store.isWritable()), "a closed store can't be written to")
        await stage.store.close()
    }
}

import Gateway
import TestSupport

// What DeliveryStore promises about order: DLV 12, and what is given up at last.
extension StoreCase {
    func earlierOfALineGoesFirst(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        _ = try await stage.endpoint(of: seller.id)
        let first = try await stage.deliver(seller.id, type: "payment.created", about: "7")
        let second = try await stage.deliver(seller.id, about: "7")
        let third = try await stage.deliver(seller.id, about: "7")
        try expect(try await stage.delivery(first).isBlocked, is: false)
        try expect(try await stage.delivery(second).isBlocked, is: true)
        for id in [first, second, third] {
            let claimed = try await stage.claimOne()
            try expect(claimed.id, is: id)
            // Not while it is under way, and not while it waits for its next attempt.
            try expect(try await stage.claim().count, is: 0)
            try await stage.finish(claimed, stage.failed())
            try expect(try await stage.claim().count, is: 0)
            stage.pass(.seconds(5))
            try await stage.finish(try await stage.claimOne())
        }
    }

    func linesDoNotWaitForEachOther(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        _ = try await stage.endpoint(of: seller.id)
        _ = try await stage.endpoint(of: seller.id)
        for payment in ["7", "8"] {
            for _ in 0..<2 { try await stage.tell(seller.id, type: "payment.updated", about: payment) }
        }
        // The same number of another family is another resource.
        try await stage.tell(seller.id, type: "order.processed", about: "7")
        try expect(try await stage.claim().count, is: 6)
    }

    func endOfTheEarlierFreesTheLater(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        _ = try await stage.endpoint(of: seller.id)
        var line: [DeliveryID] = []
        for _ in 0..<4 { line.append(try await stage.deliver(seller.id, about: "7")) }
        try await stage.finish(
            try await stage.claimOne(), stage.make.result(.exhausted, status: 500, failure: .status))
        try await stage.store.cancel(line[1], at: stage.now, as: stage.make.change(.deliveryCanceled))
        let third = try await stage.claimOne()
        try expect(third.id, is: line[2])
        // One that waits may be canceled too, and takes nobody's turn.
        try await stage.store.cancel(line[3], at: stage.now, as: stage.make.change(.deliveryCanceled))
        let fifth = try await stage.deliver(seller.id, about: "7")
        try expect(try await stage.claim().count, is: 0)
        try await stage.finish(third)
        try expect(try await stage.claimOne().id, is: fifth)
    }

    func whatFailsForLongIsOvertaken(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        _ = try await stage.endpoint(of: seller.id)
        let approval = try await stage.deliver(seller.id, about: "7")
        let refund = try await stage.deliver(seller.id, about: "7")
        let overtake = {
            try await stage.store.overtake(failingSince: stage.now - .seconds(900), at: stage.now)
        }
        let start = stage.now
        try await stage.finish(try await stage.claimOne(), stage.failed(after: .seconds(899)))
        stage.pass(.seconds(899))
        try await stage.finish(try await stage.claimOne(), stage.failed(after: .seconds(3600)))
        try expect(try await overtake(), is: 0)
        try expect(try await stage.claim().count, is: 0)
        stage.pass(.seconds(1))
        try expect(try await overtake(), is: 1)
        try expect(try await overtake(), is: 0)
        let claimed = try await stage.claimOne()
        try expect(claimed.id, is: refund)
        try expect(claimed.hasOvertaken, "it is marked")
        try expect(try await stage.delivery(refund).hasOvertaken, "it is marked for who asks later")
        // What comes now waits for the one that overtook, and then overtakes too.
        let chargeback = try await stage.deliver(seller.id, about: "7")
        try expect(try await stage.claim().count, is: 0)
        try await stage.finish(claimed)
        let next = try await stage.claimOne()
        try expect(next.id, is: chargeback)
        try expect(next.hasOvertaken, "it overtakes the same one")
        try await stage.finish(next)
        // So does what comes when nobody waits.
        let last = try await stage.deliver(seller.id, about: "7")
        try expect(try await stage.delivery(last).hasOvertaken, "it overtakes at once")
        try await stage.finish(try await stage.claimOne())
        // The overtaken one goes on by its own schedule.
        stage.pass(start + .seconds(4499) - stage.now)
        try expect(try await stage.claimOne().id, is: approval)
    }

    func outageChangesNoOrder(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let endpoint = try await stage.endpoint(of: seller.id)
        var firsts: [DeliveryID] = []
        for payment in 0..<3 { firsts.append(try await stage.deliver(seller.id, about: "\(payment)")) }
        let refund = try await stage.deliver(seller.id, about: "0")
        while try await stage.store.endpoint(endpoint.id)?.health.breaker == .closed {
            for claimed in try await stage.claim() { try await stage.finish(claimed, stage.failed(after: .seconds(1))) }
            stage.pass(.seconds(1))
        }
        // It is down for an hour: all it was sent has failed for that long, and more comes.
        stage.pass(.seconds(3600))
        let sweep = { try await stage.store.overtake(failingSince: stage.now - .seconds(900), at: stage.now) }
        try expect(try await sweep(), is: 0)
        let chargeback = try await stage.deliver(seller.id, about: "0")
        for waiting in [refund, chargeback] { try expect(try await stage.delivery(waiting).isBlocked, is: true) }
        var order: [DeliveryID] = []
        while order.count < 5 {
            for claimed in try await stage.claim() {
                try expect(!claimed.hasOvertaken, "nothing overtakes")
                order.append(claimed.id)
                try await stage.finish(claimed)
            }
            try expect(order.count > 0, "something goes")
        }
        try expect(order.filter { [firsts[0], refund, chargeback].contains($0) }, is: [firsts[0], refund, chargeback])
    }

    func strictOrderIsNeverOvertaken(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        _ = try await stage.endpoint(of: seller.id, EndpointChanges(ordering: .strict))
        _ = try await stage.deliver(seller.id, about: "7")
        let second = try await stage.deliver(seller.id, about: "7")
        try await stage.finish(try await stage.claimOne(), stage.failed(after: .seconds(86_400)))
        stage.pass(.seconds(86_000))
        try expect(
            try await stage.store.overtake(failingSince: stage.now - .seconds(900), at: stage.now), is: 0)
        try expect(try await stage.claim().count, is: 0)
        let third = try await stage.deliver(seller.id, about: "7")
        try expect(try await stage.delivery(third).isBlocked, is: true)
        stage.pass(.seconds(400))
        try await stage.finish(try await stage.claimOne(), stage.failed(after: .seconds(86_400)))
        // Until its owner says that it may be.
        let endpoint = try await stage.delivery(second).endpoint
        try await stage.store.update(
            endpoint, EndpointChanges(ordering: .relaxed), test: nil, as: stage.make.change(.endpointUpdated))
        _ = try await stage.store.overtake(failingSince: stage.now - .seconds(900), at: stage.now)
        try expect(try await stage.claimOne().id, is: second)
    }

    func unorderedEndpointWaitsForNothing(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let endpoint = try await stage.endpoint(of: seller.id)
        for _ in 0..<2 { _ = try await stage.deliver(seller.id, about: "7") }
        let first = try await stage.claimOne()
        // What waited when the endpoint was changed waits no longer, and what comes does not begin to.
        try await stage.store.update(
            endpoint.id, EndpointChanges(ordering: Endpoint.Ordering.none), test: nil,
            as: stage.make.change(.endpointUpdated))
        _ = try await stage.deliver(seller.id, about: "7")
        try expect(try await stage.claim().count, is: 2)
        try await stage.finish(first)
    }

    func urgentEventGoesFirst(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        _ = try await stage.endpoint(of: seller.id, EndpointChanges(concurrency: 1))
        _ = try await stage.deliver(seller.id, type: "order.processed", about: "7")
        stage.pass(.seconds(1))
        let stop = try await stage.deliver(seller.id, type: "order.stop_delivery", about: "7")
        let claimed = try await stage.claimOne()
        try expect(claimed.id, is: stop)
        try await stage.finish(claimed)
        try expect(try await stage.claim().count, is: 1)
    }

    func placeInLineHasNoGap(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        _ = try await stage.endpoint(of: seller.id, EndpointChanges(ordering: Endpoint.Ordering.none))
        var places: [Int] = []
        for payment in ["7", "8", "7", "7", "8"] {
            places.append(try await stage.delivery(try await stage.deliver(seller.id, about: payment)).place)
        }
        try expect(places, is: [1, 1, 2, 3, 2])
        try expect(Set(try await stage.claim().map(\.place)), is: [1, 2, 3])
    }

    func reopenedDeliveryIsNotSentBesideItsLine(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        _ = try await stage.endpoint(of: seller.id)
        let first = try await stage.deliver(seller.id, about: "7")
        let second = try await stage.deliver(seller.id, about: "7")
        try await stage.finish(
            try await stage.claimOne(), stage.make.result(.exhausted, status: 500, failure: .status))
        try await stage.store.retry(first, at: stage.now, as: stage.make.change(.deliveryRetried))
        let claimed = try await stage.claimOne()
        try expect([first, second].contains(claimed.id), "one of both")
        try await stage.finish(claimed)
        try await stage.finish(try await stage.claimOne())
        try expect(try await stage.claim().count, is: 0)
    }

    func whatWaitedForThirtyDaysIsGivenUp(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let endpoint = try await stage.endpoint(of: seller.id, state: .paused)
        let old = try await stage.deliver(seller.id, about: "7")
        stage.pass(.seconds(86_400))
        let young = try await stage.deliver(seller.id, about: "7")
        stage.pass(.seconds(29 * 86_400 + 1))
        let since = stage.now - .seconds(30 * 86_400)
        try expect(try await stage.store.expire(dueBefore: since, at: stage.now), is: 1)
        try expect(try await stage.delivery(old).state, is: .exhausted)
        try expect(try await stage.delivery(old).reason, is: .expiredHeld)
        try expect(try await stage.delivery(old).closedAt, is: stage.now)
        try expect(try await stage.delivery(young).state, is: .pending)
        try await stage.store.move(
            endpoint.id, to: .active, from: [.paused], as: stage.make.change(.endpointUpdated))
        try expect(try await stage.claimOne().id, is: young)
        // Nothing is lost for good: a person may send it after all.
        try await stage.store.retry(old, at: stage.now, as: stage.make.change(.deliveryRetried))
        try expect(try await stage.delivery(old).reason, is: nil)
        try expect(try await stage.store.expire(dueBefore: since, at: stage.now), is: 0)
    }
}

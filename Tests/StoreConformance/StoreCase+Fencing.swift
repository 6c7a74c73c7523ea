import Gateway
import TestSupport

// What DeliveryStore promises about writes by workers: DLV 4 and DLV 15.
extension StoreCase {
    func finishedAttemptIsEvidence(_ stage: Stage) async throws {
        _ = try await stage.due(1)
        let claimed = try await stage.claimOne()
        let started = stage.now
        stage.pass(.seconds(2))
        let result = stage.make.result(
            .retry(at: stage.now + .seconds(5)), status: 503, failure: .status)
        try expect(try await stage.store.finish(claimed, result), "the claim holds")
        let delivery = try await stage.delivery(claimed.id)
        try expect(delivery.state, is: .pending)
        try expect(delivery.dueAt, is: stage.now + .seconds(5))
        try expect(delivery.lastStatus, is: 503)
        try expect(delivery.lastFailure, is: .status)
        try expect(delivery.closedAt, is: nil)
        let attempt = Attempt(
            number: 1, startedAt: started, endedAt: stage.now, status: 503, failure: .status,
            excerpt: result.excerpt, address: result.address, isLate: false)
        try expect(try await stage.store.attempts(of: claimed.id), is: [attempt])
    }

    func deliveredAndExhaustedAreEnds(_ stage: Stage) async throws {
        _ = try await stage.due(2)
        let claimed = try await stage.claim()
        stage.pass(.seconds(1))
        let results = [stage.make.result(), stage.make.result(.exhausted, status: nil, failure: .timeout)]
        for (claim, result) in zip(claimed, results) {
            try expect(try await stage.store.finish(claim, result), "the claim holds")
            let delivery = try await stage.delivery(claim.id)
            try expect(delivery.state, is: result.next == .delivered ? .delivered : .exhausted)
            try expect(delivery.closedAt, is: stage.now)
            try expect(delivery.dueAt, is: nil)
            try expect(!(try await stage.store.finish(claim, stage.make.result())), "a claim is used up once")
        }
        stage.pass(.seconds(86_400))
        try expect(try await stage.store.rescue(leasesBefore: stage.now, at: stage.now), is: 0)
        try expect(try await stage.claim().count, is: 0)
    }

    func lostClaimChangesNothing(_ stage: Stage) async throws {
        let (_, endpoint, _) = try await stage.due(1)
        let frozen = try await stage.claimOne()
        stage.pass(.seconds(61))
        try expect(try await stage.store.rescue(leasesBefore: stage.now, at: stage.now), is: 1)
        let second = try await stage.claimOne()
        try expect(second.id, is: frozen.id)
        let before = try await stage.delivery(second.id)
        let late = stage.make.result(
            .exhausted, status: 410, failure: .status, endpointState: .disabled,
            endpointWaitsUntil: stage.now + .seconds(3600))
        try expect(!(try await stage.store.finish(frozen, late)), "the first claim is lost")
        try await stage.store.release(frozen)
        try expect(try await stage.delivery(second.id), is: before)
        try expect(try await stage.store.endpoint(endpoint.id), is: endpoint)
        let attempts = try await stage.store.attempts(of: second.id)
        try expect(attempts.map(\.number), is: [1, 2])
        try expect(attempts.map(\.isLate), is: [true, false])
        try expect(attempts.map(\.status), is: [410, nil])
        // The second one ends it as if the first had never come back.
        try expect(try await stage.store.finish(second, stage.make.result()), "the second claim holds")
        try expect(try await stage.delivery(second.id).state, is: .delivered)
        try expect(try await stage.delivery(second.id).attempts, is: 2)
        try expect(try await stage.store.endpoint(endpoint.id)?.state, is: .active)
    }

    func lateAnswerAfterTheEndChangesNothing(_ stage: Stage) async throws {
        _ = try await stage.due(1)
        let frozen = try await stage.claimOne()
        stage.pass(.seconds(61))
        _ = try await stage.store.rescue(leasesBefore: stage.now, at: stage.now)
        let second = try await stage.claimOne()
        try expect(try await stage.store.finish(second, stage.make.result()), "the claim holds")
        let before = try await stage.delivery(second.id)
        stage.pass(.seconds(240))
        let late = stage.make.result(.retry(at: stage.now), status: 500, failure: .status)
        try expect(!(try await stage.store.finish(frozen, late)), "the first claim is lost")
        try expect(try await stage.delivery(second.id), is: before)
    }

    func rescueActsPastTheLeaseOnly(_ stage: Stage) async throws {
        let (_, _, deliveries) = try await stage.due(1)
        _ = try await stage.claimOne()
        stage.pass(.seconds(60))
        try expect(try await stage.store.rescue(leasesBefore: stage.now, at: stage.now), is: 0)
        stage.pass(.milliseconds(1))
        try expect(try await stage.store.rescue(leasesBefore: stage.now, at: stage.now), is: 1)
        try expect(try await stage.store.rescue(leasesBefore: stage.now, at: stage.now), is: 0)
        let rescued = try await stage.delivery(deliveries[0])
        try expect(rescued.state, is: .pending)
        try expect(rescued.dueAt, is: stage.now)
        try expect(rescued.lastFailure, is: .unknown)
    }

    func processThatHasTheStoreForItselfRescuesEveryLease(_ stage: Stage) async throws {
        let (_, _, deliveries) = try await stage.due(3)
        let claimed = try await stage.claim(2)
        try expect(claimed.count, is: 2)
        let far = Timestamp(milliseconds: .max)
        try expect(try await stage.store.rescue(leasesBefore: far, at: stage.now), is: 2)
        // Whoever was thought to be gone changes nothing when it goes on.
        try expect(try await !stage.store.finish(claimed[0], stage.make.result()), "the claim is over")
        try expect(Set(try await stage.claim().map(\.id)), is: Set(deliveries))
    }

    func rescuedDeliveryIsClaimedAnew(_ stage: Stage) async throws {
        _ = try await stage.due(1)
        let first = try await stage.claimOne()
        stage.pass(.seconds(61))
        _ = try await stage.store.rescue(leasesBefore: stage.now, at: stage.now)
        let second = try await stage.claimOne()
        try expect(second.id, is: first.id)
        try expect(second.event, is: first.event)
        try expect(second.body, is: first.body)
        try expect(second.attempt, is: 2)
        // A worker that went away is our fault: it uses up nothing of the schedule.
        try expect(second.failures, is: 0)
        try expect(second.claim != first.claim, "the claim is a new one")
        let attempts = try await stage.store.attempts(of: first.id)
        try expect(attempts.map(\.failure), is: [.unknown, nil])
        try expect(attempts[0].endedAt, is: stage.now)
    }

    func releaseCountsNothing(_ stage: Stage) async throws {
        _ = try await stage.due(1)
        let failed = stage.make.result(.retry(at: stage.now), status: 500, failure: .status)
        try expect(try await stage.store.finish(try await stage.claimOne(), failed), "the claim holds")
        let before = try await stage.delivery(try await stage.store.deliveries(DeliveryFilter(), page: Page())[0].id)
        let claimed = try await stage.claimOne()
        try await stage.store.release(claimed)
        try expect(try await stage.delivery(claimed.id), is: before)
        try expect(try await stage.store.attempts(of: claimed.id).map(\.number), is: [1])
        let again = try await stage.claimOne()
        try expect(again.attempt, is: claimed.attempt)
        try expect(again.failures, is: claimed.failures)
        // Released twice by mistake: the new claim stands.
        try await stage.store.release(claimed)
        try expect(try await stage.store.finish(again, stage.make.result()), "the new claim holds")
    }

    func uncountedFailureUsesUpNothing(_ stage: Stage) async throws {
        _ = try await stage.due(1)
        let claimed = try await stage.claimOne()
        let ours = AttemptResult(
            endedAt: stage.now, status: nil, failure: .unknown, excerpt: nil, address: nil, next: .retry(at: stage.now),
            countsAsFailure: false, outcome: .neutral)
        try expect(try await stage.store.finish(claimed, ours), "the claim holds")
        let again = try await stage.claimOne()
        try expect(again.attempt, is: 2)
        try expect(again.failures, is: 0)
    }
}

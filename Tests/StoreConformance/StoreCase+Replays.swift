import Gateway
import TestSupport

// What JobStore promises.
extension StoreCase {
    func replayMakesWhatItFindsDueOnceUnderTheSameID(_ stage: Stage) async throws {
        let (_, endpoint, deliveries) = try await stage.exhausted(3)
        let later = try await stage.deliver(endpoint.seller, about: "later")
        try await stage.finish(try await stage.claimOne())
        let filter = stage.filter(endpoint)
        try expect(try await stage.store.count(filter), is: ReplayCount(count: 3, isMore: false))
        let job = try await stage.begin(filter)
        let step = try await stage.advance(job)
        try expect(step, is: ReplayStep(replayed: 3, goesOn: false))
        let claimed = try await stage.claim()
        try expect(claimed.map(\.id), is: deliveries)
        try expect(claimed.allSatisfy { $0.isReplay && $0.attempt == 2 }, "they are marked, and numbered on")
        for delivery in claimed { try await stage.finish(delivery) }
        let ended = try require(try await stage.store.job(job.id))
        try expect(ended.state, is: .finished)
        try expect(ended.replayed, is: 3)
        try expect(try await stage.advance(job).replayed, is: 0)
        try expect(try await stage.store.delivery(later)?.attempts, is: 1)
        // Its end is told.
        try expect(
            try await stage.store.events(EventFilter(type: "replay.finished"), page: Page()).count, is: 1)
    }

    func replayGoesOnWhereItWas(_ stage: Stage) async throws {
        let (_, endpoint, deliveries) = try await stage.exhausted(300)
        let job = try await stage.begin(stage.filter(endpoint))
        let first = try await stage.advance(job)
        try expect(first, is: ReplayStep(replayed: 256, goesOn: false))
        try expect(try await stage.store.runningJobs().map(\.id), is: [job.id])
        try expect(try await stage.advance(job).replayed, is: 0)
        var sent: [DeliveryID] = []
        while sent.count < 300 {
            let claimed = try await stage.claim()
            for delivery in claimed where delivery.isReplay {
                sent.append(delivery.id)
                try await stage.finish(delivery)
            }
            _ = try await stage.advance(job)
        }
        try expect(sent, is: deliveries)
        try expect(try await stage.store.runningJobs().count, is: 0)
    }

    func replayUsesATenthWhileOthersWait(_ stage: Stage) async throws {
        let (_, endpoint, deliveries) = try await stage.exhausted(5)
        let live = try await stage.deliver(endpoint.seller, about: "live")
        let job = try await stage.begin(stage.filter(endpoint))
        try expect(try await stage.advance(job).replayed, is: 1)
        try expect(try await stage.advance(job).replayed, is: 0)
        let claimed = try await stage.claim()
        try expect(Set(claimed.map(\.id)), is: [live, deliveries[0]])
        for delivery in claimed { try await stage.finish(delivery) }
        try expect(try await stage.advance(job).replayed, is: 4)
    }

    func replayKeepsTheOrderOfAResourceAndBlocksNobody(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let endpoint = try await stage.endpoint(of: seller.id, EndpointChanges(ordering: .strict))
        var old: [DeliveryID] = []
        for _ in 0..<2 { old.append(try await stage.deliver(seller.id, about: "payment")) }
        for _ in 0..<2 { try await stage.finish(try await stage.claimOne(), stage.make.result(.exhausted)) }
        let job = try await stage.begin(stage.filter(endpoint))
        try expect(try await stage.advance(job).replayed, is: 1)
        let first = try await stage.claimOne()
        try expect(first.id, is: old[0])
        try expect(try await stage.advance(job).replayed, is: 0)
        // It fails from now on: what is new, and what is behind it in the replay, go all the same.
        try await stage.finish(first, stage.failed(after: .seconds(3600)))
        let live = try await stage.deliver(seller.id, about: "payment")
        try expect(try await stage.advance(job).replayed, is: 1)
        var sent: Set<DeliveryID> = []
        for _ in 0..<2 {
            let claimed = try await stage.claimOne()
            sent.insert(claimed.id)
            try await stage.finish(claimed)
        }
        try expect(sent, is: [old[1], live])
    }

    func replayWaitsForAnEndpointThatDoesNotAnswer(_ stage: Stage) async throws {
        let (_, endpoint, _) = try await stage.exhausted(2)
        let job = try await stage.begin(stage.filter(endpoint))
        try await stage.store.move(
            endpoint.id, to: .paused, from: [.active], as: stage.make.change(.endpointUpdated))
        try expect(try await stage.advance(job), is: ReplayStep(replayed: 0, goesOn: false))
        try await stage.store.move(
            endpoint.id, to: .active, from: [.paused], as: stage.make.change(.endpointUpdated))
        try expect(try await stage.advance(job).replayed, is: 2)
    }

    func canceledReplayMakesNothingDueAnyMore(_ stage: Stage) async throws {
        let (seller, endpoint, _) = try await stage.exhausted(2)
        let job = try await stage.begin(stage.filter(endpoint))
        try await stage.store.cancel(job: job.id, at: stage.now, as: stage.make.change(.jobCanceled))
        try expect(try await stage.advance(job).replayed, is: 0)
        try await expectRefusal(.conflict(rule: .state)) {
            try await stage.store.cancel(job: job.id, at: stage.now, as: stage.make.change(.jobCanceled))
        }
        // So does one whose endpoint is removed.
        let second = try await stage.begin(stage.filter(endpoint))
        try await stage.store.remove(endpoint.id, as: stage.make.change(.endpointRemoved))
        try expect(try await stage.advance(second).replayed, is: 0)
        try expect(try await stage.store.job(second.id)?.state, is: .canceled)
        try expect(try await stage.store.jobs(of: seller.id, page: Page()).map(\.id), is: [second.id, job.id])
        try expect(try await stage.store.jobs(of: stage.make.ids.next(), page: Page()).count, is: 0)
    }

    func oneReplayAtATimeGoesToAnEndpoint(_ stage: Stage) async throws {
        let (_, endpoint, _) = try await stage.exhausted(1)
        _ = try await stage.begin(stage.filter(endpoint))
        try await expectRefusal(.conflict(rule: .state)) { _ = try await stage.begin(stage.filter(endpoint)) }
        let unknown = stage.make.endpoint(of: nil)
        try await expectRefusal(.notFound) { _ = try await stage.begin(stage.filter(unknown)) }
        try await expectRefusal(.notFound) { _ = try await stage.store.count(stage.filter(unknown)) }
    }
}

extension Stage {
    /// An endpoint with deliveries that were given up, oldest first.
    fileprivate func exhausted(
        _ count: Int
    ) async throws -> (seller: Seller, endpoint: Endpoint, deliveries: [DeliveryID]) {
        let due = try await due(count)
        var left = count
        while left > 0 {
            let claimed = try await claim()
            for delivery in claimed { try await finish(delivery, make.result(.exhausted)) }
            left -= claimed.count
        }
        return due
    }

    fileprivate func filter(_ endpoint: Endpoint) -> ReplayFilter {
        ReplayFilter(
            endpoint: endpoint.id, since: endpoint.createdAt, until: now + .seconds(1), states: [.exhausted])
    }

    fileprivate func begin(_ filter: ReplayFilter) async throws(StoreError) -> Job {
        let job = Job(
            id: make.ids.next(), state: .running, filter: filter, seller: nil, replayed: 0, estimate: 0,
            createdAt: now, endedAt: nil)
        try await store.add(job, as: make.change(.jobCreated))
        return job
    }

    fileprivate func advance(_ job: Job) async throws(StoreError) -> ReplayStep {
        let make = make
        return try await store.advance(job.id, at: now) { _ in make.notice(of: nil, type: "replay.finished") }
    }
}

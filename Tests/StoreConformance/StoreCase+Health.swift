import Gateway
import Synchronization
import TestSupport

// What DeliveryStore promises about how much an endpoint gets: DLV 10, DLV 13 and DLV 14.
extension StoreCase {
    /// Fails deliveries of a seller's endpoint until its breaker opens.
    private func open(_ stage: Stage, _ endpoint: Endpoint) async throws {
        for _ in 0..<20 where try await stage.store.endpoint(endpoint.id)?.health.breaker == .closed {
            for claimed in try await stage.claim() {
                try await stage.finish(claimed, stage.failed(after: .seconds(1)))
            }
            stage.pass(.seconds(1))
        }
        try expect(try await stage.store.endpoint(endpoint.id)?.health.breaker, is: .open)
    }

    func breakerOpensAndOneProbeGoes(_ stage: Stage) async throws {
        let (seller, endpoint, _) = try await stage.due(9)
        let told = stage.make.notice(of: seller.id, type: "endpoint.suspended")
        let failed = {
            stage.make.result(
                .retry(at: stage.now + .seconds(1)), status: 500, failure: .status,
                notice: { $0 == .suspended ? told : nil })
        }
        for number in 0..<10 {
            if number == 9 { stage.pass(.seconds(1)) }
            let claimed = try require(try await stage.claim(1).first)
            try expect(!claimed.isProbe, "nothing is known against it")
            try await stage.finish(claimed, failed())
        }
        let health = try require(try await stage.store.endpoint(endpoint.id)).health
        try expect(health.breaker, is: .open)
        try expect(health.failures, is: 10)
        try expect(try await stage.store.event(told.id)?.type, is: "endpoint.suspended")
        stage.pass(.milliseconds(29_999))
        try expect(try await stage.claim().count, is: 0)
        stage.pass(.milliseconds(1))
        let probe = try await stage.claimOne()
        try expect(probe.isProbe, "one tries it")
        try expect(!probe.wasProbe, "for the first time")
        try await stage.finish(probe, stage.failed(after: .zero))
        stage.pass(.milliseconds(59_999))
        try expect(try await stage.claim().count, is: 0)
        stage.pass(.milliseconds(1))
        try expect(try await stage.claim().count, is: 1)
    }

    func probesThatSucceedCloseTheBreaker(_ stage: Stage) async throws {
        let (seller, endpoint, _) = try await stage.due(60)
        try await open(stage, endpoint)
        let told = stage.make.notice(of: seller.id, type: "endpoint.recovered")
        stage.pass(.seconds(30))
        for _ in 0..<3 {
            try await stage.finish(
                try await stage.claimOne(), stage.make.result(notice: { $0 == .recovered ? told : nil }))
        }
        try expect(try await stage.store.event(told.id)?.type, is: "endpoint.recovered")
        try expect(try await stage.store.endpoint(endpoint.id)?.health.breaker, is: .closed)
        // And then it doubles: what was held does not fall upon it all at once.
        for wanted in [1, 2, 4] {
            let claimed = try await stage.claim()
            try expect(claimed.count, is: wanted)
            for claim in claimed { try await stage.finish(claim) }
        }
    }

    func everySecondProbeIsTheNewest(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let endpoint = try await stage.endpoint(of: seller.id)
        var deliveries: [DeliveryID] = []
        for number in 0..<6 {
            deliveries.append(try await stage.deliver(seller.id, about: "\(number)"))
            stage.pass(.milliseconds(1))
        }
        try await open(stage, endpoint)
        let newest = try await stage.deliver(seller.id, about: "new")
        stage.pass(.seconds(30))
        let first = try await stage.claimOne()
        try expect(first.id != newest, "the oldest goes first")
        try await stage.finish(first, stage.failed(after: .zero))
        stage.pass(.seconds(60))
        try expect(try await stage.claimOne().id, is: newest)
    }

    func silenceOfFiveDaysDisables(_ stage: Stage) async throws {
        let (seller, endpoint, _) = try await stage.due(3)
        let told = EventRecord()
        let start = stage.now
        while try await stage.store.endpoint(endpoint.id)?.state == .active {
            for claimed in try await stage.claim() {
                let make = stage.make
                try await stage.finish(
                    claimed,
                    make.result(
                        .retry(at: stage.now), status: 500, failure: .status,
                        notice: { notice in
                            told.add(notice)
                            return make.notice(of: seller.id, type: "endpoint.warned")
                        }))
            }
            try expect(stage.now - start <= .seconds(121 * 3600), "it ends")
            stage.pass(.seconds(3600))
        }
        try expect(try await stage.store.endpoint(endpoint.id)?.reason, is: .failing)
        try expect(stage.now - start >= .seconds(120 * 3600), "not before five days")
        try expect(
            told.notices, is: [.suspended, .warned(days: 1), .warned(days: 3), .disabled(.failing)])
        // Nothing is lost.
        try await stage.store.move(
            endpoint.id, to: .active, from: [.disabled], as: stage.make.change(.endpointUpdated))
        try expect(try await stage.store.endpoint(endpoint.id)?.reason, is: nil)
        try expect(try await stage.claim().count, is: 1)
    }

    func poisonEventOpensNothing(_ stage: Stage) async throws {
        let (_, endpoint, _) = try await stage.due(2)
        // Two events fail again and again, and a third is refused as what it is.
        for _ in 0..<20 {
            for claimed in try await stage.claim() { try await stage.finish(claimed, stage.failed(after: .seconds(1))) }
            stage.pass(.seconds(1))
        }
        try expect(try await stage.store.endpoint(endpoint.id)?.health.breaker, is: .closed)
    }

    func overloadLowersTheConcurrency(_ stage: Stage) async throws {
        let (_, endpoint, _) = try await stage.due(60)
        let overload = { stage.failed(after: .seconds(3600), status: 502, overload: true) }
        let claimed = try await stage.claim()
        try expect(claimed.count, is: 4)
        for claim in claimed { try await stage.finish(claim, claim.id == claimed[0].id ? overload() : nil) }
        try expect(try await stage.store.endpoint(endpoint.id)?.health.concurrency, is: 2)
        var sent = 3
        while try await stage.store.endpoint(endpoint.id)?.health.concurrency == 2 {
            for claim in try await stage.claim() {
                try await stage.finish(claim)
                sent += 1
            }
            try expect(sent < 40, "it rises again")
        }
        try expect(try await stage.store.endpoint(endpoint.id)?.health.concurrency, is: 3)
    }

    func resumedEndpointBeginsGently(_ stage: Stage) async throws {
        let (_, endpoint, _) = try await stage.due(9)
        try await stage.store.move(
            endpoint.id, to: .paused, from: [.active], as: stage.make.change(.endpointUpdated))
        try await stage.store.move(
            endpoint.id, to: .active, from: [.paused], as: stage.make.change(.endpointUpdated))
        let claimed = try await stage.claimOne()
        try await stage.finish(claimed)
        try expect(try await stage.claim().count, is: 2)
    }

    func rateIsKeptWithoutClaimsInVain(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        _ = try await stage.endpoint(of: seller.id, EndpointChanges(concurrency: 64, rate: 50))
        for number in 0..<600 { try await stage.tell(seller.id, about: "\(number)") }
        stage.pass(.seconds(1))
        var moments: [Timestamp] = []
        while moments.count < 600 {
            for claimed in try await stage.claim() {
                moments.append(stage.now)
                try expect(claimed.attempt, is: 1)
                try await stage.finish(claimed)
            }
            stage.pass(.milliseconds(10))
        }
        for (index, moment) in moments.enumerated() where index >= 520 {
            try expect(moment - moments[index - 520] >= .seconds(10), "never above 52 a second over ten")
        }
        try expect(moments[599] - moments[0] <= .seconds(12.3), "and not slower than it may")
    }

    func concurrencyIsTheEndpointsOwn(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let wide = try await stage.endpoint(of: seller.id, topics: ["seller.*"], EndpointChanges(concurrency: 10))
        try expect(wide.concurrency, is: 10)
        for _ in 0..<12 { try await stage.tell(seller.id) }
        try expect(try await stage.claim().count, is: 10)
        try await stage.store.update(
            wide.id, EndpointChanges(concurrency: 11), test: nil, as: stage.make.change(.endpointUpdated))
        try expect(try await stage.claim().count, is: 1)
    }

    func oneOwnerLeavesPlacesToOthers(_ stage: Stage) async throws {
        let greedy = try await stage.seller("Codicioso")
        for _ in 0..<4 { _ = try await stage.endpoint(of: greedy.id, EndpointChanges(concurrency: 64)) }
        for _ in 0..<30 { try await stage.tell(greedy.id) }
        let modest = try await stage.seller("Modesto")
        let endpoint = try await stage.endpoint(of: modest.id)
        stage.pass(.seconds(1))
        for _ in 0..<2 { try await stage.tell(modest.id) }
        let share = FairShare(places: 64, free: 64)
        let claimed = try await stage.store.claim(
            share, at: stage.now, leaseUntil: stage.lease, tokens: .system)
        try expect(claimed.filter { $0.endpoint.id == endpoint.id }.count, is: 2)
        // Work is conserved, but a quarter of the places stays free for who comes next.
        try expect(claimed.count - 2, is: 48)
        try expect(claimed.prefix(4).filter { $0.endpoint.id == endpoint.id }.count, is: 2)
    }
}

/// What a store had told.
private final class EventRecord: Sendable {
    private let kept = Mutex<[EndpointNotice]>([])

    var notices: [EndpointNotice] { kept.withLock { $0 } }

    func add(_ notice: EndpointNotice) { kept.withLock { $0.append(notice) } }
}

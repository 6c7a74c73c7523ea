import Gateway
import TestSupport

// What DeliveryStore promises about claims: DLV 3, DLV 4 and the holding of endpoints that do not send.
extension StoreCase {
    func claimBringsAllThatIsNeededToSend(_ stage: Stage) async throws {
        let (seller, endpoint, deliveries) = try await stage.due(1)
        let delivery = try await stage.delivery(deliveries[0])
        let event = try require(try await stage.store.event(delivery.event))
        let claimed = try await stage.claimOne()
        try expect(claimed.id, is: delivery.id)
        try expect(claimed.claim.count, is: 16)
        try expect(claimed.attempt, is: 1)
        try expect(claimed.failures, is: 0)
        try expect(claimed.event, is: event.id)
        try expect(claimed.eventType, is: event.type)
        try expect(claimed.seller, is: seller.id)
        try expect(claimed.body, is: stage.make.body(event.sequence))
        try expect(claimed.endpoint, is: endpoint)
        try expect(claimed.secrets, is: try await stage.store.secrets(of: endpoint.id, at: stage.now))
        let now = try await stage.delivery(delivery.id)
        try expect(now.state, is: .sending)
        try expect(now.attempts, is: 1)
        // The attempt is on disk before anything is sent.
        let started = Attempt(
            number: 1, startedAt: stage.now, endedAt: nil, status: nil, failure: nil, excerpt: nil, address: nil,
            isLate: false)
        try expect(try await stage.store.attempts(of: delivery.id), is: [started])
    }

    func claimIsNobodyElses(_ stage: Stage) async throws {
        var wanted: Set<DeliveryID> = []
        let seller = try await stage.seller()
        for _ in 0..<12 { _ = try await stage.endpoint(of: seller.id) }
        for _ in 0..<4 {
            let event = try await stage.tell(seller.id)
            wanted.formUnion(try await stage.store.deliveries(DeliveryFilter(event: event), page: Page()).map(\.id))
        }
        let parts = try await atOnce(8) { _ in try await stage.claim(10) }
        let claimed = parts.flatMap(\.self)
        try expect(parts.allSatisfy { $0.count <= 10 }, "nobody gets more than the limit")
        try expect(claimed.count, is: 48)
        try expect(Set(claimed.map(\.id)), is: wanted)
        try expect(Set(claimed.map(\.claim)).count, is: 48)
        try expect(try await stage.claim().count, is: 0)
    }

    func atMostFourAreUnderWayToAnEndpoint(_ stage: Stage) async throws {
        let (_, _, deliveries) = try await stage.due(9)
        let first = try await stage.claim()
        try expect(first.map(\.id), is: Array(deliveries.prefix(4)))
        try expect(try await stage.claim().count, is: 0)
        try expect(try await stage.store.finish(first[0], stage.make.result()), "the claim holds")
        try expect(try await stage.claim().map(\.id), is: [deliveries[4]])
    }

    func endpointsTakeTurns(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let busy = try await stage.endpoint(of: seller.id, topics: ["seller.linked"])
        let calm = try await stage.endpoint(of: seller.id, topics: ["seller.revoked"])
        for _ in 0..<4 { try await stage.tell(seller.id) }
        stage.pass(.seconds(1))
        try await stage.tell(seller.id, type: "seller.revoked")
        let claimed = try await stage.claim(2)
        try expect(Set(claimed.map(\.endpoint.id)), is: [busy.id, calm.id])
    }

    func whatIsNotDueIsNotClaimed(_ stage: Stage) async throws {
        let (_, _, deliveries) = try await stage.due(1)
        let due = stage.now + .seconds(5)
        try expect(
            try await stage.store.finish(
                try await stage.claimOne(),
                stage.make.result(.retry(at: due), status: 500, failure: .status)), "the claim holds")
        stage.pass(.milliseconds(4999))
        try expect(try await stage.claim().count, is: 0)
        stage.pass(.milliseconds(1))
        let again = try await stage.claimOne()
        try expect(again.id, is: deliveries[0])
        try expect(again.attempt, is: 2)
        try expect(again.failures, is: 1)
    }

    func pendingEndpointGetsItsTestOnly(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let endpoint = try await stage.pendingEndpoint(of: seller.id)
        let event = try await stage.tell(seller.id)
        let test = try await stage.claimOne()
        try expect(test.eventType, is: Endpoint.testEventType)
        let held = try await stage.store.deliveries(DeliveryFilter(event: event), page: Page())
        try expect(held.map(\.isHeld), is: [true])
        let lines = try await stage.auditCount()
        try expect(
            try await stage.store.finish(test, stage.make.result(endpointState: .active)), "the claim holds")
        try expect(try await stage.store.endpoint(endpoint.id)?.state, is: .active)
        try expect(try await stage.auditCount(), is: lines + 1)
        try expect(
            try await stage.store.auditEntries(AuditFilter(seller: seller.id), page: Page(limit: 1)).map(\.action),
            is: [.endpointActivated])
        try expect(try await stage.claimOne().id, is: held[0].id)
    }

    func pausedEndpointHoldsWithoutLoss(_ stage: Stage) async throws {
        for state: Endpoint.State in [.paused, .disabled] {
            let seller = try await stage.seller()
            let endpoint = try await stage.endpoint(of: seller.id, state: state)
            let event = try await stage.tell(seller.id)
            stage.pass(.seconds(30 * 86_400))
            try expect(try await stage.claim().count, is: 0)
            let held = try await stage.store.deliveries(DeliveryFilter(event: event), page: Page())
            try expect(held.map(\.isHeld), is: [true])
            try expect(held.map(\.attempts), is: [0])
            try expect(held.map(\.state), is: [.pending])
            try await stage.store.move(
                endpoint.id, to: .active, from: [state], as: stage.make.change(.endpointUpdated))
            try expect(try await stage.delivery(held[0].id).isHeld, is: false)
            let claimed = try await stage.claimOne()
            try expect(claimed.id, is: held[0].id)
            try expect(try await stage.store.finish(claimed, stage.make.result()), "the claim holds")
        }
    }

    func goneAnswerDisablesTheEndpoint(_ stage: Stage) async throws {
        let (seller, endpoint, _) = try await stage.due(2)
        let claimed = try await stage.claim()
        let notice = stage.make.notice(of: seller.id, type: "endpoint.disabled")
        let gone = stage.make.result(
            .retry(at: stage.now + .seconds(5)), status: 410, failure: .status, endpointState: .disabled,
            notice: { _ in notice })
        for claim in claimed { try expect(try await stage.store.finish(claim, gone), "the claim holds") }
        try expect(try await stage.store.endpoint(endpoint.id)?.state, is: .disabled)
        let lines = try await stage.store.auditEntries(AuditFilter(seller: seller.id), page: Page()).filter {
            $0.action == .endpointDisabled
        }
        try expect(lines.map(\.subject), is: [endpoint.id.description])
        try expect(lines.map(\.actor), is: [.gateway])
        // Told once, although both answers said it.
        let told = try await stage.store.events(EventFilter(type: notice.type), page: Page())
        try expect(told.map(\.id), is: [notice.id])
        stage.pass(.seconds(60))
        try expect(try await stage.claim().count, is: 0)
    }

    func pausedEndpointIsNotActivatedByALateAnswer(_ stage: Stage) async throws {
        let endpoint = try await stage.pendingEndpoint(of: nil)
        let test = try await stage.claimOne()
        try await stage.store.move(
            endpoint.id, to: .paused, from: [.pending], as: stage.make.change(.endpointUpdated))
        try expect(
            try await stage.store.finish(test, stage.make.result(endpointState: .active)), "the claim holds")
        try expect(try await stage.store.endpoint(endpoint.id)?.state, is: .paused)
    }

    func answerFromAnotherURLChangesNothing(_ stage: Stage) async throws {
        let elsewhere = EndpointChanges(url: "https://elsewhere.example.com/hook")
        let pending = try await stage.pendingEndpoint(of: try await stage.seller("Otra").id)
        let test = try await stage.claimOne()
        try await stage.store.update(
            pending.id, elsewhere, test: nil, as: stage.make.change(.endpointUpdated))
        try expect(
            try await stage.store.finish(test, stage.make.result(endpointState: .active)), "the claim holds")
        try expect(try await stage.store.endpoint(pending.id)?.state, is: .pending)
        // The same for an endpoint that has answered its test at the new URL meanwhile.
        let (_, active, _) = try await stage.due(1)
        let claimed = try require(try await stage.claim().first { $0.endpoint.id == active.id })
        try await stage.store.update(
            active.id, elsewhere, test: nil, as: stage.make.change(.endpointUpdated))
        try await stage.store.move(
            active.id, to: .active, from: [.pending], as: stage.make.change(.endpointUpdated))
        let gone = stage.make.result(
            .retry(at: stage.now), status: 410, failure: .status, endpointState: .disabled)
        try expect(try await stage.store.finish(claimed, gone), "the claim holds")
        try expect(try await stage.store.endpoint(active.id)?.state, is: .active)
    }

    func goneAnswerLeavesAPendingEndpointPending(_ stage: Stage) async throws {
        let endpoint = try await stage.pendingEndpoint(of: nil)
        let gone = stage.make.result(
            .retry(at: stage.now), status: 410, failure: .status, endpointState: .disabled)
        try expect(try await stage.store.finish(try await stage.claimOne(), gone), "the claim holds")
        try expect(try await stage.store.endpoint(endpoint.id)?.state, is: .pending)
    }

    func retryAfterPausesTheWholeEndpoint(_ stage: Stage) async throws {
        let (_, endpoint, deliveries) = try await stage.due(6)
        let other = try await stage.endpoint(of: nil)
        let claimed = try await stage.claim()
        let until = stage.now + .seconds(120)
        let limited = { (moment: Timestamp) in
            stage.make.result(.retry(at: moment), status: 429, failure: .status, endpointWaitsUntil: moment)
        }
        try expect(try await stage.store.finish(claimed[0], limited(until)), "the claim holds")
        // A shorter wait that comes later does not shorten the longer one.
        try expect(
            try await stage.store.finish(claimed[1], limited(stage.now + .seconds(10))), "the claim holds")
        stage.pass(.milliseconds(119_999))
        try expect(try await stage.claim().count, is: 0)
        try expect(try await stage.store.queueDepth(at: stage.now).oldestDueAt, is: nil)
        let event = try await stage.tell(nil)
        try expect(try await stage.claimOne().endpoint.id, is: other.id)
        stage.pass(.milliseconds(1))
        let next = try await stage.claim()
        try expect(Set(next.map(\.endpoint.id)), is: [endpoint.id])
        try expect(next.map(\.id).contains(deliveries[4]), "what waited is claimed")
        try expect(
            try await stage.store.deliveries(DeliveryFilter(event: event), page: Page()).map(\.attempts), is: [1])
    }
}

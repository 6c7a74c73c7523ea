import Gateway
import TestSupport

// What ProofStore promises, and what it means for deliveries and the feed.
extension StoreCase {
    func provenEventIsToldAtOnceWithTheProvidersWord(_ stage: Stage) async throws {
        let (connection, endpoint) = try await stage.receiver()
        let event = try await stage.record(of: connection, .claim)
        try expect(try await stage.claim().count, is: 0)
        try expect(try await stage.feed(connection).count, is: 0)
        let later = try await stage.tell(connection.seller)
        try expect(try await stage.feed(connection).count, is: 0)
        for other in try await stage.claim() { try await stage.finish(other) }
        let proof = try await stage.takeProof()
        try expect(proof.event, is: event)
        try expect(proof.seller, is: connection.seller)
        try expect(proof.subject.account, is: connection.upstreamUser)
        try expect(proof.isClaim && !proof.isDisputed && !proof.isAwaited, "nobody waits who is not told without")
        try expect(try await stage.settle(proof, .fetched(expanded: stage.expanded)), "somebody may be told")
        let claimed = try await stage.claimOne()
        try expect(claimed.event, is: event)
        try expect(claimed.endpoint.id, is: endpoint.id)
        try expect(claimed.body, is: SealedBody(sealed: stage.expanded, isProven: true))
        try expect(try await stage.store.event(event)?.proof, is: .fetched)
        try expect(try await stage.store.body(of: event), is: SealedBody(sealed: stage.expanded, isProven: true))
        try expect(try await stage.feed(connection).map(\.event.id), is: [event, later])
        try expect(try await stage.store.takeProofs(at: stage.now, lease: stage.lease, limit: 9).count, is: 0)
        try expect(try await !stage.settle(proof, .unproved), "it is settled once")
    }

    func eventThatNobodyProvesIsToldWithIdsAlone(_ stage: Stage) async throws {
        let (connection, _) = try await stage.receiver()
        let event = try await stage.record(of: connection, .claim)
        let proof = try await stage.takeProof()
        _ = try await stage.settle(proof, .again(at: stage.now + .seconds(30)))
        stage.pass(ProofDemand.patience - .milliseconds(1))
        try expect(try await stage.claim().count, is: 0)
        stage.pass(.milliseconds(1))
        let claimed = try await stage.claimOne()
        try expect(claimed.body.isProven, is: false)
        try expect(try await stage.feed(connection).map(\.body.isProven), is: [false])
        try expect(try await stage.store.event(event)?.proof, is: .signature)
        // One that can't be had is told before its time.
        try await stage.finish(claimed)
        let absent = try await stage.record(of: connection, .resource)
        _ = try await stage.settle(try await stage.takeProof(), .unproved)
        try expect(try await stage.claimOne().event, is: absent)
    }

    func receiverThatWantsNoProofIsToldAtOnce(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let plain = try await stage.endpoint(of: connection.seller, EndpointChanges(expand: false))
        let passed = try await stage.endpoint(of: connection.seller, format: .passthrough)
        let event = try await stage.record(of: connection, .resource)
        let claimed = try await stage.claim()
        try expect(Set(claimed.map(\.endpoint.id)), is: [plain.id, passed.id])
        _ = try await stage.settle(try await stage.takeProof(), .fetched(expanded: stage.expanded))
        for delivery in claimed { try await stage.finish(delivery, stage.failed(after: .seconds(5))) }
        stage.pass(.seconds(5))
        let again = try await stage.claim().first { $0.endpoint.id == plain.id }
        try expect(again?.body.isProven, is: false)
        // The feed's readers, who were not told yet, get what the provider said.
        try expect(try await stage.feed(connection).map(\.event.id), is: [event])
        try expect(try await stage.feed(connection).map(\.body.isProven), is: [true])
    }

    func disputedEventIsHeldAndHoldsUpNothing(_ stage: Stage) async throws {
        let (connection, _) = try await stage.receiver()
        let forged = try await stage.record(of: connection, .claim, about: "intent-1")
        let truth = try await stage.record(of: connection, .claim, about: "intent-1")
        let proofs = try await stage.store.takeProofs(at: stage.now, lease: stage.lease, limit: 9)
        try expect(proofs.map(\.event), is: [forged, truth])
        _ = try await stage.settle(proofs[0], .disputed(again: stage.now + .seconds(1)))
        _ = try await stage.settle(proofs[1], .fetched(expanded: stage.expanded))
        let claimed = try await stage.claimOne()
        try expect(claimed.event, is: truth)
        try expect(try await stage.feed(connection).map(\.event.id), is: [truth])
        stage.pass(.seconds(1))
        let again = try await stage.takeProof()
        try expect(again.isDisputed, "it is known to be disputed")
        try expect(again.tries, is: 2)
        // The provider was merely late: it comes after all, and the feed's readers find it behind what they have read.
        _ = try await stage.settle(again, .fetched(expanded: stage.expanded))
        try expect(try await stage.claim().count, is: 0)
        try await stage.finish(claimed)
        try expect(try await stage.claimOne().event, is: forged)
        try expect(try await stage.feed(connection).map(\.event.id), is: [truth, forged])
    }

    func contradictedEventGoesToNobodyButTheOperators(_ stage: Stage) async throws {
        let (connection, _) = try await stage.receiver()
        let integrator = try await stage.endpoint(of: nil, topics: ["notification.*"])
        let event = try await stage.record(of: connection, .claim)
        _ = try await stage.settle(try await stage.takeProof(), .disputed(again: stage.now + .seconds(60)))
        stage.pass(.seconds(600))
        try expect(try await stage.claim().count, is: 0)
        let alarm = stage.make.notice(of: nil, type: "notification.contradicted")
        _ = try await stage.settle(try await stage.takeProof(), .contradicted(alarm: alarm))
        try expect(try await stage.claim().map(\.endpoint.id), is: [integrator.id])
        let deliveries = try await stage.store.deliveries(DeliveryFilter(event: event), page: Page())
        try expect(deliveries.map(\.state), is: [.exhausted])
        try expect(deliveries.map(\.reason), is: [.contradicted])
        try expect(try await stage.store.event(event)?.state, is: .contradicted)
        let listed = try await stage.store.events(EventFilter(state: .contradicted), page: Page())
        try expect(listed.map(\.id), is: [event])
        try expect(try await stage.feed(connection).count, is: 0)
    }

    func passedOnClaimWaitsForItsProof(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        _ = try await stage.endpoint(of: connection.seller, format: .passthrough)
        let event = try await stage.record(of: connection, .claim)
        let proof = try await stage.takeProof()
        try expect(proof.isAwaited, "somebody waits for it")
        _ = try await stage.settle(proof, .again(at: stage.now + .seconds(3600)))
        stage.pass(.seconds(3600))
        try expect(try await stage.claim().count, is: 0)
        _ = try await stage.settle(try await stage.takeProof(), .fetched(expanded: stage.expanded))
        try expect(try await stage.claimOne().event, is: event)
    }

    func deliveryGivenUpForWantOfProofIsProvedAgain(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        _ = try await stage.endpoint(of: connection.seller, format: .passthrough)
        for outcome in [ProofOutcome.unproved, .contradicted(alarm: stage.make.notice(of: nil))] {
            let event = try await stage.record(of: connection, .claim)
            _ = try await stage.settle(try await stage.takeProof(), outcome)
            let given = try require(
                try await stage.store.deliveries(DeliveryFilter(event: event), page: Page()).first)
            try expect(given.state, is: .exhausted)
            try await stage.store.retry(given.id, at: stage.now, as: stage.make.change(.deliveryRetried))
            try expect(try await stage.claim().count, is: 0)
            try expect(try await stage.store.delivery(given.id)?.awaitsProof, is: true)
            _ = try await stage.settle(try await stage.takeProof(), .fetched(expanded: stage.expanded))
            let claimed = try await stage.claimOne()
            try expect(claimed.id, is: given.id)
            try await stage.finish(claimed)
        }
    }

    func proofIsTakenAgainWhenItsTakerWentAway(_ stage: Stage) async throws {
        let (connection, _) = try await stage.receiver()
        let event = try await stage.record(of: connection, .resource)
        _ = try await stage.takeProof()
        try expect(try await stage.store.takeProofs(at: stage.now, lease: stage.lease, limit: 9).count, is: 0)
        stage.pass(.seconds(60))
        let again = try await stage.takeProof()
        try expect(again.event, is: event)
        try expect(again.tries, is: 2)
    }

    func proofSendsNothingThatIsHeldSinceARestore(_ stage: Stage) async throws {
        let (connection, _) = try await stage.receiver()
        let proven = try await stage.record(of: connection, .claim)
        let disputed = try await stage.record(of: connection, .claim)
        try await stage.store.markRestored("one", adopted: 0, at: stage.now, as: stage.make.change(.backupRestored))
        let proofs = try await stage.store.takeProofs(at: stage.now, lease: stage.lease, limit: 9)
        try expect(proofs.map(\.event), is: [proven, disputed])
        _ = try await stage.settle(proofs[0], .fetched(expanded: stage.expanded))
        _ = try await stage.settle(proofs[1], .disputed(again: stage.now + .seconds(1)))
        try expect(try await stage.claim().count, is: 0)
        try expect(try await stage.store.restore()?.heldStill, is: 2)
        _ = try await stage.store.releaseHeld(at: stage.now, as: stage.make.change(.deliveriesReleased))
        // What the provider denies is not sent because of a restore either.
        try expect(try await stage.claim().map(\.event), is: [proven])
    }

    func proofThatComesAfterTheReceiverWasToldChangesNothing(_ stage: Stage) async throws {
        let (connection, _) = try await stage.receiver()
        let event = try await stage.record(of: connection, .claim)
        let proof = try await stage.takeProof()
        stage.pass(ProofDemand.patience)
        let claimed = try await stage.claimOne()
        // The proof was found a moment before, and is written down a moment after.
        _ = try await stage.store.settle(
            proof, .fetched(expanded: stage.expanded), at: stage.now - .milliseconds(1))
        try await stage.finish(claimed, stage.failed(after: .seconds(5)))
        stage.pass(.seconds(5))
        let again = try await stage.claimOne()
        try expect(again.event, is: event)
        try expect(again.body, is: claimed.body)
        try expect(try await stage.store.event(event)?.proof, is: .signature)
    }
}

extension Stage {
    fileprivate var expanded: SealedSecret { SealedSecret(bytes: Array("what the provider says".utf8)) }

    fileprivate func receiver() async throws -> (Connection, Endpoint) {
        let connection = try await connection()
        return (connection, try await endpoint(of: connection.seller))
    }

    fileprivate func record(
        of connection: Connection, _ need: ProofNeed, about resource: String? = nil
    ) async throws(StoreError) -> EventID {
        let event = make.event(of: connection, about: resource, need: need)
        _ = try await store.record(event)
        return event.id
    }

    fileprivate func takeProof() async throws -> OpenProof {
        let proofs = try await store.takeProofs(at: now, lease: lease, limit: 9)
        try expect(proofs.count, is: 1)
        return proofs[0]
    }

    fileprivate func settle(_ proof: OpenProof, _ outcome: ProofOutcome) async throws(StoreError) -> Bool {
        try await store.settle(proof, outcome, at: now)
    }

    fileprivate func feed(_ connection: Connection) async throws(StoreError) -> [FeedEntry] {
        try await store.feed(of: connection.seller, after: nil, limit: 100, at: now)
    }
}

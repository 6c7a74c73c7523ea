import Gateway
import TestSupport

// What EndpointStore promises.
extension StoreCase {
    func endpointComesWithItsSecretAndItsTest(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let endpoint = stage.make.endpoint(of: seller.id, topics: ["payment.*", "a.b"], state: .pending)
        let secret = stage.make.secret(of: endpoint.id)
        let test = stage.make.test(endpoint)
        try await stage.store.add(endpoint, secret: secret, test: test, as: stage.make.change(.endpointCreated))
        try expect(try await stage.store.endpoint(endpoint.id), is: endpoint)
        try expect(try await stage.store.secrets(of: endpoint.id, at: stage.now), is: [secret])
        let deliveries = try await stage.store.deliveries(DeliveryFilter(), page: Page())
        try expect(deliveries.map(\.event), is: [test.id])
        try expect(deliveries.map(\.endpoint), is: [endpoint.id])
    }

    func testEventGoesToItsEndpointOnly(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        _ = try await stage.endpoint(of: seller.id)
        _ = try await stage.endpoint(of: nil)
        // Not even its own topics matter.
        let endpoint = try await stage.endpoint(of: seller.id, topics: ["payment.updated"])
        let test = stage.make.test(endpoint)
        try expect(try await stage.store.record(test), is: .recorded(deliveries: 1))
        let deliveries = try await stage.store.deliveries(DeliveryFilter(event: test.id), page: Page())
        try expect(deliveries.map(\.endpoint), is: [endpoint.id])
    }

    func endpointUpdateWritesItsRowOnly(_ stage: Stage) async throws {
        let (_, endpoint, deliveries) = try await stage.due(1)
        var changed = endpoint
        changed.url = "https://example.com/other"
        changed.description = "kasse"
        changed.topics = try require(TopicFilter(["payment.*"]))
        changed.state = .pending
        changed.timeout = .milliseconds(7500)
        let changes = EndpointChanges(
            url: changed.url, description: changed.description, topics: changed.topics, timeout: changed.timeout)
        try expect(
            try await stage.store.update(
                endpoint.id, changes, test: nil, as: stage.make.change(.endpointUpdated)), is: changed)
        try expect(try await stage.store.endpoint(endpoint.id), is: changed)
        let delivery = try await stage.delivery(deliveries[0])
        try expect(delivery.state, is: .pending)
        try expect(delivery.attempts, is: 0)
        let test = stage.make.test(changed)
        try await stage.store.update(
            endpoint.id, EndpointChanges(), test: test, as: stage.make.change(.endpointTested))
        try expect(try await stage.store.endpoint(endpoint.id), is: changed)
        try expect(
            try await stage.store.deliveries(DeliveryFilter(event: test.id), page: Page()).map(\.endpoint),
            is: [endpoint.id])
        let unknown = stage.make.endpoint(of: nil)
        try await stage.expectRefusal(.notFound) {
            _ = try await stage.store.update(
                unknown.id, changes, test: nil, as: stage.make.change(.endpointUpdated))
        }
    }

    func endpointUpdateLeavesTheStateAlone(_ stage: Stage) async throws {
        for state: Endpoint.State in [.active, .paused, .disabled] {
            // As if it had been read while it was active.
            var changed = try await stage.endpoint(of: nil, state: state)
            changed.description = "kasse"
            let changes = EndpointChanges(url: changed.url, description: changed.description)
            try await stage.store.update(
                changed.id, changes, test: nil, as: stage.make.change(.endpointUpdated))
            try expect(try await stage.store.endpoint(changed.id), is: changed)
        }
    }

    func endpointMovesFromTheStatesGivenOnly(_ stage: Stage) async throws {
        let endpoint = try await stage.pendingEndpoint(of: nil)
        try await stage.expectRefusal(.conflict(rule: .state)) {
            _ = try await stage.store.move(
                endpoint.id, to: .active, from: [.active, .paused, .disabled],
                as: stage.make.change(.endpointUpdated))
        }
        try expect(try await stage.store.endpoint(endpoint.id), is: endpoint)
        try expect(
            try await stage.store.move(
                endpoint.id, to: .active, from: [.pending], as: stage.make.change(.endpointUpdated)
            ).state, is: .active)
        try await stage.expectRefusal(.notFound) {
            _ = try await stage.store.move(
                stage.make.ids.next() as EndpointID, to: .active, from: [.pending],
                as: stage.make.change(.endpointUpdated))
        }
    }

    func endpointsAreListedByOwner(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let first = try await stage.endpoint(of: seller.id)
        let second = try await stage.endpoint(of: seller.id)
        let own = try await stage.endpoint(of: nil)
        try expect(try await stage.store.endpoints(of: seller.id, page: Page()), is: [second, first])
        try expect(
            try await stage.store.endpoints(of: seller.id, page: Page(after: second.id.ulid)), is: [first])
        try expect(try await stage.store.endpoints(of: nil, page: Page()), is: [own])
        try expect(try await stage.store.endpoint(stage.make.ids.next()), is: nil)
    }

    func removedEndpointCancelsWhatIsOpen(_ stage: Stage) async throws {
        let (seller, endpoint, deliveries) = try await stage.due(3)
        let other = try await stage.endpoint(of: nil)
        let claimed = try await stage.claim()
        let done = try require(claimed.first { $0.id == deliveries[0] })
        let underWay = try require(claimed.first { $0.id == deliveries[1] })
        for claim in claimed where claim.id == deliveries[2] { try await stage.store.release(claim) }
        try expect(try await stage.store.finish(done, stage.make.result()), "the claim holds")
        stage.pass(.seconds(1))
        try await stage.store.remove(endpoint.id, as: stage.make.change(.endpointRemoved))
        try expect(try await stage.store.endpoint(endpoint.id), is: nil)
        try expect(try await stage.store.endpoints(of: seller.id, page: Page()), is: [])
        try expect(try await stage.delivery(done.id).state, is: .delivered)
        for id in deliveries[1...] {
            let delivery = try await stage.delivery(id)
            try expect(delivery.state, is: .canceled)
            try expect(delivery.closedAt, is: stage.now)
            try expect(delivery.dueAt, is: nil)
            try await stage.expectRefusal(.conflict(rule: .state)) {
                try await stage.store.retry(id, at: stage.now, as: stage.make.change(.deliveryRetried))
            }
        }
        try expect(!(try await stage.store.finish(underWay, stage.make.result())), "the claim went with the endpoint")
        try expect(try await stage.delivery(underWay.id).state, is: .canceled)
        try expect(try await stage.store.attempts(of: underWay.id).map(\.isLate), is: [true])
        let event = try await stage.tell(seller.id)
        let next = try await stage.store.deliveries(DeliveryFilter(event: event), page: Page())
        try expect(next.map(\.endpoint), is: [other.id])
        try await stage.expectRefusal(.notFound) {
            try await stage.store.remove(endpoint.id, as: stage.make.change(.endpointRemoved))
        }
    }

    func removedEndpointIsStillHeld(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let (first, second) = (try await stage.endpoint(of: seller.id), try await stage.endpoint(of: seller.id))
        let others = try await stage.endpoint(of: try await stage.seller("Otra").id)
        for endpoint in [first, others] {
            try await stage.store.remove(endpoint.id, as: stage.make.change(.endpointRemoved))
        }
        try expect(try await stage.store.removedEndpoints(of: seller.id, page: Page()), is: [first])
        try expect(try await stage.store.endpoints(of: seller.id, page: Page()), is: [second])
        let page = Page(after: first.id.ulid)
        try expect(try await stage.store.removedEndpoints(of: seller.id, page: page), is: [])
    }

    func atMostThreeSecretsSign(_ stage: Stage) async throws {
        let endpoint = try await stage.pendingEndpoint(of: nil)
        let test = try await stage.claimOne()
        var ids = try await stage.store.secrets(of: endpoint.id, at: stage.now).map(\.id)
        try expect(test.secrets.map(\.id), is: ids)
        try await stage.store.release(test)
        let day = Duration.seconds(86_400)
        for _ in 0..<4 {
            stage.pass(.seconds(60))
            let secret = stage.make.secret(of: endpoint.id)
            try await stage.store.add(
                secret, othersExpireAt: stage.now + day, as: stage.make.change(.endpointSecretRotated))
            ids.insert(secret.id, at: 0)
            let live = try await stage.store.secrets(of: endpoint.id, at: stage.now)
            try expect(live.map(\.id), is: Array(ids.prefix(3)))
            try expect(live[0].expiresAt, is: nil)
            try expect(live[1].expiresAt, is: stage.now + day)
        }
        // A claim brings exactly what signs now; what was pushed out stays out although its day is not over.
        try expect(try await stage.claimOne().secrets.map(\.id), is: Array(ids.prefix(3)))
        let expiry = stage.now + day
        let before = Timestamp(milliseconds: expiry.milliseconds - 1)
        try expect(
            try await stage.store.secrets(of: endpoint.id, at: before).map(\.id), is: Array(ids.prefix(2)))
        try expect(try await stage.store.secrets(of: endpoint.id, at: expiry).map(\.id), is: [ids[0]])
    }

    func rotationWithoutOverlapLeavesOneSecret(_ stage: Stage) async throws {
        let endpoint = try await stage.pendingEndpoint(of: nil)
        let secret = stage.make.secret(of: endpoint.id)
        try await stage.store.add(
            secret, othersExpireAt: stage.now, as: stage.make.change(.endpointSecretRotated))
        try expect(try await stage.store.secrets(of: endpoint.id, at: stage.now), is: [secret])
        let orphan = stage.make.secret(of: stage.make.ids.next() as EndpointID)
        try await stage.expectRefusal(.notFound) {
            try await stage.store.add(
                orphan, othersExpireAt: stage.now, as: stage.make.change(.endpointSecretRotated))
        }
    }
}

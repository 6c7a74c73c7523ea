import Gateway
import TestSupport

// What EventStore promises: invariant 1 and DLV 1 and 2.
extension StoreCase {
    func eventReachesEveryMatchingEndpoint(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let stranger = try await stage.seller("Otra")
        var reached: [EndpointID] = []
        for state in Endpoint.State.allCases where state != .pending {
            reached.append(try await stage.endpoint(of: connection.seller, state: state).id)
        }
        reached.append(try await stage.endpoint(of: nil).id)
        _ = try await stage.endpoint(of: stranger.id)
        let removed = try await stage.endpoint(of: connection.seller)
        try await stage.store.remove(removed.id, as: stage.make.change(.endpointRemoved))
        reached.append(try await stage.pendingEndpoint(of: connection.seller).id)
        let event = stage.make.event(of: connection)
        try expect(try await stage.store.record(event), is: .recorded(deliveries: 5))
        let deliveries = try await stage.store.deliveries(DeliveryFilter(event: event.id), page: Page())
        try expect(deliveries.map(\.endpoint).sorted(), is: reached.sorted())
        for delivery in deliveries {
            try expect(delivery.state, is: .pending)
            try expect(delivery.attempts, is: 0)
            try expect(delivery.dueAt, is: stage.now)
            try expect(delivery.seller, is: connection.seller)
            try expect(delivery.eventType, is: event.type)
        }
    }

    func eventIsKeptAsGiven(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let draft = stage.make.event(of: connection)
        _ = try await stage.store.record(draft)
        let event = try require(try await stage.store.event(draft.id))
        let wanted = Event(
            id: draft.id, sequence: event.sequence, seller: connection.seller, connection: connection.id,
            type: draft.type, state: .routed, liveMode: true, proof: .signature, topic: draft.origin?.topic,
            action: draft.origin?.action, resource: draft.resource, notification: draft.origin?.notification,
            createdAt: stage.now)
        try expect(event, is: wanted)
        try expect(try await stage.store.event(stage.make.ids.next()), is: nil)
        try expect(try await stage.store.body(of: stage.make.ids.next()), is: nil)
    }

    func topicFilterDecidesWhoGetsAnEvent(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let family = try await stage.endpoint(of: seller.id, topics: ["payment.*", "seller.linked"])
        let exact = try await stage.endpoint(of: nil, topics: ["payment.updated"])
        let wanted: [(String, Set<EndpointID>)] = [
            ("payment.updated", [family.id, exact.id]), ("payment.created", [family.id]),
            ("seller.linked", [family.id]), ("seller.revoked", []), ("payments.updated", []),
        ]
        for (type, endpoints) in wanted {
            let event = try await stage.tell(seller.id, type: type)
            let deliveries = try await stage.store.deliveries(DeliveryFilter(event: event), page: Page())
            try expect(Set(deliveries.map(\.endpoint)), is: endpoints)
        }
    }

    func installationsEventReachesTheIntegratorOnly(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let own = try await stage.endpoint(of: nil)
        _ = try await stage.endpoint(of: seller.id)
        let event = try await stage.tell(nil)
        let deliveries = try await stage.store.deliveries(DeliveryFilter(event: event), page: Page())
        try expect(deliveries.map(\.endpoint), is: [own.id])
        try expect(deliveries[0].seller, is: nil)
    }

    func bodyCarriesTheSequenceThatRises(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        let drafts = (0..<40).map { _ in stage.make.notice(of: seller.id) }
        _ = try await atOnce(drafts.count) { try await stage.store.record(drafts[$0]) }
        let events = try await stage.store.events(EventFilter(), page: Page(limit: 200))
        try expect(events.count, is: drafts.count)
        for event in events {
            let body = try await stage.store.body(of: event.id)
            try expect(body, is: stage.make.body(event.sequence))
        }
        for (later, earlier) in zip(events, events.dropFirst()) {
            try expect(later.sequence > earlier.sequence, "the newest event has the highest sequence")
        }
    }

    func eventWithoutABodyIsNotRecorded(_ stage: Stage) async throws {
        let seller = try await stage.seller()
        _ = try await stage.endpoint(of: seller.id)
        let before = try await stage.store.events(EventFilter(), page: Page())
        let depth = try await stage.store.queueDepth(at: stage.now)
        let event = EventDraft(
            id: stage.make.ids.next(), seller: seller.id, connection: nil, application: nil, type: "seller.linked",
            liveMode: true, proof: .gateway, resource: "r", createdAt: stage.now
        ) { _ throws(VaultError) in throw .doesNotOpen }
        try await expectRefusal(.corrupted) { _ = try await stage.store.record(event) }
        try expect(try await stage.store.events(EventFilter(), page: Page()), is: before)
        try expect(try await stage.store.queueDepth(at: stage.now), is: depth)
    }

    func sixtyFourCopiesAreOneEvent(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let endpoint = try await stage.endpoint(of: connection.seller)
        let copies = (0..<64).map { _ in stage.make.event(of: connection, identity: "the same") }
        let outcomes = try await atOnce(copies.count) { try await stage.store.record(copies[$0]) }
        try expect(outcomes.filter { $0 == .recorded(deliveries: 1) }.count, is: 1)
        try expect(outcomes.filter { $0 == .duplicate }.count, is: 63)
        let events = try await stage.store.events(EventFilter(type: "payment.updated"), page: Page())
        try expect(events.count, is: 1)
        let deliveries = try await stage.store.deliveries(DeliveryFilter(endpoint: endpoint.id), page: Page())
        try expect(deliveries.filter { $0.eventType == "payment.updated" }.map(\.event), is: events.map(\.id))
    }

    func duplicateWritesNothing(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let first = stage.make.event(of: connection, identity: "the same")
        _ = try await stage.store.record(first)
        // An endpoint that came later gets nothing from the copy.
        _ = try await stage.endpoint(of: connection.seller)
        let events = try await stage.store.events(EventFilter(), page: Page())
        let body = try await stage.store.body(of: first.id)
        let depth = try await stage.store.queueDepth(at: stage.now)
        let copy = stage.make.event(of: connection, type: "payment.created", identity: "the same")
        try expect(try await stage.store.record(copy), is: .duplicate)
        try expect(try await stage.store.event(copy.id), is: nil)
        try expect(try await stage.store.events(EventFilter(), page: Page()), is: events)
        try expect(try await stage.store.body(of: first.id), is: body)
        try expect(try await stage.store.queueDepth(at: stage.now), is: depth)
    }

    func sameIdentityElsewhereIsAnotherEvent(_ stage: Stage) async throws {
        let first = try await stage.connection()
        let other = try await stage.connect(try await stage.seller("Otra"), try await stage.application("2222222222"))
        for connection in [first, other] {
            let event = stage.make.event(of: connection, identity: "the same")
            try expect(try await stage.store.record(event), is: .recorded(deliveries: 0))
        }
        let next = stage.make.event(of: first, identity: "another")
        try expect(try await stage.store.record(next), is: .recorded(deliveries: 0))
    }

    func parkedNotificationIsRoutedOnce(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let endpoint = try await stage.endpoint(of: connection.seller)
        _ = try await stage.endpoint(of: nil)
        let parked = stage.make.parked(
            for: connection.upstreamUser, application: connection.application, identity: "the same")
        try expect(try await stage.store.record(parked), is: .recorded(deliveries: 0))
        try expect(try await stage.store.event(parked.id)?.state, is: .parked)
        let outcomes = try await atOnce(16) { _ in
            try await stage.store.route(parked: parked.id, as: stage.make.routed(parked, to: connection))
        }
        try expect(outcomes.filter { $0 == .recorded(deliveries: 2) }.count, is: 1)
        try expect(outcomes.filter { $0 == .duplicate }.count, is: 15)
        let routed = try require(try await stage.store.event(parked.id))
        try expect(routed.state, is: .routed)
        try expect(routed.seller, is: connection.seller)
        try expect(routed.connection, is: connection.id)
        try expect(
            try await stage.store.body(of: parked.id),
            is: stage.make.body(routed.sequence))
        let own = try await stage.store.deliveries(
            DeliveryFilter(endpoint: endpoint.id, event: parked.id), page: Page())
        try expect(own.map(\.state), is: [.pending])
        // What came back from the provider once more is still the same notification.
        let copy = stage.make.event(of: connection, identity: "the same")
        try expect(try await stage.store.record(copy), is: .duplicate)
        let unknown = stage.make.event(of: connection)
        try expect(try await stage.store.route(parked: unknown.id, as: unknown), is: .duplicate)
    }

    func parkedNotificationsAreFoundByAccount(_ stage: Stage) async throws {
        let connection = try await stage.connection()
        let other = try await stage.application("2222222222")
        let early = stage.make.parked(for: connection.upstreamUser, application: connection.application)
        _ = try await stage.store.record(early)
        stage.pass(.seconds(1))
        let late = stage.make.parked(for: connection.upstreamUser, application: connection.application)
        let foreign = [
            stage.make.parked(for: connection.upstreamUser, application: other.id),
            stage.make.parked(for: try require(UpstreamUserID(rawValue: 7)), application: connection.application),
        ]
        for draft in [late] + foreign { _ = try await stage.store.record(draft) }
        let find = { (moment: Timestamp) in
            try await stage.store.parked(
                for: connection.upstreamUser, application: connection.application, since: moment, after: nil)
        }
        let found = try await find(early.createdAt)
        try expect(found.map(\.event), is: [early.id, late.id])
        try expect(found[0].notification, is: try require(early.origin).notification)
        try expect(found[0].identityHash, is: try require(early.origin).identityHash)
        try expect(found[0].received, is: try require(early.origin).received)
        try expect(found[0].receivedAt, is: early.createdAt)
        try expect(try await find(stage.now).map(\.event), is: [late.id])
        let rest = try await stage.store.parked(
            for: connection.upstreamUser, application: connection.application, since: early.createdAt, after: early.id)
        try expect(rest.map(\.event), is: [late.id])
        _ = try await stage.store.route(parked: early.id, as: stage.make.routed(early, to: connection))
        try expect(try await find(early.createdAt).map(\.event), is: [late.id])
        let stillParked = try await stage.store.events(EventFilter(state: .parked), page: Page())
        try expect(stillParked.map(\.id), is: [foreign[1].id, foreign[0].id, late.id])
    }

    func linkedConnectionsWithParkedNotificationsAreFound(_ stage: Stage) async throws {
        var connection = try await stage.connection()
        let start = stage.now
        _ = try await stage.connect(try await stage.seller("Otra"), try await stage.application("2222222222"))
        let find = { (moment: Timestamp) in try await stage.store.connections(parkedSince: moment).map(\.id) }
        let parked = stage.make.parked(for: connection.upstreamUser, application: connection.application)
        _ = try await stage.store.record(parked)
        // While it is being configured its `seller.linked` still has to be told first.
        try expect(try await find(start), is: [])
        connection.state = .linked
        try await stage.store.update(connection, event: nil, as: nil)
        try expect(try await find(start), is: [connection.id])
        try expect(try await find(start + .seconds(1)), is: [])
        _ = try await stage.store.route(parked: parked.id, as: stage.make.routed(parked, to: connection))
        try expect(try await find(start), is: [])
        let unlinked = stage.make.parked(
            for: try require(UpstreamUserID(rawValue: 7)), application: connection.application)
        _ = try await stage.store.record(unlinked)
        try expect(try await find(start), is: [])
    }

    func eventFiltersNarrowTheList(_ stage: Stage) async throws {
        let first = try await stage.seller()
        let second = try await stage.seller("Otra")
        let linked = try await stage.tell(first.id)
        let revoked = try await stage.tell(first.id, type: "seller.revoked")
        let other = try await stage.tell(second.id)
        let list = { (filter: EventFilter, page: Page) in
            try await stage.store.events(filter, page: page).map(\.id)
        }
        try expect(try await list(EventFilter(), Page()), is: [other, revoked, linked])
        try expect(try await list(EventFilter(seller: first.id), Page()), is: [revoked, linked])
        try expect(try await list(EventFilter(type: "seller.linked"), Page()), is: [other, linked])
        try expect(try await list(EventFilter(state: .parked), Page()), is: [])
        try expect(try await list(EventFilter(), Page(limit: 1, after: other.ulid)), is: [revoked])
    }
}

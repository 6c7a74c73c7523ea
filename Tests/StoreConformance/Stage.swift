import Gateway
import TestSupport

/// A store under test and what most promises begin with.
struct Stage: Sendable {
    /// The store whose promises are held.
    let store: any Store
    /// Makes what is stored.
    let make: Fixtures

    /// Takes a new, empty store.
    init(_ store: any Store) {
        self.store = store
        make = Fixtures()
    }

    /// The present moment.
    var now: Timestamp { make.clock.now }

    /// Turns the clock on.
    func pass(_ duration: Duration) { make.clock.advance(by: duration) }

    /// A stored seller with its data key.
    func seller(_ name: String = "Kiosco Ñandú", ref: String? = nil) async throws(StoreError) -> Seller {
        let seller = make.seller(name, ref: ref)
        try await store.add(seller, dataKey: make.dataKey(of: .seller(seller.id)), as: make.change())
        return seller
    }

    /// A stored application with one secret of each kind.
    func application(_ clientID: String = "1234567890") async throws(StoreError) -> Application {
        let application = make.application(clientID: clientID)
        let secrets = ApplicationSecret.Kind.allCases.map { make.secret(of: application.id, $0) }
        try await store.add(application, secrets: secrets, as: make.change(.applicationCreated))
        return application
    }

    /// A stored key.
    func apiKey(boundTo seller: SellerID? = nil) async throws(StoreError) -> APIKey {
        let key = make.apiKey(boundTo: seller)
        try await store.add(key, as: make.change(.keyCreated))
        return key
    }

    /// A stored link of a new seller with a new application.
    func link() async throws(StoreError) -> OnboardingLink {
        let link = make.link(of: try await seller().id, with: try await application().id)
        try await store.add(link, as: make.change(.linkCreated))
        return link
    }

    /// A stored connection with its first pair.
    func connect(
        _ seller: Seller, _ application: Application, user: Int64 = 42
    ) async throws(StoreError) -> Connection {
        let connection = make.connection(of: seller.id, with: application.id, user: user)
        try await store.establish(
            connection, tokens: make.tokens(of: connection.id), finishing: nil, as: make.change(.connectionLinked))
        return connection
    }

    /// A stored connection of a new seller with a new application.
    func connection() async throws(StoreError) -> Connection {
        try await connect(try await seller(), try await application())
    }

    /// A stored endpoint that already answered its test event.
    func endpoint(
        of seller: SellerID?, topics: [String] = ["*"], state: Endpoint.State = .active,
        format: Endpoint.Format = .envelope, _ changes: EndpointChanges = EndpointChanges()
    ) async throws -> Endpoint {
        var endpoint = try await pendingEndpoint(of: seller, topics: topics, format: format)
        try await store.update(endpoint.id, changes, test: nil, as: make.change(.endpointUpdated))
        let claimed = try await claim()
        // Others may have something due too; it is given back.
        for other in claimed where other.endpoint.id != endpoint.id { try await store.release(other) }
        let test = try require(claimed.first { $0.endpoint.id == endpoint.id })
        try expect(try await store.finish(test, make.result(endpointState: .active)), "the test's claim holds")
        endpoint.state = state
        if state != .active {
            try await store.move(endpoint.id, to: state, from: [.active], as: make.change(.endpointUpdated))
        }
        return try require(try await store.endpoint(endpoint.id))
    }

    /// A stored endpoint whose test event is due.
    func pendingEndpoint(
        of seller: SellerID?, topics: [String] = ["*"], format: Endpoint.Format = .envelope
    ) async throws(StoreError) -> Endpoint {
        let endpoint = make.endpoint(of: seller, topics: topics, state: .pending, format: format)
        try await store.add(
            endpoint, secret: make.secret(of: endpoint.id), test: make.test(endpoint),
            as: make.change(.endpointCreated))
        return endpoint
    }

    /// A recorded event of Enlace itself.
    @discardableResult
    func tell(
        _ seller: SellerID?, type: String = "seller.linked", about resource: String? = nil
    ) async throws(StoreError) -> EventID {
        let event = make.notice(of: seller, type: type, about: resource)
        _ = try await store.record(event)
        return event.id
    }

    /// A seller with an active endpoint, and that many deliveries due there, oldest first.
    func due(_ count: Int) async throws -> (seller: Seller, endpoint: Endpoint, deliveries: [DeliveryID]) {
        let seller = try await seller()
        let endpoint = try await endpoint(of: seller.id)
        var deliveries: [DeliveryID] = []
        for _ in 0..<count {
            let event = try await tell(seller.id)
            deliveries += try await store.deliveries(DeliveryFilter(event: event), page: Page()).map(\.id)
        }
        try expect(deliveries.count, is: count)
        return (seller, endpoint, deliveries)
    }

    /// Records an event of a seller with one endpoint, and answers its delivery.
    func deliver(
        _ seller: SellerID?, type: String = "payment.updated", about resource: String
    ) async throws -> DeliveryID {
        let event = try await tell(seller, type: type, about: resource)
        let deliveries = try await store.deliveries(DeliveryFilter(event: event), page: Page())
        try expect(deliveries.count, is: 1)
        return deliveries[0].id
    }

    /// Ends a claim.
    func finish(_ claimed: ClaimedDelivery, _ result: AttemptResult? = nil) async throws {
        try expect(try await store.finish(claimed, result ?? make.result()), "the claim holds")
    }

    /// A failure that is tried again after a while.
    func failed(after wait: Duration = .seconds(5), status: Int = 500, overload: Bool = false) -> AttemptResult {
        make.result(
            .retry(at: now + wait), status: status, failure: .status, outcome: .failure(isOverload: overload))
    }

    /// What is claimed now, for a minute.
    func claim(_ limit: Int = 64) async throws(StoreError) -> [ClaimedDelivery] {
        try await store.claim(FairShare(places: 64, free: limit), at: now, leaseUntil: lease, tokens: .system)
    }

    /// The one delivery that is claimed now.
    func claimOne() async throws -> ClaimedDelivery {
        let claimed = try await claim()
        try expect(claimed.count, is: 1)
        return claimed[0]
    }

    /// When a claim that is made now ends.
    var lease: Timestamp { now + .seconds(60) }

    /// A stored delivery.
    func delivery(_ id: DeliveryID) async throws -> Delivery {
        try require(try await store.delivery(id))
    }

    /// How many lines the audit has, at most 200.
    func auditCount() async throws(StoreError) -> Int {
        try await store.auditEntries(AuditFilter(), page: Page(limit: 200)).count
    }

    /// Holds a call to be refused, and to leave no line in the audit and no record of its request.
    func expectRefusal(
        _ promised: StoreError, file: StaticString = #fileID, line: Int = #line, _ call: () async throws -> Void
    ) async throws {
        let before = try await auditCount()
        try await StoreConformance.expectRefusal(promised, file: file, line: line, call)
        try expect(try await auditCount(), is: before, file: file, line: line)
    }
}

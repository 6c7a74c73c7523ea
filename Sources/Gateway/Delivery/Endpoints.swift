/// The endpoints of the installation.
public struct Endpoints: Sendable {
    /// Most endpoints of one owner: each event is delivered to all of them, and each has its turn.
    public static let mostPerOwner = 16

    private let store: any EndpointStore & EventStore
    private let vault: Vault
    private let sender: any WebhookSender
    private let notices: SellerNotices
    private let ids: IdentifierSource
    private let clock: WallClock
    private let random: RandomSource
    private let changes: ChangeMaker
    private let deliveries: Wakeup

    /// Takes what it uses; `deliveries` rings when there is something to send.
    public init(
        store: any EndpointStore & EventStore, vault: Vault, sender: any WebhookSender, notices: SellerNotices,
        ids: IdentifierSource, clock: WallClock, random: RandomSource, deliveries: Wakeup
    ) {
        self.store = store
        self.vault = vault
        self.sender = sender
        self.notices = notices
        self.ids = ids
        self.clock = clock
        self.random = random
        self.deliveries = deliveries
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Creates an endpoint and sends it the test event that activates it; its secret is shown by this answer only.
    public func create(
        _ new: NewEndpoint, by caller: Caller
    ) async throws(Problem) -> (endpoint: Endpoint, secret: Secret<String>) {
        try caller.require(.webhooks)
        if new.seller == nil { try caller.principal.requireUnbound() }
        try await check(url: new.url)
        try await checkRoom(of: new.seller)
        let endpoint = Endpoint(
            id: ids.next(), seller: new.seller, url: new.url, description: try Self.checked(new.description),
            topics: new.topics, state: .pending, format: new.format, expand: new.expand,
            timeout: try Self.checked(new.timeout), ordering: new.ordering,
            concurrency: try Self.checked(concurrency: new.concurrency),
            rate: try new.rate.map { rate throws(Problem) in try Self.checked(rate: rate, from: 1) },
            createdAt: clock.now)
        let (secret, text) = try await newSecret(of: endpoint)
        let test = try await notices.test(endpoint)
        do {
            try await store.add(
                endpoint, secret: secret, test: test,
                as: changes.change(
                    .endpointCreated, subject: endpoint.id.description, seller: endpoint.seller, status: 201,
                    by: caller))
        } catch { throw Problem(error) }
        deliveries.ring()
        return (endpoint, text)
    }

    /// The endpoint with this id, if it lies within reach.
    public func endpoint(_ id: EndpointID, for principal: Principal) async throws(Problem) -> Endpoint {
        let endpoint: Endpoint?
        do { endpoint = try await store.endpoint(id) } catch { throw Problem(error) }
        guard let endpoint, principal.seller == nil || principal.seller == endpoint.seller else {
            throw Problem(.endpointNotFound, "There is no such endpoint within this key's reach. Check the id.")
        }
        return endpoint
    }

    /// One page of a seller's endpoints; `nil` lists the integrator's.
    public func list(
        of seller: SellerID?, page: Page, for principal: Principal
    ) async throws(Problem) -> [Endpoint] {
        try principal.require(.read)
        if seller == nil { try principal.requireUnbound() }
        do { return try await store.endpoints(of: seller, page: page) } catch { throw Problem(error) }
    }

    /// Changes what was given.
    public func update(
        _ id: EndpointID, _ wanted: EndpointChanges, by caller: Caller
    ) async throws(Problem) -> Endpoint {
        try caller.require(.webhooks)
        let endpoint = try await endpoint(id, for: caller.principal)
        var wanted = wanted
        var test: EventDraft?
        if let timeout = wanted.timeout { wanted.timeout = try Self.checked(timeout) }
        if let description = wanted.description { wanted.description = try Self.checked(description) }
        if let concurrency = wanted.concurrency { _ = try Self.checked(concurrency: concurrency) }
        if let rate = wanted.rate { _ = try Self.checked(rate: rate, from: 0) }
        if wanted.url == endpoint.url { wanted.url = nil }
        if let url = wanted.url {
            try await check(url: url)
            test = try await notices.test(endpoint)
        }
        return try await save(endpoint, wanted, test: test, .endpointUpdated, caller)
    }

    /// Removes an endpoint; its open deliveries are canceled.
    public func remove(_ id: EndpointID, by caller: Caller) async throws(Problem) {
        try caller.require(.webhooks)
        let endpoint = try await endpoint(id, for: caller.principal)
        do {
            try await store.remove(
                id,
                as: changes.change(
                    .endpointRemoved, subject: id.description, seller: endpoint.seller, by: caller))
        } catch { throw Problem(error) }
    }

    /// Adds a secret that signs first; those that are current sign along for `overlap`, 0 to 7 days (DLV 9).
    public func rotateSecret(
        _ id: EndpointID, overlap: Duration, by caller: Caller
    ) async throws(Problem) -> Secret<String> {
        try caller.require(.webhooks)
        guard .zero <= overlap, overlap <= .seconds(7 * 86_400) else {
            throw .invalid("overlap_seconds", "Give 0 to 604800.")
        }
        let endpoint = try await endpoint(id, for: caller.principal)
        let (secret, text) = try await newSecret(of: endpoint)
        do {
            try await store.add(
                secret, othersExpireAt: clock.now + overlap,
                as: changes.change(
                    .endpointSecretRotated, subject: id.description, seller: endpoint.seller, by: caller))
        } catch { throw Problem(error) }
        return text
    }

    /// Sends a test event.
    public func test(_ id: EndpointID, by caller: Caller) async throws(Problem) -> EventID {
        try caller.require(.webhooks)
        let endpoint = try await endpoint(id, for: caller.principal)
        let test = try await notices.test(endpoint)
        _ = try await save(
            endpoint, EndpointChanges(), test: test, .endpointTested, caller, subject: test.id.description, status: 202)
        return test.id
    }

    /// Holds deliveries until ``resume(_:by:)``; only the endpoint's row is written.
    public func pause(_ id: EndpointID, by caller: Caller) async throws(Problem) -> Endpoint {
        try caller.require(.webhooks)
        let endpoint = try await endpoint(id, for: caller.principal)
        guard endpoint.state == .active || endpoint.state == .paused else {
            throw Problem(.stateConflict, "The endpoint is \(endpoint.state.rawValue): it is not sending anyway.")
        }
        return try await move(endpoint, to: .paused, from: [.active, .paused], caller)
    }

    /// Lets a paused or disabled endpoint send again, oldest first; both have answered a test event at their URL.
    public func resume(_ id: EndpointID, by caller: Caller) async throws(Problem) -> Endpoint {
        try caller.require(.webhooks)
        let endpoint = try await endpoint(id, for: caller.principal)
        guard endpoint.state != .pending else {
            throw Problem(.stateConflict, "The endpoint has not answered its test event yet. Send another one.")
        }
        return try await move(endpoint, to: .active, from: [.active, .paused, .disabled], caller)
    }

    private func move(
        _ endpoint: Endpoint, to state: Endpoint.State, from states: Set<Endpoint.State>, _ caller: Caller
    ) async throws(Problem) -> Endpoint {
        let moved: Endpoint
        do {
            moved = try await store.move(
                endpoint.id, to: state, from: states,
                as: changes.change(
                    .endpointUpdated, subject: endpoint.id.description, seller: endpoint.seller, by: caller))
        } catch {
            guard case .conflict(rule: .state) = error else { throw Problem(error) }
            throw Problem(.stateConflict, "The endpoint's state has changed meanwhile. Look at it again.")
        }
        deliveries.ring()
        return moved
    }

    private func save(
        _ endpoint: Endpoint, _ wanted: EndpointChanges, test: EventDraft?, _ action: AuditAction, _ caller: Caller,
        subject: String? = nil, status: Int = 200
    ) async throws(Problem) -> Endpoint {
        let saved: Endpoint
        do {
            saved = try await store.update(
                endpoint.id, wanted, test: test,
                as: changes.change(
                    action, subject: subject ?? endpoint.id.description, seller: endpoint.seller, status: status,
                    by: caller))
        } catch { throw Problem(error) }
        deliveries.ring()
        return saved
    }

    private func newSecret(of endpoint: Endpoint) async throws(Problem) -> (EndpointSecret, Secret<String>) {
        let id: Identifier<EndpointSecret> = ids.next()
        let bytes = random.bytes(32)
        do {
            let sealer = try await vault.sealer(for: endpoint.seller.map { .seller($0) } ?? .installation)
            let secret = EndpointSecret(
                id: id, endpoint: endpoint.id, sealed: try sealer.seal(bytes, .endpointSecret, row: id.ulid),
                createdAt: clock.now, expiresAt: nil)
            return (secret, SigningSecret.symmetric(Secret(bytes)).text)
        } catch { throw Problem(error) }
    }

    /// Two at the same moment may both find the last place: one more is no harm.
    private func checkRoom(of owner: SellerID?) async throws(Problem) {
        let count: Int
        do { count = try await store.endpoints(of: owner, page: Page(limit: Self.mostPerOwner)).count } catch {
            throw Problem(error)
        }
        guard count < Self.mostPerOwner else {
            throw Problem(.endpointLimit, "There are \(Self.mostPerOwner) endpoints already. Remove one first.")
        }
    }

    private func check(url: String) async throws(Problem) {
        do {
            try await sender.check(url: url)
        } catch {
            throw Problem(
                .endpointURLNotAllowed, Self.explanation(error), field: "url", extra: ["reason": error.rawValue])
        }
    }

    private static func explanation(_ error: EndpointURLError) -> String {
        switch error {
        case .malformed: "Give an absolute URL of at most 2000 characters."
        case .scheme: "Give an https URL."
        case .port: "Use port 443, or one that the operator allows."
        case .userinfo: "Leave user name and password out of the URL."
        case .addressForm: "Write an address in its plain form, or a host name."
        case .blockedAddress: "The host is not a public address."
        case .dns: "The host name can't be resolved just now."
        }
    }

    private static func checked(_ description: String) throws(Problem) -> String {
        guard description.count <= 200, !description.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            throw .invalid("description", "Give at most 200 characters without control characters.")
        }
        return description
    }

    private static func checked(concurrency: Int) throws(Problem) -> Int {
        guard (1...64).contains(concurrency) else { throw .invalid("concurrency", "Give 1 to 64.") }
        return concurrency
    }

    private static func checked(rate: Int, from least: Int) throws(Problem) -> Int {
        guard (least...1000).contains(rate) else { throw .invalid("rate_per_second", "Give \(least) to 1000.") }
        return rate
    }

    private static func checked(_ timeout: Duration) throws(Problem) -> Duration {
        guard (Duration.seconds(5)...Duration.seconds(30)).contains(timeout) else {
            throw .invalid("timeout_seconds", "Give 5 to 30.")
        }
        return timeout
    }
}

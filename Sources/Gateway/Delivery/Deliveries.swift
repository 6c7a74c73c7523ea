/// The deliveries of the installation, as keys see them: a seller-bound key those of its events to its own endpoints.
public struct Deliveries: Sendable {
    /// What a seller-bound key sees of an answer, in bytes; others see all that is kept (SEC C7.2).
    static let boundExcerpt = 256

    private let store: any DeliveryStore & AuditStore
    private let vault: Vault
    private let clock: WallClock
    private let changes: ChangeMaker
    private let wakeup: Wakeup

    /// Takes what it uses; `wakeup` rings when there is something to send.
    public init(
        store: any DeliveryStore & AuditStore, vault: Vault, ids: IdentifierSource, clock: WallClock, wakeup: Wakeup
    ) {
        self.store = store
        self.vault = vault
        self.clock = clock
        self.wakeup = wakeup
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// The delivery with this id, if it lies within reach.
    public func delivery(_ id: DeliveryID, for principal: Principal) async throws(Problem) -> Delivery {
        try principal.require(.read)
        let delivery: Delivery?
        do { delivery = try await store.delivery(id) } catch { throw Problem(error) }
        guard let delivery, Self.reaches(principal, delivery) else {
            throw Problem(.deliveryNotFound, "There is no such delivery within this key's reach. Check the id.")
        }
        return delivery
    }

    /// One page of the deliveries within reach.
    public func list(
        _ filter: DeliveryFilter, page: Page, for principal: Principal
    ) async throws(Problem) -> [Delivery] {
        try principal.require(.read)
        var filter = filter
        if let own = principal.seller {
            guard filter.seller.map({ $0 == own }) ?? true else { return [] }
            filter.seller = own
            filter.endpointSeller = own
        }
        do { return try await store.deliveries(filter, page: page) } catch { throw Problem(error) }
    }

    /// A delivery's attempts with what is kept of the answers; reading those leaves an audit line (invariant 5).
    public func attempts(
        of delivery: Delivery, by caller: Caller
    ) async throws(Problem) -> [(attempt: Attempt, excerpt: String?)] {
        do {
            var shown: [(attempt: Attempt, excerpt: String?)] = []
            for attempt in try await store.attempts(of: delivery.id) {
                let excerpt = await excerpt(attempt, of: delivery)
                let isBound = caller.principal.seller != nil
                shown.append((attempt, isBound ? excerpt?.prefix(bytes: Self.boundExcerpt) : excerpt))
            }
            if shown.contains(where: { $0.excerpt != nil }) {
                try await store.add(change(.payloadRead, delivery, caller).audit)
            }
            return shown
        } catch {
            throw Problem(error)
        }
    }

    /// Makes a delivery due now, with a fresh schedule.
    public func retry(_ id: DeliveryID, by caller: Caller) async throws(Problem) -> Delivery {
        try caller.require(.webhooks)
        let delivery = try await delivery(id, for: caller.principal)
        do {
            try await store.retry(id, at: clock.now, as: change(.deliveryRetried, delivery, caller))
        } catch {
            throw Self.problem(error, delivery)
        }
        wakeup.ring()
        return try await self.delivery(id, for: caller.principal)
    }

    /// Sends an event again to the endpoints within reach that take it, or to one of them, and answers what it sends.
    ///
    /// - Parameters:
    ///   - event: An event within the caller's reach.
    ///   - endpoint: The only one it goes to, whatever its topics; `nil` goes to all whose topics match.
    ///   - caller: Who asks; a seller-bound key reaches its seller's endpoints.
    /// - Returns: The event's deliveries there, as they are now.
    /// - Throws: ``Problem/Code/endpointNotFound``; ``Problem/Code/stateConflict`` for what is not sent to endpoints.
    public func replay(
        _ event: Event, to endpoint: EndpointID?, by caller: Caller
    ) async throws(Problem) -> [Delivery] {
        try caller.require(.webhooks)
        let change = changes.change(
            .eventReplayed, subject: event.id.description, seller: event.seller, by: caller)
        do {
            try await store.replay(
                event.id, to: endpoint, of: caller.principal.seller, at: clock.now, as: change)
        } catch {
            switch error {
            case .notFound:
                throw Problem(
                    .endpointNotFound, "There is no such endpoint within this key's reach that may get the event.")
            case .conflict(rule: .state):
                throw Problem(
                    .stateConflict, "A test, a parked event and those of an erased seller are not sent again.",
                    extra: ["state": event.state.rawValue])
            default: throw Problem(error)
            }
        }
        wakeup.ring()
        return try await sent(event.id, to: endpoint, for: caller.principal)
    }

    /// An event's deliveries within reach; to one endpoint, where it is named.
    public func sent(
        _ event: EventID, to endpoint: EndpointID?, for principal: Principal
    ) async throws(Problem) -> [Delivery] {
        try await list(DeliveryFilter(endpoint: endpoint, event: event), page: Page(limit: 200), for: principal)
    }

    /// Ends a pending delivery.
    public func cancel(_ id: DeliveryID, by caller: Caller) async throws(Problem) -> Delivery {
        try caller.require(.webhooks)
        let delivery = try await delivery(id, for: caller.principal)
        do {
            try await store.cancel(id, at: clock.now, as: change(.deliveryCanceled, delivery, caller))
        } catch {
            throw Self.problem(error, delivery)
        }
        return try await self.delivery(id, for: caller.principal)
    }

    private func excerpt(_ attempt: Attempt, of delivery: Delivery) async -> String? {
        guard let sealed = attempt.excerpt else { return nil }
        let owner = delivery.seller.map { DataKeyOwner.seller($0) } ?? .installation
        let opened = try? await vault.open(sealed, .answerExcerpt, row: delivery.id.ulid, owner: owner)
        return opened?.reveal { String(decoding: $0, as: UTF8.self) }
    }

    private func change(_ action: AuditAction, _ delivery: Delivery, _ caller: Caller) -> Change {
        changes.change(action, subject: delivery.id.description, seller: delivery.seller, by: caller)
    }

    // The integrator's endpoints get a seller's events too; what becomes of them there is not the seller's affair.
    private static func reaches(_ principal: Principal, _ delivery: Delivery) -> Bool {
        guard let own = principal.seller else { return true }
        return delivery.seller == own && delivery.endpointSeller == own
    }

    private static func problem(_ error: StoreError, _ delivery: Delivery) -> Problem {
        guard case .conflict(rule: .state) = error else { return Problem(error) }
        return Problem(
            .stateConflict, "The delivery is \(delivery.state.rawValue), or its endpoint is gone.",
            extra: ["state": delivery.state.rawValue])
    }
}

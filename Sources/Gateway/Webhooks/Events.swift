/// The events of the installation, as keys see them.
public struct Events: Sendable {
    private let store: any EventStore & AuditStore
    private let vault: Vault
    private let changes: ChangeMaker

    /// Takes what it uses.
    public init(store: any EventStore & AuditStore, vault: Vault, ids: IdentifierSource, clock: WallClock) {
        self.store = store
        self.vault = vault
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// The event with this id, if it lies within reach.
    public func event(_ id: EventID, for principal: Principal) async throws(Problem) -> Event {
        try principal.require(.read)
        let event: Event?
        do { event = try await store.event(id) } catch { throw Problem(error) }
        guard let event, principal.seller == nil || principal.seller == event.seller else {
            throw Problem(.eventNotFound, "There is no such event within this key's reach. Check the id.")
        }
        return event
    }

    /// One page of the events within reach.
    public func list(
        _ filter: EventFilter, page: Page, for principal: Principal
    ) async throws(Problem) -> [Event] {
        try principal.require(.read)
        var filter = filter
        if let own = principal.seller {
            guard filter.seller.map({ $0 == own }) ?? true else { return [] }
            filter.seller = own
        }
        do { return try await store.events(filter, page: page) } catch { throw Problem(error) }
    }

    /// The body as receivers get it; reading it leaves an audit line (invariant 5).
    public func body(of event: Event, by caller: Caller) async throws(Problem) -> [UInt8] {
        try caller.require(.read)
        do {
            guard let stored = try await store.body(of: event.id) else {
                throw Problem(.eventNotFound, "The event's body is no longer kept.")
            }
            let owner = event.seller.map { DataKeyOwner.seller($0) } ?? .installation
            let body = try await vault.open(stored.sealed, stored.purpose, row: event.id.ulid, owner: owner)
            try await store.add(
                changes.change(.payloadRead, subject: event.id.description, seller: event.seller, by: caller).audit)
            return body.reveal { $0 }
        } catch let error as StoreError {
            throw Problem(error)
        } catch VaultError.missingDataKey {
            // Its seller was erased.
            throw Problem(.eventNotFound, "The event's body is no longer kept.")
        } catch let error as VaultError {
            throw Problem(error)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.internalError, "The operator has to look.")
        }
    }
}

public import Logging

/// Erases sellers for good.
///
/// Source: DESIGN invariant 9, LGPD art. 18.
public struct Erasures: Sendable {
    // The store's log is overwritten once nobody reads what was; each try waits for readers of its own accord.
    private static let mostTries = 3

    private let store: any ErasureStore & SellerStore & ConnectionStore
    private let list: ErasureList
    private let connections: Connections
    private let vault: Vault
    private let notices: SellerNotices
    private let clock: WallClock
    private let directory: ProxyDirectory
    private let deliveries: Wakeup
    private let changes: ChangeMaker
    private let logger: Logger

    /// Takes what it uses; `deliveries` rings when there is something to send.
    public init(
        store: any ErasureStore & SellerStore & ConnectionStore, list: ErasureList, connections: Connections,
        vault: Vault, notices: SellerNotices, ids: IdentifierSource, clock: WallClock, directory: ProxyDirectory,
        deliveries: Wakeup, logger: Logger
    ) {
        self.store = store
        self.list = list
        self.connections = connections
        self.vault = vault
        self.notices = notices
        self.clock = clock
        self.directory = directory
        self.deliveries = deliveries
        self.logger = logger
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Erases a seller, or goes on with an erasure that is not final; a seller erased before is named by its id.
    public func erase(
        _ reference: SellerReference, by caller: Caller
    ) async throws(Problem) -> ErasureCertificate {
        try caller.require(.sellersAdmin)
        let seller = try await seller(reference, for: caller.principal)
        try caller.principal.requireUnbound()
        if seller.state != .erased {
            await revokeConnections(of: seller.id, by: .key(caller.principal.key))
            try await erase(
                seller,
                as: changes.change(.sellerErased, subject: seller.id.description, seller: seller.id, by: caller))
        }
        return try await finished(seller.id)
    }

    /// Erases again whom a restored backup brought back, and ends what a process that died had begun.
    ///
    /// For the start, before anything is served.
    ///
    /// - Throws: also ``ErasureListError``.
    public func applyList() async throws {
        let listed = try list.read()
        for id in try await store.sellers(owning: listed) {
            guard let seller = try await store.seller(.id(id)) else { continue }
            try await erase(
                seller, as: changes.change(.sellerErased, subject: id.description, seller: id, by: .gateway))
            logger.note("Seller erased again", at: .notice, [.seller: id])
        }
        // A list that was lost is made anew from what the database itself remembers.
        try list.append(try await store.erasedDataKeys())
        for erasure in try await store.unfinishedErasures() { _ = try await finished(erasure.seller) }
    }

    // A bound key reads its own seller whatever it asked for, so that unknown and foreign cost the same.
    private func seller(_ reference: SellerReference, for principal: Principal) async throws(Problem) -> Seller {
        let seller: Seller?
        do {
            seller = try await store.seller(principal.seller.map { .id($0) } ?? reference)
        } catch { throw Problem(error) }
        guard let seller, seller.isNamed(by: reference) else { throw .sellerNotFound }
        return seller
    }

    // Best effort, for the provider's sake: the transaction that follows ends them all in any case.
    private func revokeConnections(of seller: SellerID, by actor: Actor) async {
        let active = Set(Connection.State.allCases.filter(\.isActive))
        while let page = try? await store.connections(
            ConnectionFilter(seller: seller, states: active), page: Page(limit: 200)), !page.isEmpty
        {
            for connection in page {
                do { try await connections.revoke(connection.id, by: actor) } catch { return }
            }
        }
    }

    private func erase(_ seller: Seller, as change: Change) async throws(Problem) {
        let event = try await notices.erased(seller.id)
        for _ in 0..<Self.mostTries {
            // It may get another data key meanwhile, which has to be on the list first.
            guard try await isErased(seller, event, change) else { continue }
            vault.forget(.seller(seller.id))
            directory.forget(erased: seller.id)
            deliveries.ring()
            logger.note("Seller erased", at: .notice, [.seller: seller.id])
            return
        }
        throw Problem(.stateConflict, "Its data keys change just now. Nothing is final; try again.")
    }

    private func isErased(_ seller: Seller, _ event: EventDraft, _ change: Change) async throws(Problem) -> Bool {
        do {
            let dataKeys = try await store.dataKeys(of: seller.id)
            // On the disk before the keys go: whoever dies in between has promised it, and the next start keeps it.
            try list.append(dataKeys)
            let erasure = Erasure(
                seller: seller.id, refHash: seller.externalRef.map { sha256("\(seller.id):\($0)") },
                dataKeys: dataKeys, erasedAt: clock.now)
            try await store.erase(erasure, event: event, as: change)
            return true
        } catch StoreError.conflict(rule: .stale) {
            return false
        } catch StoreError.conflict(rule: .state) {
            // Somebody else was first.
            return true
        } catch let error as StoreError {
            throw Problem(error)
        } catch {
            logger.note("List of erased data keys not written", at: .error, [.reason: "\(error)"])
            throw Problem(.storageUnavailable, "The list of erased data keys can't be written. Nothing was erased.")
        }
    }

    private func finished(_ seller: SellerID) async throws(Problem) -> ErasureCertificate {
        do {
            var erasure = try await store.erasure(of: seller)
            if let begun = erasure, begun.finishedAt == nil {
                for _ in 0..<Self.mostTries where try await store.scrub() {
                    try await store.finish(erasure: seller, at: clock.now)
                    break
                }
                erasure = try await store.erasure(of: seller)
            }
            guard let erasure else { throw Problem.sellerNotFound }
            return ErasureCertificate(erasure)
        } catch let error as StoreError {
            throw Problem(error)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.internalError, "The operator has to look.")
        }
    }
}

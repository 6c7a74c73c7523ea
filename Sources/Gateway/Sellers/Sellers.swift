/// The sellers of the installation, as keys see them.
public struct Sellers: Sendable {
    private let store: any SellerStore
    private let vault: Vault
    private let ids: IdentifierSource
    private let clock: WallClock
    private let changes: ChangeMaker
    private let directory: ProxyDirectory

    /// Takes what it uses.
    public init(
        store: any SellerStore, vault: Vault, ids: IdentifierSource, clock: WallClock, directory: ProxyDirectory
    ) {
        self.store = store
        self.vault = vault
        self.ids = ids
        self.clock = clock
        self.directory = directory
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Creates a seller with a data key of its own.
    public func create(name: String, externalRef: ExternalRef?, by caller: Caller) async throws(Problem) -> Seller {
        try caller.require(.sellersAdmin)
        try caller.principal.requireUnbound()
        let seller = Seller(
            id: ids.next(), externalRef: externalRef, name: try checkedName(name), state: .active,
            createdAt: clock.now)
        do {
            let (dataKey, _) = try vault.newDataKey(for: .seller(seller.id))
            try await store.add(
                seller, dataKey: dataKey,
                as: changes.change(
                    .sellerCreated, subject: seller.id.description, seller: seller.id, status: 201, by: caller))
        } catch {
            throw Self.problem(error)
        }
        directory.forget(seller: seller.id)
        return seller
    }

    /// The seller that is named, if it lies within reach.
    ///
    /// - Throws: ``Problem/sellerNotFound`` for an unknown and a foreign one alike, after one store read each.
    public func seller(_ reference: SellerReference, for principal: Principal) async throws(Problem) -> Seller {
        // A bound key reads its own seller whatever it asked for, so that unknown and foreign cost the same.
        let wanted = principal.seller.map { SellerReference.id($0) } ?? reference
        let seller: Seller?
        do { seller = try await store.seller(wanted) } catch { throw Problem(error) }
        guard let seller, seller.isNamed(by: reference), seller.state != .erased else { throw .sellerNotFound }
        return seller
    }

    /// One page of the sellers within reach.
    public func list(
        _ filter: SellerFilter, page: Page, for principal: Principal
    ) async throws(Problem) -> [Seller] {
        try principal.require(.read)
        var filter = filter
        if let own = principal.seller { filter.only = own }
        do { return try await store.sellers(filter, page: page) } catch { throw Problem(error) }
    }

    /// Changes what was given; `externalRef` of `.some(nil)` takes the ref away.
    public func update(
        _ reference: SellerReference, name: String?, externalRef: ExternalRef??, state: Seller.State?,
        by caller: Caller
    ) async throws(Problem) -> Seller {
        try caller.require(.sellersAdmin)
        guard state != .erased else {
            throw .invalid("state", "Give one of: active, disabled. A seller is erased by DELETE.")
        }
        let seller = try await seller(reference, for: caller.principal)
        var wanted = SellerChanges(externalRef: externalRef, state: state)
        if let name { wanted.name = try checkedName(name) }
        let action: AuditAction =
            switch state {
            case .disabled where seller.state != .disabled: .sellerDisabled
            case .active where seller.state != .active: .sellerEnabled
            case nil, .active, .disabled, .erased: .sellerUpdated
            }
        let changed: Seller
        do {
            changed = try await store.update(
                seller.id, wanted,
                as: changes.change(action, subject: seller.id.description, seller: seller.id, by: caller))
        } catch {
            throw Self.problem(error)
        }
        directory.forget(seller: seller.id)
        return changed
    }

    private static func problem(_ error: any Error) -> Problem {
        switch error {
        case StoreError.notFound: .sellerNotFound
        case StoreError.conflict(rule: .unique):
            Problem(.externalRefTaken, "Another seller has this external_ref.", field: "external_ref")
        case let error as StoreError: Problem(error)
        case let error as VaultError: Problem(error)
        default: Problem(.internalError, "The operator has to look.")
        }
    }
}

/// A name that a person wrote: 1 to 120 characters once white space at both ends is gone, no control characters.
func checkedName(_ name: String, field: String = "name") throws(Problem) -> String {
    let trimmed = String(name.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    let hasControl = trimmed.unicodeScalars.contains {
        $0.properties.generalCategory == .control || $0.properties.generalCategory == .format
    }
    guard (1...120).contains(trimmed.count), !hasControl else {
        throw .invalid(field, "Give 1 to 120 characters without control characters.")
    }
    return trimmed
}

/// One thing that is held about a seller, as an export shows it.
public enum ExportRecord: Sendable {
    case seller(Seller)
    case connection(Connection)
    case link(OnboardingLink)
    case endpoint(Endpoint)
    case removedEndpoint(Endpoint)
    case key(APIKey)
    /// An event with its body as receivers get it and the notification as it arrived; `nil` for what does not open.
    case event(Event, body: [UInt8]?, received: ArrivedNotification?)
    case delivery(Delivery, attempts: [(attempt: Attempt, excerpt: String?)])
    case audit(AuditEntry)
    case call(CallRecord)
}

/// All that is held about a seller, opened, in one go; tokens and secrets never.
///
/// Source: LGPD art. 18.
public struct SellerExport: Sendable {
    /// All that the export reads.
    public typealias Source = SellerStore & ConnectionStore & LinkStore & EndpointStore & APIKeyStore & EventStore
        & DeliveryStore & AuditStore & CallStore

    // So that a page of the largest notifications there may be is no burden.
    private static let pageSize = 32

    private let store: any Source
    private let sellers: Sellers
    private let vault: Vault
    private let changes: ChangeMaker

    /// Takes what it uses.
    public init(
        store: any Source, sellers: Sellers, vault: Vault, ids: IdentifierSource,
        clock: WallClock
    ) {
        self.store = store
        self.sellers = sellers
        self.vault = vault
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Checks that the caller may have it, and leaves an audit line before anything is read.
    public func begin(_ reference: SellerReference, by caller: Caller) async throws(Problem) -> Seller {
        try caller.require(.sellersAdmin)
        try caller.require(.read)
        let seller = try await sellers.seller(reference, for: caller.principal)
        try caller.principal.requireUnbound()
        do {
            try await store.add(
                changes.change(
                    .sellerExported, subject: seller.id.description, seller: seller.id, by: caller
                ).audit)
        } catch { throw Problem(error) }
        return seller
    }

    /// How far an export has come.
    public struct Cursor: Sendable {
        fileprivate enum Section: Int {
            case seller, connections, links, endpoints, removedEndpoints, keys, events, deliveries, audit, calls
        }
        fileprivate let section: Section
        fileprivate let after: ULID?

        /// Where an export begins.
        public static let start = Cursor(section: .seller, after: nil)
    }

    /// The records from a cursor on, each kind newest first, and where to go on; a page of one kind at a time.
    public func records(
        of seller: Seller, from cursor: Cursor
    ) async throws(Problem) -> (records: [ExportRecord], next: Cursor?) {
        let page = Page(limit: Self.pageSize, after: cursor.after)
        do {
            switch cursor.section {
            case .seller: return Self.part([seller], [.seller(seller)], cursor, \.id.ulid)
            case .connections:
                let found = try await store.connections(ConnectionFilter(seller: seller.id), page: page)
                return Self.part(found, found.map { .connection($0) }, cursor, \.id.ulid)
            case .links:
                let found = try await store.links(of: seller.id, page: page)
                return Self.part(found, found.map { .link($0) }, cursor, \.id.ulid)
            case .endpoints:
                let found = try await store.endpoints(of: seller.id, page: page)
                return Self.part(found, found.map { .endpoint($0) }, cursor, \.id.ulid)
            case .removedEndpoints:
                let found = try await store.removedEndpoints(of: seller.id, page: page)
                return Self.part(found, found.map { .removedEndpoint($0) }, cursor, \.id.ulid)
            case .keys:
                let found = try await store.apiKeys(boundTo: seller.id, page: page)
                return Self.part(found, found.map { .key($0) }, cursor, \.id.ulid)
            case .events:
                let found = try await store.events(EventFilter(seller: seller.id), page: page)
                var records: [ExportRecord] = []
                for event in found { records.append(try await record(of: event, seller.id)) }
                return Self.part(found, records, cursor, \.id.ulid)
            case .deliveries:
                let found = try await store.deliveries(DeliveryFilter(seller: seller.id), page: page)
                var records: [ExportRecord] = []
                for delivery in found { records.append(try await record(of: delivery, seller.id)) }
                return Self.part(found, records, cursor, \.id.ulid)
            case .audit:
                let found = try await store.auditEntries(AuditFilter(seller: seller.id), page: page)
                return Self.part(found, found.map { .audit($0) }, cursor, \.id.ulid)
            case .calls:
                let (found, next) = try await store.calls(CallFilter(seller: seller.id), page: page)
                return (found.map { .call($0) }, next.map { Cursor(section: .calls, after: $0.ulid) })
            }
        } catch let error as StoreError {
            throw Problem(error)
        } catch let error as VaultError {
            throw Problem(error)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.internalError, "The operator has to look.")
        }
    }

    private static func part<Item>(
        _ found: [Item], _ records: [ExportRecord], _ cursor: Cursor, _ id: KeyPath<Item, ULID>
    ) -> (records: [ExportRecord], next: Cursor?) {
        if found.count == pageSize, let last = found.last {
            return (records, Cursor(section: cursor.section, after: last[keyPath: id]))
        }
        return (records, Cursor.Section(rawValue: cursor.section.rawValue + 1).map { Cursor(section: $0, after: nil) })
    }

    private func record(of event: Event, _ seller: SellerID) async throws -> ExportRecord {
        .event(event, body: try await body(of: event, seller), received: try await received(event, seller))
    }

    // Without a line of its own in the audit: the export has one.
    private func record(of delivery: Delivery, _ seller: SellerID) async throws -> ExportRecord {
        var shown: [(attempt: Attempt, excerpt: String?)] = []
        for attempt in try await store.attempts(of: delivery.id) {
            let bytes =
                if let sealed = attempt.excerpt {
                    try await opened(sealed, .answerExcerpt, delivery.id.ulid, seller)
                } else { [UInt8]?.none }
            shown.append((attempt, bytes.map { String(decoding: $0, as: UTF8.self) }))
        }
        return .delivery(delivery, attempts: shown)
    }

    private func body(of event: Event, _ seller: SellerID) async throws -> [UInt8]? {
        guard let body = try await store.body(of: event.id) else { return nil }
        return try await opened(body.sealed, body.purpose, event.id.ulid, seller)
    }

    private func received(_ event: Event, _ seller: SellerID) async throws -> ArrivedNotification? {
        guard let row = event.notification, let sealed = try await store.received(of: event.id) else { return nil }
        return try await opened(sealed, .notification, row.ulid, seller).flatMap { ReceivedForm.notification($0) }
    }

    // One value that does not open must not keep the rest from who it is about.
    private func opened(
        _ sealed: SealedSecret, _ purpose: SealPurpose, _ row: ULID, _ seller: SellerID
    ) async throws(VaultError) -> [UInt8]? {
        do {
            return try await vault.open(sealed, purpose, row: row, owner: .seller(seller)).reveal { $0 }
        } catch .unavailable {
            throw .unavailable
        } catch {
            return nil
        }
    }
}

/// What a shop owner sees of what is linked.
public struct StatusPage: Sendable {
    /// An account that is linked, with whom.
    public struct Entry: Sendable {
        /// The connection.
        public let connection: Connection
        /// The application that it is linked with.
        public let application: Application
    }

    /// The shop.
    public let seller: Seller
    /// What is linked, newest first.
    public let entries: [Entry]
    /// What was asked about by its id, if it is not linked any more.
    public let ended: Entry?
    /// Until when the page can be opened by this address.
    public let expiresAt: Timestamp
}

/// What the address of a status page came to.
public enum StatusResult: Sendable {
    /// It was not made here, or its seller is gone.
    case unknown
    /// Its time is over.
    case expired
    /// The page.
    case page(StatusPage)
}

/// The pages where shop owners see what is linked, and take it back (the integrator sends their address).
public struct StatusLinks: Sendable {
    /// For how long an address may work.
    static let lives = Duration.seconds(300)...Duration.seconds(7 * 86_400)
    /// The most that one page shows.
    static let most = 100

    private let store: any SellerStore & ConnectionStore & AuditStore
    private let applications: Applications
    private let connections: Connections
    private let address: PublicAddress
    private let hashing: KeyedHash
    private let clock: WallClock
    private let changes: ChangeMaker

    /// Takes what it uses.
    public init(
        store: any SellerStore & ConnectionStore & AuditStore, applications: Applications, connections: Connections,
        address: PublicAddress, keyRing: KeyRing, ids: IdentifierSource, clock: WallClock
    ) {
        self.store = store
        self.applications = applications
        self.connections = connections
        self.address = address
        hashing = keyRing.hashing
        self.clock = clock
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Makes an address that shows the seller's connections of the key's mode, and lets whoever has it unlink them.
    ///
    /// - Parameters:
    ///   - seller: Whose page.
    ///   - locale: The page's language; `nil` follows the browser.
    ///   - lifetime: For how long it works: 5 minutes to 7 days.
    ///   - caller: Needs the scope `sellers:admin`, because the page can unlink.
    /// - Returns: The address, known at this moment only, and its end.
    /// - Throws: ``Problem`` with `invalid_request` for another lifetime, `missing_scope`.
    public func create(
        for seller: Seller, locale: PageLocale?, lifetime: Duration, by caller: Caller
    ) async throws(Problem) -> (url: Secret<String>, expiresAt: Timestamp) {
        try caller.require(.sellersAdmin)
        guard Self.lives.contains(lifetime) else {
            throw .invalid("expires_in_seconds", "Give 300 to 604800 seconds.")
        }
        guard seller.state != .erased else { throw .sellerNotFound }
        let end = clock.now + lifetime
        let change = changes.change(
            .statusLinkCreated, subject: seller.id.description, seller: seller.id, status: 201, by: caller)
        do { try await store.add([change]) } catch { throw Problem(error) }
        let ticket = StatusTicket(seller: seller.id, mode: caller.principal.mode, expiresAt: end)
        let language = locale.map { "?lang=\($0.rawValue)" } ?? ""
        return (Secret("\(address.base)/status/\(ticket.text(hashing))\(language)"), end)
    }

    /// What the address with this last part shows; `asked` is a connection that was unlinked on it.
    public func page(ticket text: String, asked: ConnectionID? = nil) async throws(Problem) -> StatusResult {
        guard let ticket = StatusTicket(text, hashing) else { return .unknown }
        guard clock.now < ticket.expiresAt else { return .expired }
        do {
            guard let seller = try await store.seller(.id(ticket.seller)), seller.state != .erased else {
                return .unknown
            }
            let active = Set(Connection.State.allCases.filter(\.isActive))
            let found = try await store.connections(
                ConnectionFilter(seller: seller.id, states: active), page: Page(limit: Self.most))
            var entries: [StatusPage.Entry] = []
            for connection in found {
                if let entry = try await entry(connection, ticket) { entries.append(entry) }
            }
            var ended: StatusPage.Entry?
            if let asked, let connection = try await store.connection(asked), !connection.state.isActive {
                ended = try await entry(connection, ticket)
            }
            return .page(
                StatusPage(seller: seller, entries: entries, ended: ended, expiresAt: ticket.expiresAt))
        } catch {
            throw AccountLinker.problem(error)
        }
    }

    /// Unlinks a connection that the address shows: what stood before at the provider is put back, the tokens go.
    ///
    /// One that is unlinked already stays so; one that the address does not show changes nothing.
    public func unlink(_ id: ConnectionID, ticket text: String) async throws(Problem) -> StatusResult {
        let result = try await page(ticket: text)
        guard case .page(let page) = result, page.entries.contains(where: { $0.connection.id == id }) else {
            return result
        }
        try await connections.revoke(id, by: .statusPage(page.seller.id))
        return try await self.page(ticket: text, asked: id)
    }

    /// A connection as the page shows it; `nil` for another seller's and for one of the other mode.
    private func entry(
        _ connection: Connection, _ ticket: StatusTicket
    ) async throws(Problem) -> StatusPage.Entry? {
        let application = try await applications.application(connection.application)
        guard connection.seller == ticket.seller, application.mode == ticket.mode else { return nil }
        return StatusPage.Entry(connection: connection, application: application)
    }
}

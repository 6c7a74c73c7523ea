/// What asking for a new link came to.
public enum LinkRequestResult: Sendable {
    /// No link has this token.
    case unknown
    /// The link can be used, or a new one was asked for, now or before.
    case done
}

/// Lets shop owners whose link can't be used any more ask the integrator for another one.
public struct LinkRequests: Sendable {
    private let store: any LinkStore
    private let linker: AccountLinker
    private let notices: SellerNotices
    private let changes: ChangeMaker
    private let clock: WallClock
    private let deliveries: Wakeup

    /// Takes what it uses; `deliveries` is rung when there is something to send.
    public init(
        store: any LinkStore, linker: AccountLinker, notices: SellerNotices, ids: IdentifierSource, clock: WallClock,
        deliveries: Wakeup
    ) {
        self.store = store
        self.linker = linker
        self.notices = notices
        self.clock = clock
        self.deliveries = deliveries
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Tells the integrator by `seller.link_requested`, once in the life of a link, however often it is asked.
    ///
    /// Whoever has the link may ask; it learns no more than that.
    public func ask(token: String, request: String) async throws(Problem) -> LinkRequestResult {
        guard let page = try await linker.page(token: token), page.seller.state != .erased else { return .unknown }
        guard page.state != .open, page.link.askedAt == nil else { return .done }
        let change = changes.change(
            .linkRequested, subject: page.link.id.description, seller: page.seller.id, by: .shopOwner(page.link.id),
            request: request)
        let event = try await notices.linkRequested(page)
        do {
            if try await store.ask(page.link.id, at: clock.now, event: event, as: change) { deliveries.ring() }
        } catch {
            throw Problem(error)
        }
        return .done
    }
}

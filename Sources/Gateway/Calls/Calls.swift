/// The call log, as keys see it.
public struct Calls: Sendable {
    private let store: any CallStore

    /// Takes what it uses.
    public init(store: any CallStore) {
        self.store = store
    }

    /// One page of the calls within reach, newest first, and where the next one begins.
    ///
    /// A page may be short and yet not the last: a narrow filter is not allowed to read for minutes.
    public func list(
        _ filter: CallFilter, page: Page, for principal: Principal
    ) async throws(Problem) -> (calls: [CallRecord], next: CallID?) {
        try principal.require(.read)
        var filter = filter
        if let own = principal.seller {
            guard filter.seller.map({ $0 == own }) ?? true else { return ([], nil) }
            filter.seller = own
        }
        do { return try await store.calls(filter, page: page) } catch { throw Problem(error) }
    }
}

extension CallStore {
    /// So many seconds that hold calls are looked through for one page at most.
    private static var mostSeconds: Int { 1_000 }

    /// One page of calls, newest first, and where the next one begins; `nil` at the end.
    func calls(
        _ filter: CallFilter, page: Page
    ) async throws(StoreError) -> (calls: [CallRecord], next: CallID?) {
        var found: [CallRecord] = []
        var last = Swift.min(page.after?.second ?? .max, filter.until?.second ?? .max)
        for _ in 0..<Self.mostSeconds {
            let blocks = try await newestCalls(
                of: filter.seller, atOrBefore: last, since: filter.since?.second ?? .min)
            guard let second = blocks.first?.second else { return (found, nil) }
            // A block that can't be read hides nothing but itself.
            let calls = blocks.flatMap { $0.calls() ?? [] }
                .filter { call in filter.includes(call) && page.after.map { call.id.ulid < $0 } ?? true }
                .sorted { $0.id > $1.id }
            found += calls.prefix(page.limit - found.count)
            if found.count == page.limit { return (found, found.last?.id) }
            last = second - 1
        }
        // Names no call, only where the next page begins.
        return (found, CallID(ULID(at: Timestamp(milliseconds: (last + 1) * 1000), chance: (0, 0))))
    }
}

/// Which calls a list shows; `nil` does not narrow it.
public struct CallFilter: Hashable, Sendable {
    /// Only this seller's.
    public var seller: SellerID?
    /// Only those made with this key.
    public var key: APIKeyID?
    /// Only those that were answered with this status.
    public var status: Int?
    /// Only those that began at this time or later.
    public var since: Timestamp?
    /// Only those that began before this time.
    public var until: Timestamp?

    /// Narrows nothing until told.
    public init(
        seller: SellerID? = nil, key: APIKeyID? = nil, status: Int? = nil, since: Timestamp? = nil,
        until: Timestamp? = nil
    ) {
        self.seller = seller
        self.key = key
        self.status = status
        self.since = since
        self.until = until
    }

    func includes(_ call: CallRecord) -> Bool {
        (seller.map { $0 == call.seller } ?? true) && (key.map { $0 == call.key } ?? true)
            && (status.map { $0 == call.status } ?? true) && (since.map { call.startedAt >= $0 } ?? true)
            && (until.map { call.startedAt < $0 } ?? true)
    }
}

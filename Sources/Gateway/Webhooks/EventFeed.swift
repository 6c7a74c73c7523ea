import Synchronization

/// A seller's events for those who can't be called: a till behind a router asks, and waits for an answer.
///
/// The same events, bodies and order as an endpoint of the seller gets, from where its reader was; whoever comes back
/// asks for what follows the last one that it has dealt with, so that none is missed.
public struct EventFeed: Sendable {
    /// Where a reader was.
    public enum Start: Hashable, Sendable {
        /// Before everything that is kept.
        case oldest
        /// Behind this event.
        case after(EventID)
        /// Behind everything there is.
        case newest
    }

    /// What a reader gets.
    public struct Batch: Sendable {
        /// Events with their bodies, oldest first.
        public let entries: [(event: Event, body: [UInt8])]
        /// Where the reader is now; `nil` before the seller's first event.
        public let position: EventID?
    }

    /// The longest wait for an event, below what proxies and load balancers take for a dead connection.
    public static let longestWait = Duration.seconds(25)
    /// Arrivals wake a reader; this backs it, for what did not come as a notification.
    static let pollInterval = Duration.seconds(1)

    private let store: any EventStore & AuditStore
    private let vault: Vault
    private let changes: ChangeMaker
    private let arrivals: Arrivals
    private let clock: WallClock
    private let sleeper: any Clock<Duration>

    /// Takes what it uses; `sleeper` is what it waits by.
    public init(
        store: any EventStore & AuditStore, vault: Vault, arrivals: Arrivals, ids: IdentifierSource, clock: WallClock,
        sleeper: any Clock<Duration>
    ) {
        self.store = store
        self.vault = vault
        self.arrivals = arrivals
        self.clock = clock
        self.sleeper = sleeper
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// What follows, waiting for it where there is nothing yet; reading leaves an audit line (invariant 5).
    ///
    /// - Parameters:
    ///   - seller: Whose events.
    ///   - start: Where the reader was.
    ///   - limit: At most so many.
    ///   - wait: For how long an empty answer is held back, ``longestWait`` at most.
    ///   - isEnding: Whether waiting has become pointless, as when the gateway stops.
    ///   - caller: Who reads.
    /// - Returns: What there is.
    /// - Throws: ``Problem/Code/eventNotFound`` where `start` names no event of the seller.
    public func next(
        of seller: SellerID, from start: Start, limit: Int, wait: Duration, isEnding: @Sendable () -> Bool,
        by caller: Caller
    ) async throws(Problem) -> Batch {
        try caller.require(.read)
        guard start != .newest else {
            do { return Batch(entries: [], position: try await store.newestEvent(of: seller)) } catch {
                throw Problem(error)
            }
        }
        var after: EventID?
        if case .after(let id) = start { after = id }
        var left = min(wait, Self.longestWait)
        while true {
            // Asked for before the store is read, so that nothing comes in between unheard.
            let arrival = arrivals.expect(seller)
            let entries = try await read(seller, after, limit)
            guard entries.isEmpty, left > .zero, !isEnding(), !Task.isCancelled else {
                arrivals.forget(arrival)
                return try await opened(entries, after, caller)
            }
            let slice = min(left, Self.pollInterval)
            await arrivals.wait(for: arrival, atMost: slice, sleeper)
            left -= slice
        }
    }

    private func read(_ seller: SellerID, _ after: EventID?, _ limit: Int) async throws(Problem) -> [FeedEntry] {
        do {
            return try await store.feed(of: seller, after: after, limit: limit, at: clock.now)
        } catch .notFound {
            throw Problem(.eventNotFound, "There is no such event of this seller. Begin anew without `after`.")
        } catch .conflict(rule: .payloadForgotten) {
            throw Problem(
                .payloadForgotten, "What came next is no longer kept. Begin anew without `after`, with what is.")
        } catch { throw Problem(error) }
    }

    private func opened(
        _ entries: [FeedEntry], _ after: EventID?, _ caller: Caller
    ) async throws(Problem) -> Batch {
        guard let last = entries.last else { return Batch(entries: [], position: after) }
        do {
            var opened: [(event: Event, body: [UInt8])] = []
            for entry in entries {
                let owner = entry.event.seller.map { DataKeyOwner.seller($0) } ?? .installation
                let body = try await vault.open(
                    entry.body.sealed, entry.body.purpose, row: entry.event.id.ulid, owner: owner)
                opened.append((entry.event, body.reveal { $0 }))
            }
            try await store.add(
                changes.change(
                    .payloadRead, subject: last.event.id.description, seller: last.event.seller, by: caller
                ).audit)
            return Batch(entries: opened, position: last.event.id)
        } catch let error as StoreError {
            throw Problem(error)
        } catch let error as VaultError {
            throw Problem(error)
        } catch {
            throw Problem(.internalError, "The operator has to look.")
        }
    }
}

/// Wakes whoever waits for a seller's next event.
public final class Arrivals: Sendable {
    /// Somebody's wait.
    final class Arrival: Sendable {
        let seller: SellerID
        let wakeup = Wakeup()

        init(_ seller: SellerID) { self.seller = seller }
    }

    private let waiting = Mutex<[SellerID: [ObjectIdentifier: Arrival]]>([:])

    /// Nobody waits yet.
    public init() {}

    /// Tells those who wait that a seller has another event.
    public func ring(_ seller: SellerID) {
        let arrivals = waiting.withLock { $0[seller].map { Array($0.values) } ?? [] }
        for arrival in arrivals { arrival.wakeup.ring() }
    }

    func expect(_ seller: SellerID) -> Arrival {
        let arrival = Arrival(seller)
        waiting.withLock { $0[seller, default: [:]][ObjectIdentifier(arrival)] = arrival }
        return arrival
    }

    func forget(_ arrival: Arrival) {
        waiting.withLock { waiting in
            waiting[arrival.seller]?[ObjectIdentifier(arrival)] = nil
            if waiting[arrival.seller]?.isEmpty ?? false { waiting[arrival.seller] = nil }
        }
    }

    /// Returns once it rang or the time is over; it is forgotten then.
    func wait(for arrival: Arrival, atMost longest: Duration, _ clock: any Clock<Duration>) async {
        await arrival.wakeup.wait(atMost: longest, clock)
        forget(arrival)
    }
}

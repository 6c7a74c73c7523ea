import Synchronization

/// The proxy's limits and its breaker: who may go upstream now, and what came of those who did.
///
/// One lock around small state: a call takes it once when it goes and once when it has ended, and in the steady state
/// nothing is allocated under it. Pauses count for the seller, because the provider says nowhere what its own limit
/// goes by (REF §5). Times are nanoseconds of ``MonotonicClock``.
final class ProxyTraffic: Sendable {
    /// Why a call may not go now, and for how long.
    enum Refusal: Error, Equatable, Sendable {
        case sellerRate(Int64)
        case applicationRate(Int64)
        case polling(Int64)
        case paused(Int64)
        case unreachable(Int64)
        case tooManyAtOnce, full
    }

    /// What a call that went has to give back.
    struct Place: Sendable {
        fileprivate let number: Int
        fileprivate let pass: UpstreamBreaker.Pass
    }

    private struct State {
        var sellers: SellerTraffic
        // As many as there are applications with linked sellers.
        var applications: [ApplicationID: TokenBucket] = [:]
        var breaker = UpstreamBreaker()
        var repeats = RepeatBudget()
    }

    private let limits: ProxyLimits
    private let state: Mutex<State>

    init(_ limits: ProxyLimits, mostSellers: Int = SellerTraffic.limit) {
        self.limits = limits
        state = Mutex(State(sellers: SellerTraffic(limit: mostSellers)))
    }

    /// Lets a call go and takes what it uses up, or takes nothing.
    func enter(
        seller: SellerID, application: ApplicationID, isPoll: Bool, at now: Int64
    ) throws(Refusal) -> Place {
        try state.withLock { state throws(Refusal) in
            let closed = state.breaker.wait(at: now)
            guard closed == 0 else { throw .unreachable(closed) }
            guard let number = state.sellers.place(of: seller, at: now) else { throw .full }
            try check(state.sellers.entries[number], isPoll: isPoll, at: now)
            let wait = state.applications[application, default: TokenBucket()].wait(limits.application, at: now)
            guard wait == 0 else { throw .applicationRate(wait) }
            state.applications[application, default: TokenBucket()].take(limits.application, at: now)
            state.sellers.entries[number].bucket.take(limits.seller, at: now)
            state.sellers.entries[number].inHand += 1
            state.repeats.earn()
            if isPoll { state.sellers.entries[number].nextPollAt = now + SellerTraffic.pollInterval }
            return Place(number: number, pass: state.breaker.pass(at: now))
        }
    }

    /// Whether a call may be sent once more just now; takes that from the budget.
    func takeRepeat() -> Bool { state.withLock { $0.repeats.take() } }

    private func check(_ entry: SellerTraffic.Entry, isPoll: Bool, at now: Int64) throws(Refusal) {
        let pause = entry.pause(at: now)
        guard pause == 0 else { throw .paused(pause) }
        guard entry.inHand < limits.sellerConcurrency else { throw .tooManyAtOnce }
        if isPoll {
            let wait = entry.pollWait(at: now)
            guard wait == 0 else { throw .polling(wait) }
        }
        let wait = entry.bucket.wait(limits.seller, at: now)
        guard wait == 0 else { throw .sellerRate(wait) }
    }

    /// Gives a call's place back and learns from how it ended; tells when the breaker opened or closed.
    func leave(_ place: Place, _ outcome: ProxyOutcome, at now: Int64) -> UpstreamBreaker.Change? {
        state.withLock { state in
            // An entry with a call in hand is nobody else's, so that its number still means the same seller.
            state.sellers.entries[place.number].inHand -= 1
            if case .answered(429, let wait) = outcome {
                let length = min(
                    max(wait?.nanoseconds ?? 0, SellerTraffic.shortestPause), SellerTraffic.longestPause)
                let end = max(state.sellers.entries[place.number].pausedUntil, now + length)
                state.sellers.entries[place.number].pausedUntil = end
            }
            return state.breaker.ended(place.pass, outcome, at: now)
        }
    }
}

extension ProxyTraffic.Refusal {
    /// What the caller is told.
    var problem: Problem {
        switch self {
        case .sellerRate(let wait):
            Problem(
                .rateLimited, "This seller's calls come faster than the gateway lets them.",
                retryAfter: Self.seconds(wait))
        case .applicationRate(let wait):
            Problem(
                .rateLimited, "The calls of all of the application's sellers come faster than the gateway lets them.",
                retryAfter: Self.seconds(wait))
        case .polling(let wait):
            Problem(
                .rateLimited,
                "The provider allows this call once a second for each seller. Let its notifications tell you instead.",
                retryAfter: Self.seconds(wait))
        case .tooManyAtOnce:
            Problem(
                .rateLimited, "This seller has as many calls under way as it may have. Wait for one to end.",
                retryAfter: .seconds(1))
        case .paused(let wait):
            Problem(
                .upstreamLimited, "The provider has asked for a pause for this seller. Nothing was sent.",
                retryAfter: Self.seconds(wait))
        case .unreachable(let wait):
            Problem(
                .upstreamUnreachable, "The provider can't be reached at present. Nothing was sent; try again.",
                extra: ["reason": Problem.circuitOpen], retryAfter: Self.seconds(wait))
        case .full: Problem(.overloaded, "Too many sellers call at one time.", retryAfter: .seconds(1))
        }
    }

    // Rounded up: whoever comes back at that second must not be too early.
    private static func seconds(_ nanoseconds: Int64) -> Duration {
        .seconds((nanoseconds + 999_999_999) / 1_000_000_000)
    }
}

extension Problem {
    /// The `reason` of ``Code/upstreamUnreachable`` for calls that are not even tried for the moment.
    public static let circuitOpen = "circuit_open"
}

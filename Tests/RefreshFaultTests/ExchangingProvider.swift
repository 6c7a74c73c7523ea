import Gateway
import Synchronization

/// A provider that gives a new pair for each code, with a fault for the next exchange and the next look at an account.
final class ExchangingProvider: Sendable {
    /// What happens to an exchange.
    enum Fault: Sendable {
        /// A new pair comes.
        case none
        /// The pair was made and the answer is lost.
        case lostAfter
        /// The gateway's process dies before the answer reaches it.
        case dies
        /// The database refuses the answer.
        case storeRefuses
    }

    private struct State {
        var fault = Fault.none
        var isUnreadable = false
        var isHoldingRefreshes = false
        var pairs = 1
        var exchanges = 0
        var refreshes = 0
        var living: Set<String> = ["access-1"]
        var hung: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let signals = AsyncStream.makeStream(of: Void.self)
    private let refuseWrites: @Sendable () async throws -> Void
    let user = UpstreamUserID(rawValue: 42)!

    init(refuseWrites: @escaping @Sendable () async throws -> Void) { self.refuseWrites = refuseWrites }

    /// How many codes were posted.
    var exchanges: Int { state.withLock { $0.exchanges } }
    /// How many pairs were made; the newest one's tokens end in this number.
    var pairs: Int { state.withLock { $0.pairs } }

    /// Says what happens to the next exchanges.
    func plan(_ fault: Fault) { state.withLock { $0.fault = fault } }

    /// Says whether an account can be read.
    func readsAccounts(_ reads: Bool) { state.withLock { $0.isUnreadable = !reads } }

    /// Says whether a refresh waits for ``release()``.
    func holdsRefreshes(_ holds: Bool) { state.withLock { $0.isHoldingRefreshes = holds } }

    /// Waits until a call hangs.
    func hanging() async { for await _ in signals.stream { return } }

    /// Lets the calls that hang end.
    func release() {
        let hung = state.withLock { state in
            defer { state.hung = [] }
            return state.hung
        }
        for one in hung { one.resume() }
    }

    private func hang() async {
        await withCheckedContinuation { continuation in
            state.withLock { $0.hung.append(continuation) }
            signals.continuation.yield()
        }
    }

    // Whoever gets a new pair of an account ends its older ones, the worst that REF leaves open.
    private func newPair() -> TokenGrant {
        let number = state.withLock { state in
            state.pairs += 1
            state.living = ["access-\(state.pairs)"]
            return state.pairs
        }
        return TokenGrant(
            access: Secret("access-\(number)"), refresh: Secret("refresh-\(number)"), lifetime: .seconds(180 * 86_400),
            scopes: ["offline_access"], user: user, liveMode: true)
    }
}

extension ExchangingProvider: UpstreamOAuth {
    func authorizationURL(for request: AuthorizationRequest) -> String { request.state.reveal { $0 } }

    func exchange(_ exchange: CodeExchange, as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        let fault = state.withLock { state in
            state.exchanges += 1
            return state.fault
        }
        let grant = newPair()
        switch fault {
        case .none: break
        case .lostAfter: throw .unanswered(status: 502)
        case .dies:
            await hang()
            throw .unanswered(status: nil)
        case .storeRefuses: do { try await refuseWrites() } catch { throw .unanswered(status: nil) }
        }
        return grant
    }

    func refresh(_ token: Secret<String>, as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        let (holds, isNewest) = state.withLock { state in
            state.refreshes += 1
            return (state.isHoldingRefreshes, token.reveal { $0 } == "refresh-\(state.pairs)")
        }
        if holds { await hang() }
        guard isNewest else { throw .refused(code: "invalid_grant", status: 400) }
        return newPair()
    }

    func clientCredentials(as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        throw .refused(code: "invalid_request", status: 400)
    }
}

extension ExchangingProvider: UpstreamAccounts {
    func account(with token: Secret<String>) async throws(UpstreamError) -> UpstreamAccount {
        let (isUnreadable, lives) = state.withLock { state in
            (state.isUnreadable, state.living.contains(token.reveal { $0 }))
        }
        guard !isUnreadable else { throw .unanswered(status: 502) }
        guard lives else { throw .unauthorized }
        return UpstreamAccount(user: user, nickname: "TIENDA", email: nil, site: SiteID("MLA")!, isTestUser: false)
    }

    func createTestUser(site: SiteID, with token: Secret<String>) async throws(UpstreamError) -> NewTestUser {
        throw .unauthorized
    }
}

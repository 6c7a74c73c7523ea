import Gateway
import Synchronization

/// A provider whose refresh tokens are single use, with a ledger of its own and a fault for each post.
final class RotatingProvider: Sendable {
    /// What happens to one post.
    enum Fault: CaseIterable, Sendable {
        /// Nothing: the pair is rotated and answered.
        case none
        /// 429, in plain text.
        case limited
        /// The connection failed before anything was written.
        case notWritten
        /// 502 before the pair was rotated.
        case errorBefore
        /// 502, or a cut, after the pair was rotated.
        case lostAfter
        /// The gateway's process dies after the pair was rotated.
        case dies
        /// The database refuses the answer.
        case storeRefuses
        /// The database refuses the answer, and the process dies before it does again.
        case storeRefusesAndDies
    }

    /// What the provider does with old tokens; REF marks both as unconfirmed.
    struct Knobs: Sendable {
        var revokesOldAccess: Bool
        var reuseRevokesGrant: Bool
    }

    /// How a demand ended.
    enum Outcome: Sendable {
        case answered, died
    }

    /// What is true at the provider.
    struct Ledger: Sendable {
        var refresh: String?
        var access: Set<String>
        /// The refresh token of the newest answer that reached a living gateway.
        var delivered: String?
        var posts = 0
        var generation = 1
    }

    private struct State {
        var ledger: Ledger
        var faults: [Fault] = []
        var hung: [CheckedContinuation<Void, Never>] = []
    }

    let user = UpstreamUserID(rawValue: 42)!
    private let knobs: Knobs
    private let state: Mutex<State>
    private let outcomes = AsyncStream.makeStream(of: Outcome.self)
    /// Called when the database is to refuse what comes next.
    private let refuseWrites: @Sendable () async throws -> Void

    init(_ knobs: Knobs, refuseWrites: @escaping @Sendable () async throws -> Void) {
        self.knobs = knobs
        self.refuseWrites = refuseWrites
        state = Mutex(State(ledger: Ledger(refresh: "refresh-1", access: ["access-1"], delivered: "refresh-1")))
    }

    var ledger: Ledger { state.withLock { $0.ledger } }

    /// Says what happens to the next posts.
    func plan(_ faults: [Fault]) { state.withLock { $0.faults = faults } }

    /// Says that a demand was answered.
    func noteAnswer() { outcomes.continuation.yield(.answered) }

    /// Waits until a demand was answered, or its process has to die.
    func outcome() async -> Outcome {
        for await outcome in outcomes.stream { return outcome }
        return .died
    }

    /// Lets the calls of dead processes end.
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
            outcomes.continuation.yield(.died)
        }
    }
}

extension RotatingProvider: UpstreamOAuth {
    func refresh(_ token: Secret<String>, as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        let token = token.reveal { $0 }
        let (fault, pair) = state.withLock { state -> (Fault, Int?) in
            state.ledger.posts += 1
            let fault = state.faults.isEmpty ? .none : state.faults.removeFirst()
            if [.limited, .notWritten, .errorBefore].contains(fault) { return (fault, nil) }
            return (fault, rotate(&state.ledger, token))
        }
        switch fault {
        case .limited: throw .limited(retryAfter: nil)
        case .notWritten: throw .notWritten(reason: .connect)
        case .errorBefore: throw .unanswered(status: 502)
        case .none, .lostAfter, .dies, .storeRefuses, .storeRefusesAndDies: break
        }
        guard let pair else { throw .refused(code: "invalid_grant", status: 400) }
        switch fault {
        case .dies:
            await hang()
            throw .unanswered(status: nil)
        case .lostAfter: throw .unanswered(status: 502)
        case .storeRefuses, .storeRefusesAndDies:
            do { try await refuseWrites() } catch { throw .unanswered(status: nil) }
        case .none, .limited, .notWritten, .errorBefore: break
        }
        state.withLock { $0.ledger.delivered = "refresh-\(pair)" }
        return TokenGrant(
            access: Secret("access-\(pair)"), refresh: Secret("refresh-\(pair)"), lifetime: .seconds(180 * 86_400),
            scopes: [], user: user, liveMode: nil)
    }

    // The number of the new pair; `nil` where the token is not the newest.
    private func rotate(_ ledger: inout Ledger, _ token: String) -> Int? {
        guard token == ledger.refresh else {
            if knobs.reuseRevokesGrant {
                ledger.refresh = nil
                ledger.access = []
            }
            return nil
        }
        ledger.generation += 1
        ledger.refresh = "refresh-\(ledger.generation)"
        if knobs.revokesOldAccess { ledger.access = [] }
        ledger.access.insert("access-\(ledger.generation)")
        return ledger.generation
    }

    func authorizationURL(for request: AuthorizationRequest) -> String { "" }

    func exchange(_ exchange: CodeExchange, as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        throw .refused(code: "invalid_request", status: 400)
    }

    func clientCredentials(as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        throw .refused(code: "invalid_request", status: 400)
    }
}

extension RotatingProvider: UpstreamAccounts {
    func account(with token: Secret<String>) async throws(UpstreamError) -> UpstreamAccount {
        guard state.withLock({ $0.ledger.access.contains(token.reveal { $0 }) }) else { throw .unauthorized }
        return UpstreamAccount(user: user, nickname: "TIENDA", email: nil, site: SiteID("MLA")!, isTestUser: false)
    }

    func createTestUser(site: SiteID, with token: Secret<String>) async throws(UpstreamError) -> NewTestUser {
        throw .unauthorized
    }
}

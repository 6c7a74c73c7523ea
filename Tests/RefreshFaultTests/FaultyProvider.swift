import Gateway
import Synchronization
import UpstreamMercadoPago

@testable import enlace

/// The product's own way to the sandbox, with a planned fault for each post of one account's refresh token.
final class FaultyProvider: Sendable {
    /// What happens to one post.
    enum Fault: CaseIterable, Sendable {
        case none
        /// 429, in plain text.
        case limited
        /// Nobody listens, so nothing is written.
        case notWritten
        /// 502 before the pair was rotated, and after.
        case errorBefore, errorAfter
        /// A cut before the pair was rotated, and after.
        case cutBefore, cutAfter
        /// Half a document, a redirect, after the pair was rotated.
        case malformed, redirected
        /// The gateway's process dies when the post has arrived, or when the pair was rotated.
        case diesBefore, diesAfter
        /// The database refuses the answer.
        case storeRefuses
        /// The database refuses the answer, and the process dies before it does again.
        case storeRefusesAndDies

        /// Whether the call never ends for the process that makes it.
        var hangs: Bool { self == .diesBefore || self == .diesAfter }
    }

    /// What a demand came to.
    enum Outcome: Sendable {
        case answered, hangs
    }

    private struct State {
        var planned: [Fault] = []
        var struck: [Fault] = []
    }

    private let sandbox: LiveSandbox
    private let user: UpstreamUserID
    private let state = Mutex(State())
    private let outcomes = AsyncStream.makeStream(of: Outcome.self)
    private let refuseWrites: @Sendable () async throws -> Void

    /// Takes what makes the database refuse what comes next.
    init(_ sandbox: LiveSandbox, of user: UpstreamUserID, refuseWrites: @escaping @Sendable () async throws -> Void) {
        self.sandbox = sandbox
        self.user = user
        self.refuseWrites = refuseWrites
    }

    /// The faults that struck a post.
    var struck: [Fault] { state.withLock { $0.struck } }

    /// Says what happens to the next posts.
    func plan(_ faults: [Fault]) { state.withLock { $0.planned = faults } }

    /// Says that a demand was answered.
    func noteAnswer() { outcomes.continuation.yield(.answered) }

    /// Waits until a demand was answered, or its call hangs at the sandbox.
    func outcome() async throws -> Outcome {
        for await outcome in outcomes.stream {
            if outcome == .hangs { try await sandbox.waitUntilHeld(struck.count(where: \.hangs), of: user) }
            return outcome
        }
        throw CancellationError()
    }

    /// Ends the calls of dead processes.
    func release() async throws { try await sandbox.release(user, cutting: true) }

    private func next() -> Fault {
        state.withLock { state in
            let fault = state.planned.isEmpty ? .none : state.planned.removeFirst()
            if fault != .none { state.struck.append(fault) }
            return fault
        }
    }

    private func arm(_ fault: Fault) async throws {
        switch fault {
        case .none, .notWritten, .storeRefuses, .storeRefusesAndDies: break
        case .limited: try await sandbox.arm(["fault": "plain429"], of: user)
        case .errorBefore: try await sandbox.arm(["fault": "html502"], of: user)
        case .errorAfter: try await sandbox.arm(["fault": "html502", "after": true], of: user)
        case .cutBefore: try await sandbox.arm(["fault": "drop"], of: user)
        case .cutAfter: try await sandbox.arm(["fault": "drop_after"], of: user)
        case .malformed: try await sandbox.arm(["fault": "bad_json", "after": true], of: user)
        case .redirected: try await sandbox.arm(["fault": "redirect", "after": true], of: user)
        case .diesBefore: try await sandbox.arm(["fault": "hold"], of: user)
        case .diesAfter: try await sandbox.arm(["fault": "hold", "after": true], of: user)
        }
    }
}

extension FaultyProvider: UpstreamOAuth {
    func refresh(_ token: Secret<String>, as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        let fault = next()
        do { try await arm(fault) } catch { fatalError("the sandbox takes no fault: \(error)") }
        if fault == .notWritten { return try await sandbox.unreachable.refresh(token, as: client) }
        if fault.hangs { outcomes.continuation.yield(.hangs) }
        let grant = try await sandbox.provider.refresh(token, as: client)
        if fault == .storeRefuses || fault == .storeRefusesAndDies {
            do { try await refuseWrites() } catch { throw .unanswered(status: nil) }
        }
        return grant
    }

    func authorizationURL(for request: AuthorizationRequest) -> String {
        sandbox.provider.authorizationURL(for: request)
    }

    func exchange(_ exchange: CodeExchange, as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        try await sandbox.provider.exchange(exchange, as: client)
    }

    func clientCredentials(as client: ClientCredentials) async throws(UpstreamError) -> TokenGrant {
        try await sandbox.provider.clientCredentials(as: client)
    }
}

extension FaultyProvider: UpstreamAccounts {
    func account(with token: Secret<String>) async throws(UpstreamError) -> UpstreamAccount {
        try await sandbox.provider.account(with: token)
    }

    func createTestUser(site: SiteID, with token: Secret<String>) async throws(UpstreamError) -> NewTestUser {
        try await sandbox.provider.createTestUser(site: site, with: token)
    }
}

import Synchronization

/// Decides what a 401 of the provider means, and renews the token where it is that which was refused.
///
/// At most one renewal a call, and one a connection within a minute: a provider that refuses every token must not be
/// asked for one by every call. Source: REF §6 #10, SEC C4.10.
public struct ProxyRenewal: Sendable {
    /// For how long a pair that was renewed for this reason is not renewed again.
    static let pause = Duration.seconds(60)
    /// Most renewals that are remembered; beyond it the memory starts anew.
    static let limit = 10_000
    /// The longest refusal that is read, in bytes; its words are short.
    public static let longestRefusal = 16 << 10

    private let directory: ProxyDirectory
    private let clock: WallClock
    private let monotonic: MonotonicClock
    private let isTokenRefused: @Sendable (_ status: Int, _ body: [UInt8]) -> Bool
    private let renew: @Sendable (ConnectionID, _ generation: Int) async throws(Problem) -> AccessToken
    private let memory = Memory()

    /// Takes the refresher and what reads the provider's refusals.
    public init(
        refresher: TokenRefresher, directory: ProxyDirectory, clock: WallClock, monotonic: MonotonicClock,
        isTokenRefused: @escaping @Sendable (_ status: Int, _ body: [UInt8]) -> Bool
    ) {
        self.init(
            directory: directory, clock: clock, monotonic: monotonic, isTokenRefused: isTokenRefused
        ) { connection, generation async throws(Problem) in
            try await refresher.renewed(connection, ifGeneration: generation, .use, isRefused: true)
        }
    }

    init(
        directory: ProxyDirectory, clock: WallClock, monotonic: MonotonicClock,
        isTokenRefused: @escaping @Sendable (_ status: Int, _ body: [UInt8]) -> Bool,
        renew: @escaping @Sendable (ConnectionID, _ generation: Int) async throws(Problem) -> AccessToken
    ) {
        self.directory = directory
        self.clock = clock
        self.monotonic = monotonic
        self.isTokenRefused = isTokenRefused
        self.renew = renew
    }

    /// Whether the call should be decided and sent once more, now that there is another token.
    ///
    /// A call that must not be repeated has its token renewed all the same, for the next one. Call it after
    /// ``ProxyPolicy/ended(_:_:)``, and for a call's first answer only.
    ///
    /// - Parameters:
    ///   - forward: What was sent.
    ///   - status: What came; only 401 is ever worth it.
    ///   - body: The answer's body, whole.
    /// - Returns: `true` at most once a call, as long as it is asked about the first answer only.
    public func isWorthRetrying(_ forward: ProxyForward, status: Int, body: [UInt8]) async -> Bool {
        guard status == 401, body.count <= Self.longestRefusal, isTokenRefused(status, body) else { return false }
        // Somebody else has renewed it meanwhile.
        if let kept = directory.token(forward.connection, at: clock.now),
            kept.generation != forward.tokenGeneration
        {
            return forward.isReplaySafe
        }
        guard memory.mayRenew(forward.connection, after: forward.tokenGeneration, at: monotonic.now) else {
            return false
        }
        do {
            let token = try await renew(forward.connection, forward.tokenGeneration)
            guard token.generation != forward.tokenGeneration else { return false }
            memory.note(forward.connection, token.generation, at: monotonic.now)
            return forward.isReplaySafe
        } catch {
            // The refresher has said what it has to say; the caller gets the provider's own answer.
            return false
        }
    }

    private final class Memory: Sendable {
        private let renewals = Mutex<[ConnectionID: (generation: Int, at: Duration)]>([:])

        func mayRenew(_ connection: ConnectionID, after generation: Int, at moment: Duration) -> Bool {
            renewals.withLock { renewals in
                guard let last = renewals[connection], last.generation == generation else { return true }
                return moment < last.at || moment >= last.at + pause
            }
        }

        func note(_ connection: ConnectionID, _ generation: Int, at moment: Duration) {
            renewals.withLock { renewals in
                if renewals.count >= limit { renewals = [:] }
                renewals[connection] = (generation, moment)
            }
        }
    }
}

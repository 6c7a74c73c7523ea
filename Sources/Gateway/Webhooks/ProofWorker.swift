public import Logging
import Metrics
public import ServiceLifecycle

/// Asks the provider about what its notifications say of money, before receivers are told (DESIGN §9).
///
/// No notification's body is signed, so that whoever knows a path, or has seen a signature, could make a till hand out
/// goods. What is told has been read with the seller's own token, or says that it has not.
public struct ProofWorker: Service {
    /// Most questions under way at once.
    static let concurrency = 64
    /// For how long one question may take: what is told after that is told without proof.
    static let deadline = Duration.seconds(4)
    /// From when on somebody else asks, if whoever took it went away.
    static let lease = Duration.seconds(30)
    /// The wake-up is only a hint; this backs it.
    static let pollInterval = Duration.seconds(1)

    /// Rings when there is something to ask.
    public let wakeup: Wakeup
    private let store: any ProofStore
    private let resources: any UpstreamResources
    private let refresher: TokenRefresher
    private let vault: Vault
    private let notices: SellerNotices
    private let pace: ProofPace
    private let deliveries: Wakeup
    private let arrivals: Arrivals
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Takes what it uses; `deliveries` and `arrivals` ring when receivers may be told, `clock` is what it sleeps by.
    public init(
        store: any ProofStore, resources: any UpstreamResources, refresher: TokenRefresher, vault: Vault,
        notices: SellerNotices, wakeup: Wakeup, deliveries: Wakeup, arrivals: Arrivals, wallClock: WallClock,
        clock: any Clock<Duration>, logger: Logger
    ) {
        self.store = store
        self.resources = resources
        self.refresher = refresher
        self.vault = vault
        self.notices = notices
        self.wakeup = wakeup
        self.deliveries = deliveries
        self.arrivals = arrivals
        self.wallClock = wallClock
        self.clock = clock
        self.logger = logger
        pace = ProofPace()
    }

    /// Asks until shutdown, then finishes what is in hand.
    public func run() async throws {
        let underWay = InFlight()
        await withDiscardingTaskGroup { group in
            while !Task.isShuttingDownGracefully, !Task.isCancelled {
                let free = Self.concurrency - underWay.count
                let wait = await timeToNext()
                let taken = free > 0 && wait <= .zero ? await take(free) : []
                for proof in taken {
                    underWay.add(1)
                    group.addTask {
                        await prove(proof)
                        underWay.add(-1)
                        wakeup.ring()
                    }
                }
                guard taken.isEmpty else { continue }
                // With all places taken the end of one of them rings.
                let pause = free > 0 && wait > .zero ? min(wait, Self.pollInterval) : Self.pollInterval
                await cancelWhenGracefulShutdown { await wakeup.wait(atMost: pause, clock) }
            }
        }
    }

    private func timeToNext() async -> Duration {
        do {
            return try await store.nextProof().map { $0 - wallClock.now } ?? Self.pollInterval
        } catch {
            logger.note("Nothing looked up: the store does not answer", at: .error)
            return Self.pollInterval
        }
    }

    private func take(_ free: Int) async -> [OpenProof] {
        let now = wallClock.now
        do {
            return try await store.takeProofs(at: now, lease: now + Self.lease, limit: free)
        } catch {
            logger.note("Nothing looked up: the store does not answer", at: .error)
            return []
        }
    }

    private func prove(_ proof: OpenProof) async {
        let pause = resources.pause(after: proof.subject.topic)
        if let wait = pace.take(proof.seller, pause: pause, at: wallClock.now) {
            return await postpone(proof, wait)
        }
        let (finding, expanded) = await ask(proof)
        let now = wallClock.now
        let machine = ProofMachine(
            isClaim: proof.isClaim, isDisputed: proof.isDisputed, isAwaited: proof.isAwaited, tries: proof.tries,
            age: now - proof.since)
        let verdict = machine.verdict(on: finding)
        do {
            let outcome: ProofOutcome
            switch verdict {
            case .fetched:
                // Found and not to be sealed: ours, so that it is tried again.
                outcome = expanded.map { .fetched(expanded: $0) } ?? .again(at: now + Self.lease)
            case .unproved: outcome = .unproved
            case .again(let wait): outcome = .again(at: now + wait)
            case .disputed(let wait): outcome = .disputed(again: now + wait)
            case .contradicted: outcome = .contradicted(alarm: try await notices.contradicted(proof))
            }
            if try await store.settle(proof, outcome, at: now) { deliveries.ring() }
            arrivals.ring(proof.seller)
            note(verdict, of: proof)
        } catch {
            // Its lease ends, and it is asked again.
            logger.note("Proof not recorded", at: .error, [.event: proof.event])
        }
    }

    /// It was not asked: that counts for nothing.
    private func postpone(_ proof: OpenProof, _ wait: Duration) async {
        do {
            _ = try await store.settle(proof, .postponed(until: wallClock.now + wait), at: wallClock.now)
        } catch {
            logger.note("Proof not recorded", at: .error, [.event: proof.event])
        }
    }

    private func ask(_ proof: OpenProof) async -> (ProofMachine.Finding, SealedSecret?) {
        do {
            let token = try await refresher.token(of: proof.connection).value
            switch try await within(Self.deadline, { try await resources.evidence(on: proof.subject, with: token) }) {
            case .fetched(let resource): return (.fetched, try await expanded(proof, by: resource))
            case .absent: return (.absent, nil)
            case .contradicted(let word):
                logger.note(
                    "The provider says otherwise", at: .warning, [.event: proof.event, .state: word])
                return (.contradicted, nil)
            }
        } catch UpstreamError.limited(let wait) {
            pace.pause(proof.seller, for: wait ?? ProofPace.shortestPause, at: wallClock.now)
            return (.unavailable(wait: wait), nil)
        } catch {
            return (.unavailable(wait: nil), nil)
        }
    }

    private func expanded(_ proof: OpenProof, by resource: Evidence.Resource) async throws -> SealedSecret? {
        let owner = DataKeyOwner.seller(proof.seller)
        let body = try await vault.open(proof.body, .eventBody, row: proof.event.ulid, owner: owner)
        guard let expanded = body.reveal({ EventBody.expanded($0, by: resource) }) else { return nil }
        return try await vault.sealer(for: owner).seal(expanded, .provenBody, row: proof.event.ulid)
    }

    private func within(
        _ longest: Duration, _ work: @escaping @Sendable () async throws -> Evidence
    ) async throws -> Evidence {
        try await withThrowingTaskGroup(of: Evidence?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await clock.sleep(for: longest)
                return nil
            }
            defer { group.cancelAll() }
            guard let evidence = try await group.next() ?? nil else { throw UpstreamError.unanswered(status: nil) }
            return evidence
        }
    }

    private func note(_ verdict: ProofMachine.Verdict, of proof: OpenProof) {
        let outcome: String
        switch verdict {
        case .fetched: outcome = "fetched"
        case .unproved: outcome = "unproved"
        case .again: outcome = "again"
        case .disputed: outcome = "disputed"
        case .contradicted: outcome = "contradicted"
        }
        Counter(label: MetricName.proofs.rawValue, dimensions: [("outcome", outcome)]).increment()
        logger.note(
            "Notification looked up", at: verdict == .contradicted ? .error : .debug,
            [.event: proof.event, .outcome: outcome])
    }
}

public import Logging
import Metrics
public import ServiceLifecycle

/// Claims due deliveries, signs and sends them, and records what came of it; never a transaction across the network.
public struct DeliveryWorker: Service {
    /// Most deliveries under way at once.
    static let concurrency = 256
    /// Most of them claimed in one transaction, so that no other writer waits long.
    static let batch = 64
    /// Longer than the longest deadline and its margin (DLV 4).
    static let lease = Duration.seconds(60)
    /// What must be left of a lease beyond the attempt's deadline when its request starts (DLV 4).
    static let leaseMargin = Duration.seconds(15)
    /// For how long a delivery that can't be opened is left alone.
    static let repairWait = Duration.seconds(60)
    /// The wake-up is only a hint; this backs it (DLV 19).
    static let pollInterval = Duration.seconds(1)

    /// Rings when there is something to send or a place has become free.
    public let wakeup: Wakeup
    private let store: any DeliveryStore
    private let sender: any WebhookSender
    private let vault: Vault
    private let requests: DeliveryRequests
    private let notices: SellerNotices
    private let schedule: RetrySchedule
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let random: RandomSource
    private let logger: Logger

    /// Takes what it uses; `clock` is what it sleeps by.
    public init(
        store: any DeliveryStore, sender: any WebhookSender, vault: Vault, requests: DeliveryRequests,
        notices: SellerNotices, schedule: RetrySchedule, wakeup: Wakeup, wallClock: WallClock,
        clock: any Clock<Duration>, random: RandomSource,
        logger: Logger
    ) {
        self.store = store
        self.sender = sender
        self.vault = vault
        self.requests = requests
        self.notices = notices
        self.schedule = schedule
        self.wakeup = wakeup
        self.wallClock = wallClock
        self.clock = clock
        self.random = random
        self.logger = logger
    }

    /// Sends until shutdown, then finishes what is in hand.
    public func run() async throws {
        let underWay = InFlight()
        await withDiscardingTaskGroup { group in
            while !Task.isShuttingDownGracefully, !Task.isCancelled {
                let claimed = await claim(free: Self.concurrency - underWay.count)
                for delivery in claimed {
                    underWay.add(1)
                    group.addTask {
                        await deliver(delivery)
                        underWay.add(-1)
                        wakeup.ring()
                    }
                }
                guard claimed.isEmpty else { continue }
                await cancelWhenGracefulShutdown { await wakeup.wait(atMost: Self.pollInterval, clock) }
            }
        }
    }

    private func claim(free: Int) async -> [ClaimedDelivery] {
        guard free > 0 else { return [] }
        let now = wallClock.now
        let share = FairShare(places: Self.concurrency, free: min(free, Self.batch))
        do {
            return try await store.claim(share, at: now, leaseUntil: now + Self.lease, tokens: random)
        } catch {
            logger.note("Nothing claimed: the store does not answer", at: .error)
            return []
        }
    }

    private func deliver(_ claimed: ClaimedDelivery) async {
        let started = wallClock.now
        guard let request = await request(claimed, at: started) else { return }
        // Whoever got here too late might send beside the one who has taken it over.
        guard wallClock.now + request.deadline + Self.leaseMargin <= claimed.leaseUntil else {
            try? await store.release(claimed)
            return
        }
        let answer = await sender.send(request)
        // A shutdown that ran out of patience: the claim is given back, nothing counts.
        guard !Task.isCancelled else {
            try? await store.release(claimed)
            return
        }
        await record(answer, of: claimed)
    }

    private func request(_ claimed: ClaimedDelivery, at moment: Timestamp) async -> WebhookRequest? {
        do {
            return try await requests.request(of: claimed, at: moment)
        } catch {
            // Ours, not the receiver's: nothing counts against it, and the operator has to look (DLV 17).
            logger.note("Delivery can't be opened", at: .error, [.delivery: claimed.id])
            let now = wallClock.now
            let result = AttemptResult(
                endedAt: now, status: nil, failure: .unknown, excerpt: nil, address: nil,
                next: .retry(at: now + Self.repairWait), countsAsFailure: false, outcome: .neutral)
            _ = try? await store.finish(claimed, result)
            return nil
        }
    }

    private func record(_ answer: WebhookAnswer, of claimed: ClaimedDelivery) async {
        let isFree = claimed.isProbe && !claimed.wasProbe
        let machine = DeliveryMachine(
            schedule: schedule, failures: claimed.failures, isTest: claimed.eventType == Endpoint.testEventType,
            isFree: isFree)
        let verdict = machine.attemptEnded(answer, spread: random.unit())
        let now = wallClock.now
        let next: AttemptResult.Next =
            switch verdict.next {
            case .delivered: .delivered
            case .retry(let wait): .retry(at: now + wait)
            case .exhausted: .exhausted
            }
        let result = AttemptResult(
            endedAt: now, status: answer.status, failure: verdict.failure,
            excerpt: await excerpt(answer, of: claimed), address: answer.address, next: next,
            countsAsFailure: verdict.failure != nil && !isFree, outcome: verdict.outcome,
            endpointState: verdict.endpointState, endpointWaitsUntil: verdict.endpointWait.map { now + $0 },
            notice: await notice(of: verdict, claimed))
        do {
            let held = try await store.finish(claimed, result)
            count(held ? verdict.next : nil, claimed, answer)
            if held, verdict.endpointState == .active { wakeup.ring() }
        } catch {
            // The lease ends and the delivery is sent again under the same id (DLV 15).
            logger.note("Attempt not recorded", at: .error, [.delivery: claimed.id, .attempt: claimed.attempt])
        }
    }

    /// What can tell of the endpoint, wherever this attempt may have something to tell.
    private func notice(
        of verdict: DeliveryMachine.Verdict, _ claimed: ClaimedDelivery
    ) async -> @Sendable (EndpointNotice) -> EventDraft? {
        guard verdict.outcome != .success || !claimed.endpoint.health.isBlank,
            // Where it can't be made the endpoint is dealt with all the same; the audit has it.
            let make = try? await notices.notices(about: claimed.endpoint)
        else { return { _ in nil } }
        return make
    }

    private func excerpt(_ answer: WebhookAnswer, of claimed: ClaimedDelivery) async -> SealedSecret? {
        guard !answer.excerpt.isEmpty else { return nil }
        let owner = claimed.seller.map { DataKeyOwner.seller($0) } ?? .installation
        guard let sealer = try? await vault.sealer(for: owner) else { return nil }
        return try? sealer.seal(Array(answer.excerpt.utf8), .answerExcerpt, row: claimed.id.ulid)
    }

    private func count(_ next: DeliveryMachine.Verdict.Next?, _ claimed: ClaimedDelivery, _ answer: WebhookAnswer) {
        let outcome =
            switch next {
            case .delivered: "delivered"
            case .retry: "retry"
            case .exhausted: "exhausted"
            case nil: "late"
            }
        Counter(label: MetricName.deliveries.rawValue, dimensions: [("outcome", outcome)]).increment()
        logger.note(
            "Delivery attempted", at: outcome == "exhausted" ? .warning : .info,
            [
                .delivery: claimed.id, .attempt: claimed.attempt, .outcome: outcome,
                .status: answer.status.map { String($0) } ?? answer.failure?.rawValue ?? "",
            ])
    }
}

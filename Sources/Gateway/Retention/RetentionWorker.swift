public import Logging
import Metrics
public import ServiceLifecycle

/// Forgets once an hour what has been kept for long enough, a little at a time (DLV 18).
public struct RetentionWorker: Service {
    /// Between two rounds.
    static let interval = Duration.seconds(3600)
    /// Pages that are given back at a time.
    static let pages = 256

    private let rules: RetentionRules
    private let store: any RetentionStore
    private let vault: Vault
    private let wallClock: WallClock
    private let monotonic: MonotonicClock
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Takes what it uses; `clock` is what it sleeps by, `monotonic` measures how long others may have waited.
    public init(
        rules: RetentionRules, store: any RetentionStore, vault: Vault, wallClock: WallClock,
        monotonic: MonotonicClock, clock: any Clock<Duration>, logger: Logger
    ) {
        self.rules = rules
        self.store = store
        self.vault = vault
        self.wallClock = wallClock
        self.monotonic = monotonic
        self.clock = clock
        self.logger = logger
    }

    /// Forgets until shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await forget()
                try? await clock.sleep(for: Self.interval)
            }
        }
    }

    /// One round.
    func forget() async {
        let now = wallClock.now
        do {
            note("payloads", try await forgetPayloads(before: now - rules.payloads))
            for kind in RetainedKind.allCases {
                note(kind.rawValue, try await forget(kind, before: now - rules.life(of: kind)))
            }
            while try await store.giveBack(pages: Self.pages), !Task.isCancelled {
                try await clock.sleep(for: BatchPace.shortestRest)
            }
        } catch is CancellationError {
            // The rest is for the next start.
        } catch {
            logger.note(
                "Not all that is old is forgotten: the store does not answer, or a body does not open", at: .error)
        }
    }

    private func forgetPayloads(before moment: Timestamp) async throws -> Int {
        var pace = BatchPace()
        var count = 0
        var last: OldPayload?
        while true {
            let old = try await store.oldPayloads(
                before: moment, parked: min(moment, wallClock.now - ParkedNotifications.longestWait), after: last,
                limit: pace.size)
            guard !old.isEmpty else { return count }
            last = old.last
            var remains: [PayloadRemains] = []
            for payload in old { remains.append(try await self.remains(of: payload)) }
            let start = monotonic.now
            count += try await store.forget(remains, at: wallClock.now)
            try await clock.sleep(for: pace.rest(after: monotonic.now - start))
        }
    }

    private func forget(_ kind: RetainedKind, before moment: Timestamp) async throws -> Int {
        var pace = BatchPace()
        var count = 0
        var position: Int64 = 0
        while true {
            let start = monotonic.now
            let done = try await store.forget(kind, before: moment, after: position, limit: pace.size)
            count += done.count
            guard let next = done.next else { return count }
            position = next
            try await clock.sleep(for: pace.rest(after: monotonic.now - start))
        }
    }

    /// What is not to be opened for another reason than that its seller was erased is kept: the operator has to look.
    private func remains(of payload: OldPayload) async throws -> PayloadRemains {
        guard !payload.isErased else { return PayloadRemains(event: payload.event, sha256: nil, size: nil) }
        let owner = payload.seller.map { DataKeyOwner.seller($0) } ?? .installation
        let body = try await vault.open(
            payload.body.sealed, payload.body.purpose, row: payload.event.ulid, owner: owner)
        return body.reveal { PayloadRemains(event: payload.event, sha256: sha256($0), size: $0.count) }
    }

    private func note(_ kind: String, _ count: Int) {
        guard count > 0 else { return }
        Counter(label: MetricName.forgotten.rawValue, dimensions: [("kind", kind)]).increment(by: count)
        logger.note("Forgotten what was old", [.kind: kind, .count: count])
    }
}

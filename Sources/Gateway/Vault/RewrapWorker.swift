public import Logging
public import ServiceLifecycle

/// Wraps every data key by the keyring's current key, a batch at a time, and so frees older keys to be retired.
///
/// What was sealed under the data keys is not touched. A kill loses nothing: each data key names the keyring key that
/// wraps it, and whatever still names an older one is found at the next start (SEC C3.5).
public struct RewrapWorker: Service {
    /// How many data keys are replaced in one transaction, so that no other writer waits long.
    static let batch = 100
    /// After so many others get their turn on the thread.
    static let turn = 10
    /// It rests for so many times as long as a batch took: whoever calls meanwhile must not notice.
    static let restFactor = 4
    /// It rests no longer, so that a slow disk doesn't make hours of minutes: a million take five at most.
    static let longestRest = Duration.milliseconds(20)
    /// How often it looks even when nobody rings: for a data key that was made while keyrings changed.
    static let interval = Duration.seconds(300)

    private let store: any VaultStore
    private let vault: Vault
    private let wakeup: Wakeup
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Takes what it uses; `wakeup` rings after a reload.
    public init(
        store: any VaultStore, vault: Vault, wakeup: Wakeup, clock: any Clock<Duration>, logger: Logger
    ) {
        self.store = store
        self.vault = vault
        self.wakeup = wakeup
        self.clock = clock
        self.logger = logger
    }

    /// Looks at start, after each ring and at every interval, until shutdown.
    public func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await rewrap()
            await cancelWhenGracefulShutdown { await wakeup.wait(atMost: Self.interval, clock) }
        }
    }

    /// Wraps anew whatever an older key wraps; stops between two batches on shutdown.
    func rewrap() async {
        do {
            let current = vault.keyRing.current
            let older = try await store.keyringKeysInUse().filter { $0 != current }
            guard !older.isEmpty else { return }
            logger.note("Wrapping data keys anew", at: .notice, [.keyringKey: current])
            var count = 0
            for id in older { count += try await rewrap(wrappedBy: id) }
            logger.note("Data keys wrapped anew", at: .notice, [.keyringKey: current, .count: count])
        } catch {
            logger.note("Data keys not wrapped anew: the store does not answer", at: .error)
        }
    }

    private func rewrap(wrappedBy id: String) async throws(StoreError) -> Int {
        var count = 0
        var last: ULID?
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            var batch: Result<Batch?, StoreError> = .success(nil)
            let taken = await clock.measure { batch = await self.batch(wrappedBy: id, after: last) }
            guard let done = try batch.get() else { break }
            count += done.count
            last = done.last
            let rest = min(taken * Self.restFactor, Self.longestRest)
            await cancelWhenGracefulShutdown { try? await clock.sleep(for: rest) }
        }
        return count
    }

    private struct Batch {
        let last: ULID
        let count: Int
    }

    /// Wraps the next data keys anew; `nil` when there are none.
    private func batch(wrappedBy id: String, after last: ULID?) async -> Result<Batch?, StoreError> {
        do throws(StoreError) {
            let page = try await store.dataKeys(wrappedBy: id, after: last, limit: Self.batch)
            guard let end = page.last else { return .success(nil) }
            var renewed: [WrappedDataKey] = []
            for (index, key) in page.enumerated() {
                if let key = try? vault.rewrapped(key) { renewed.append(key) }
                if index % Self.turn == Self.turn - 1 { await Task.yield() }
            }
            if renewed.count < page.count {
                logger.note(
                    "Data keys do not open", at: .error, [.keyringKey: id, .count: page.count - renewed.count])
            }
            return .success(Batch(last: end.id, count: try await store.replace(renewed, wrappedBy: id)))
        } catch {
            return .failure(error)
        }
    }
}

import GRDB
import Gateway
import Synchronization

/// The one writer: many callers, one transaction, a savepoint each (DESIGN §10).
///
/// Whatever waits when a commit ends goes into the next one, so that the price of a synced commit is shared. A caller
/// that fails is rolled back alone; a commit that fails fails all in it. A caller that is cancelled is written all
/// the same.
final class GroupWriter: Sendable {
    /// Most callers in one transaction.
    static let largestGroup = 64
    /// Most callers that wait; one more is refused at once, so that a slow disk can't fill the memory.
    static let mostWaiting = 4096

    private struct Job: Sendable {
        /// Does the work and keeps what came of it.
        let run: @Sendable (Database) throws -> Void
        /// Tells the caller, once the commit's fate is known.
        let finish: @Sendable (StoreError?) -> Void
    }

    private struct Queue {
        var waiting: [Job] = []
        var isDraining = false
    }

    private let pool: DatabasePool
    private let queue = Mutex(Queue())

    init(pool: DatabasePool) {
        self.pool = pool
    }

    /// Runs `work` in the next transaction and returns once that is synced to disk.
    func write<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let kept = Kept<Value>()
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            enqueue(
                Job { db in
                    kept.set(.success(try work(db)))
                } finish: { failure in
                    continuation.resume(returning: failure.map { .failure($0) } ?? kept.value)
                })
        }
        return try result.get()
    }

    private func enqueue(_ job: Job) {
        let mustStart = queue.withLock { queue -> Bool? in
            guard queue.waiting.count < Self.mostWaiting else { return nil }
            queue.waiting.append(job)
            defer { queue.isDraining = true }
            return !queue.isDraining
        }
        guard let mustStart else { return job.finish(.unavailable) }
        if mustStart { pool.asyncWriteWithoutTransaction { db in self.drain(db) } }
    }

    private func drain(_ db: Database) {
        while let group = next() { commit(group, db) }
    }

    private func next() -> [Job]? {
        queue.withLock { queue in
            guard !queue.waiting.isEmpty else {
                queue.isDraining = false
                return nil
            }
            let group = Array(queue.waiting.prefix(Self.largestGroup))
            queue.waiting.removeFirst(group.count)
            return group
        }
    }

    private func commit(_ group: [Job], _ db: Database) {
        var failures = [StoreError?](repeating: nil, count: group.count)
        do {
            try db.beginTransaction(.immediate)
            for (index, job) in group.enumerated() {
                do {
                    try db.inSavepoint {
                        try job.run(db)
                        return .commit
                    }
                } catch {
                    failures[index] = storeError(error)
                    // A full disk or an I/O error rolls the whole transaction back, not only the savepoint.
                    guard db.isInsideTransaction else { throw error }
                }
            }
            try db.commit()
        } catch {
            if db.isInsideTransaction { try? db.rollback() }
            let failure = storeError(error)
            failures = failures.map { _ in failure }
        }
        for (job, failure) in zip(group, failures) { job.finish(failure) }
    }
}

/// What a caller's work brought, until the commit's fate is known.
private final class Kept<Value: Sendable>: Sendable {
    private let stored = Mutex<Result<Value, StoreError>>(.failure(.unavailable))

    var value: Result<Value, StoreError> { stored.withLock { $0 } }

    func set(_ value: Result<Value, StoreError>) {
        stored.withLock { $0 = value }
    }
}

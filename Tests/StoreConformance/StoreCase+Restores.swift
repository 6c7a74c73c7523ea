import Gateway
import TestSupport

// What RestoreStore promises.
extension StoreCase {
    func restoreMarksEveryPair(_ stage: Stage) async throws {
        let application = try await stage.application()
        let plain = try await stage.connect(try await stage.seller("Uno"), application, user: 42)
        let posted = try await stage.connect(try await stage.seller("Dos"), application, user: 43)
        let revoked = try await stage.connect(try await stage.seller("Tres"), application, user: 44)
        try await stage.store.revoke(revoked.id, event: nil, as: stage.make.change())
        let entry = stage.make.refresh(of: posted.id)
        try await stage.store.openRefresh(entry, superseding: nil)
        try expect(try await stage.store.restore(), is: nil)
        try await stage.store.markRestored(
            "backup", adopted: 2, at: stage.now, as: stage.make.change(.backupRestored))
        for id in [plain.id, posted.id] {
            try expect(try require(try await stage.store.connection(id)).refreshUncertain, "\(id) is not uncertain")
            _ = try require(try await stage.store.unfinishedRefresh(of: id, generation: 1))
        }
        // A post that was under way in the backup has its row already.
        try expect(try await stage.store.openRefreshes(), is: [entry])
        let waiting = try await stage.store.restoredWaiting(limit: 10)
        try expect(Set(waiting.map(\.connection)), is: [plain.id, posted.id])
        let restore = try require(try await stage.store.restore())
        try expect(restore.backup, is: "backup")
        try expect(restore.adopted, is: 2)
        try expect(restore.outcomes, is: [.waiting: 2])
        // Their second look is the worker's of restores; the sweep comes back for the last try.
        try expect(try await stage.store.dueForRefresh(at: stage.now, limit: 10), is: [])
        stage.pass(.seconds(167 * 86_400))
        try expect(try await stage.store.dueForRefresh(at: stage.now, limit: 10).count, is: 2)
    }

    func restoredPairsAreTriedInTurn(_ stage: Stage) async throws {
        let application = try await stage.application()
        let first = try await stage.connect(try await stage.seller("Uno"), application, user: 42)
        let second = try await stage.connect(try await stage.seller("Dos"), application, user: 43)
        try await stage.store.markRestored("one", adopted: 0, at: stage.now, as: stage.make.change(.backupRestored))
        try expect(try await stage.store.restoredWaiting(limit: 1).map(\.connection), is: [first.id])
        stage.pass(.seconds(1))
        try await stage.store.note(.waiting, of: first.id, at: stage.now)
        try expect(try await stage.store.restoredWaiting(limit: 1).map(\.connection), is: [second.id])
        try await stage.store.note(.needsRelink, of: second.id, at: stage.now)
        try expect(try await stage.store.restoredWaiting(limit: 10).map(\.connection), is: [first.id])
        try expect(try await stage.store.restored(.needsRelink, page: Page()).map(\.connection), is: [second.id])
        try expect(try await stage.store.restored(nil, page: Page()).map(\.connection), is: [second.id, first.id])
        try await stage.store.markRestored("two", adopted: 0, at: stage.now, as: stage.make.change(.backupRestored))
        try expect(try require(try await stage.store.restore()).outcomes, is: [.waiting: 2])
    }

    func restoreHoldsWhatWasOpen(_ stage: Stage) async throws {
        let (_, _, deliveries) = try await stage.due(3)
        let sending = try await stage.store.claim(
            FairShare(places: 64, free: 1), at: stage.now, leaseUntil: stage.lease, tokens: .system)
        try expect(sending.count, is: 1)
        try await stage.store.markRestored("one", adopted: 0, at: stage.now, as: stage.make.change(.backupRestored))
        try expect(try await stage.claim().map(\.id), is: [])
        for id in deliveries { try expect(try await stage.delivery(id).isHeld, "\(id) is not held") }
        try expect(try await stage.store.queueDepth(at: stage.now).oldestDueAt, is: nil)
        // Whoever sent it before the backup is gone.
        try expect(!(try await stage.store.finish(sending[0], stage.make.result())), "an old claim holds")
        try await stage.store.retry(deliveries[0], at: stage.now, as: stage.make.change(.deliveryRetried))
        try expect(try await stage.store.restore()?.heldStill, is: 2)
        let released = try await stage.store.releaseHeld(
            at: stage.now, as: stage.make.change(.deliveriesReleased))
        try expect(released, is: 2)
        try expect(Set(try await stage.claim().map(\.id)), is: Set(deliveries))
        let restore = try require(try await stage.store.restore())
        try expect([restore.held, restore.heldStill], is: [3, 0])
    }
}

import Foundation
import Gateway
import Logging
import StoreSQLite

/// Fills the database of an installation that does not run, through the store's own methods.
enum Seeding {
    /// So many wait for the one writer at once, of the 4,096 that may.
    private static let atOnce = 4_000

    /// Adds sellers, each with its data key and its line of the audit; answers with how long it took in seconds.
    static func seed(_ count: Int, in folder: URL) async throws -> Double {
        let ring = try KeyRingFile(path: folder.appending(path: "enlace.keyring").path()).read()
        let store = try await SQLiteStore.open(
            at: folder.appending(path: "enlace.sqlite").path(), seal: AuditSeal(ring), clock: .system,
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        let ids = IdentifierSource(clock: .system, random: .system)
        let vault = Vault(keyRing: ring, store: store, ids: ids, clock: .system)
        let start = ContinuousClock.now
        var told = 0
        for first in stride(from: 0, to: count, by: atOnce) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in first..<min(first + atOnce, count) {
                    group.addTask { try await add(to: store, vault, ids) }
                }
                try await group.waitForAll()
            }
            let percent = (first + atOnce) * 100 / count
            if percent / 10 > told / 10 { tell("  \(min(percent, 100)) % of \(count) sellers") }
            told = percent
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        await store.close()
        return seconds
    }

    private static func add(to store: SQLiteStore, _ vault: Vault, _ ids: IdentifierSource) async throws {
        let now = WallClock.system.now
        let seller = Seller(id: ids.next(), externalRef: nil, name: "Kiosco", state: .active, createdAt: now)
        let (key, _) = try vault.newDataKey(for: .seller(seller.id))
        let line = AuditEntry(
            id: ids.next(), at: now, actor: .command, action: .sellerCreated, subject: seller.id.description,
            seller: seller.id, request: nil)
        try await store.add(seller, dataKey: key, as: Change(audit: line))
    }
}

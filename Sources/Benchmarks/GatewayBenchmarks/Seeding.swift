import Foundation
import Gateway
import Logging
import StoreSQLite

/// Fills the database of an installation that does not run, through the store's own methods.
enum Seeding {
    /// So many wait for the one writer at once, of the 4,096 that may.
    private static let atOnce = 4_000

    /// What was added.
    struct Seeded: Sendable {
        let sellers: [SellerID]
        /// How long it took.
        let seconds: Double
    }

    /// Adds sellers, each with its data key and its line of the audit.
    ///
    /// Linked ones get a connection with the installation's application and a sealed token pair too.
    static func seed(_ count: Int, linked: Bool = false, in folder: URL) async throws -> Seeded {
        let opened = try await OpenedInstallation(folder)
        let start = ContinuousClock.now
        let sellers = (0..<count).map { _ in opened.ids.next() as SellerID }
        let application: Application? = linked ? try await opened.application() : nil
        var told = 0
        for first in stride(from: 0, to: count, by: atOnce) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in first..<min(first + atOnce, count) {
                    group.addTask { try await add(sellers[number], number, application, to: opened) }
                }
                try await group.waitForAll()
            }
            let percent = (first + atOnce) * 100 / count
            if percent / 10 > told / 10 { tell("  \(min(percent, 100)) % of \(count) sellers") }
            told = percent
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        await opened.store.close()
        return Seeded(sellers: sellers, seconds: seconds)
    }

    private static func add(
        _ id: SellerID, _ number: Int, _ application: Application?, to opened: OpenedInstallation
    ) async throws {
        let now = WallClock.system.now
        let seller = Seller(id: id, externalRef: nil, name: "Kiosco", state: .active, createdAt: now)
        let (key, sealer) = try opened.vault.newDataKey(for: .seller(id))
        try await opened.store.add(
            seller, dataKey: key, as: opened.change(.sellerCreated, id.description, of: id, at: now))
        guard let application else { return }
        guard let user = UpstreamUserID(rawValue: 200_000_000 + Int64(number)) else {
            throw BenchmarkFailure("There is no account \(number).")
        }
        let connection = Connection(
            id: opened.ids.next(), seller: id, application: application.id, kind: .oauth,
            account: UpstreamAccount(
                user: user, nickname: "BENCH\(number)", email: nil, site: application.site, isTestUser: false),
            maskedEmail: nil, liveMode: application.mode == .live, scopes: ["offline_access", "read", "write"],
            refreshable: true, state: .linked, webhookState: .valid, webhookCheckedAt: now, linkedAt: now,
            lastProvedAt: now, provedBy: "probe")
        // As long as the provider's.
        let text = "APP_USR-1234567890123456-112612-\(String(repeating: "0123456789abcdef", count: 2))-\(user)"
        let tokens = StoredTokens(
            connection: connection.id, generation: 1,
            access: try sealer.seal(Secret(text), .accessToken, row: connection.id.ulid),
            refresh: try sealer.seal(Secret("TG-\(text.dropFirst(8))"), .refreshToken, row: connection.id.ulid),
            issuedAt: now, expiresAt: now + .seconds(15_552_000))
        try await opened.store.establish(
            connection, tokens: tokens, finishing: nil, events: [],
            as: opened.change(.connectionImported, connection.id.description, of: id, at: now))
    }
}

/// An installation's store and vault, opened while its gateway does not run; the store has to be closed.
struct OpenedInstallation: Sendable {
    let folder: URL
    let ring: KeyRing
    let store: SQLiteStore
    let vault: Vault
    let ids: IdentifierSource

    /// Opens what `enlace init` made in a folder.
    init(_ folder: URL) async throws {
        self.folder = folder
        ring = try KeyRingFile(path: folder.appending(path: "enlace.keyring").path()).read()
        store = try await SQLiteStore.open(
            at: folder.appending(path: "enlace.sqlite").path(), seal: AuditSeal(ring), clock: .system,
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        ids = IdentifierSource(clock: .system, random: .system)
        vault = Vault(keyRing: ring, store: store, ids: ids, clock: .system)
    }

    /// The application that `enlace init` added.
    func application() async throws -> Application {
        guard let application = try await store.applications(page: Page(limit: 1)).first else {
            throw BenchmarkFailure("There is no application.")
        }
        return application
    }

    /// A line of the audit.
    func change(_ action: AuditAction, _ subject: String, of seller: SellerID, at moment: Timestamp) -> Change {
        Change(
            audit: AuditEntry(
                id: ids.next(), at: moment, actor: .command, action: action, subject: subject, seller: seller,
                request: nil))
    }
}

import Gateway
import Logging
import StoreSQLite

/// Opens the store that the settings name; the only file that knows which ones there are.
func chooseStore(
    _ settings: GatewaySettings, seal: AuditSeal, backup: MigrationBackup, clock: WallClock, logger: Logger
) async throws -> any Store {
    try await SQLiteStore.open(
        at: settings.databasePath, seal: seal, clock: clock, logger: logger, backup: backup)
}

/// A backup that stands where the database was.
struct Placed: Sendable {
    /// What it holds, opened.
    let store: any Store
    /// Where the database that it replaced lies.
    let aside: String?
    /// The pairs in that one.
    let evidence: Restores.Evidence
    /// Lets the database be served.
    let finish: @Sendable () throws -> Void
}

/// Puts a backup where the settings say that the database is, and opens it.
func placeBackup(
    _ file: String, _ settings: GatewaySettings, openedBy keyRing: KeyRing, clock: WallClock, logger: Logger
) async throws -> Placed {
    let placed = try await PlacedBackup.put(
        file, at: settings.databasePath, openedBy: keyRing, seal: AuditSeal(keyRing), clock: clock, logger: logger)
    return Placed(
        store: placed.store, aside: placed.aside, evidence: { await placed.evidence(after: $0) },
        finish: { try placed.finish() })
}

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

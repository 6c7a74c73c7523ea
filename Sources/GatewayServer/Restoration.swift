public import Gateway
public import Logging

/// Puts a backup in the place of the database, while no gateway runs.
public enum Restoration {
    /// What was done.
    public struct Report: Sendable {
        /// The marks that were made.
        public let restore: Restore
        /// Where the database that was replaced lies; `nil` where there was none.
        public let aside: String?
    }

    /// Checks the file, keeps the present database aside, puts the file in its place, applies the list of erased data
    /// keys, takes over newer pairs from the database aside, and marks what a backup can't know.
    ///
    /// - Throws: what is wrong with the file, the keyring, the lock or the disk; once files were moved the next start
    ///   is refused until a restore was finished.
    public static func run(_ settings: GatewaySettings, file: String, logger: Logger) async throws -> Report {
        let keyRing = try await settings.keyring.source.read(clock: ContinuousClock())
        let placed = try await placeBackup(file, settings, openedBy: keyRing, clock: .system, logger: logger)
        let core = try await Core(settings, logger: logger, keyRing: keyRing, store: placed.store)
        do {
            let name = file.split(separator: "/").last.map(String.init) ?? file
            let restore = try await core.restores.finish(name, evidence: placed.evidence)
            try placed.finish()
            await close(core)
            return Report(restore: restore, aside: placed.aside)
        } catch {
            await close(core)
            throw error
        }
    }

    private static func close(_ core: Core) async {
        try? await core.upstream.shutdown()
        await core.store.close()
    }
}

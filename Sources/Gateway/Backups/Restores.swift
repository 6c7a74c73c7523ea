public import Logging

/// What follows when a backup took the database's place.
public struct Restores: Sendable {
    /// The pairs of another database, behind a position and in order, with the position of the last one.
    public typealias Evidence = @Sendable (_ after: Int64) async -> (pairs: [StoredTokens], last: Int64?)

    private let store: any RestoreStore & TokenStore & ConnectionStore
    private let vault: Vault
    private let clock: WallClock
    private let deliveries: Wakeup
    private let changes: ChangeMaker
    private let logger: Logger

    /// Takes what it uses; `deliveries` rings when there is something to send.
    public init(
        store: any RestoreStore & TokenStore & ConnectionStore, vault: Vault, ids: IdentifierSource, clock: WallClock,
        deliveries: Wakeup, logger: Logger
    ) {
        self.store = store
        self.vault = vault
        self.clock = clock
        self.deliveries = deliveries
        self.logger = logger
        changes = ChangeMaker(ids: ids, clock: clock)
    }

    /// Takes over what is newer in the database that was replaced, then marks every connection and holds deliveries.
    ///
    /// For the command, before anything is served.
    ///
    /// - Throws: ``Problem``: then the restore is not finished.
    public func finish(_ backup: String, evidence: Evidence) async throws(Problem) -> Restore {
        do {
            let adopted = try await adopt(evidence)
            try await store.markRestored(
                backup, adopted: adopted, at: clock.now,
                as: changes.change(.backupRestored, subject: backup, by: .command))
            guard let restore = try await store.restore() else { throw StoreError.corrupted }
            return restore
        } catch let error as StoreError {
            throw Problem(error)
        } catch {
            throw Problem(.internalError, "The operator has to look.")
        }
    }

    /// The newest restore and what was found since.
    ///
    /// - Throws: ``Problem/Code/notFound`` where there was none.
    public func status(for principal: Principal) async throws(Problem) -> Restore {
        try Self.admit(principal)
        let restore: Restore?
        do { restore = try await store.restore() } catch { throw Problem(error) }
        guard let restore else { throw Problem(.notFound, "No backup was ever restored into this database.") }
        return restore
    }

    /// One page of the connections that came out of the backup.
    public func connections(
        _ outcome: Restore.Outcome?, page: Page, for principal: Principal
    ) async throws(Problem) -> [Restore.Found] {
        try Self.admit(principal)
        do { return try await store.restored(outcome, page: page) } catch { throw Problem(error) }
    }

    /// Lets the deliveries go that were open in the backup; receivers may know them already, by the same ids.
    public func release(by caller: Caller) async throws(Problem) -> Int {
        try caller.require(.webhooks)
        try caller.principal.requireUnbound()
        let count: Int
        do {
            count = try await store.releaseHeld(
                at: clock.now, as: changes.change(.deliveriesReleased, subject: "all", by: caller))
        } catch { throw Problem(error) }
        deliveries.ring()
        return count
    }

    /// What a repeated release is answered with.
    public func releasedAgain(for caller: Caller) throws(Problem) -> Int {
        try caller.require(.webhooks)
        try caller.principal.requireUnbound()
        return 0
    }

    private static func admit(_ principal: Principal) throws(Problem) {
        try principal.require(.applicationsAdmin)
        try principal.requireUnbound()
    }

    private func adopt(_ evidence: Evidence) async throws -> Int {
        var count = 0
        var position: Int64 = 0
        while true {
            let (pairs, last) = await evidence(position)
            for pair in pairs where try await isAdopted(pair) { count += 1 }
            guard let last else { return count }
            position = last
        }
    }

    // A damaged database may say anything: what does not open under its own connection and seller is left alone.
    private func isAdopted(_ pair: StoredTokens) async throws -> Bool {
        guard let connection = try await store.connection(pair.connection),
            let present = try await store.tokens(of: pair.connection), pair.generation > present.generation,
            await opens(pair.access, .accessToken, connection)
        else { return false }
        if let refresh = pair.refresh, !(await opens(refresh, .refreshToken, connection)) { return false }
        try await store.replaceTokens(pair, ifGeneration: present.generation, closing: nil, at: clock.now)
        logger.note(
            "Newer pair taken over", at: .notice, [.connection: connection.id, .generation: pair.generation])
        return true
    }

    private func opens(_ sealed: SealedSecret, _ purpose: SealPurpose, _ connection: Connection) async -> Bool {
        let opened = try? await vault.open(
            sealed, purpose, row: connection.id.ulid, owner: .seller(connection.seller))
        return opened != nil
    }
}

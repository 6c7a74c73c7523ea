import Foundation
import GRDB
import TestSupport

@testable import Gateway
@testable import StoreSQLite

/// One linked connection over a real database file and a real spool, with the sandbox as its provider.
struct Stage: Sendable {
    let sandbox: LiveSandbox
    let folder: String
    let clock: ManualClock
    let store: SQLiteStore
    let provider: FaultyProvider
    let core: RefreshCore
    let account: LiveSandbox.Account
    let application: Application
    let connection: ConnectionID

    /// Lends one in a folder of its own.
    static func with<Result>(
        _ sandbox: LiveSandbox, secret: Secret<String>? = nil, _ test: (Stage) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryFolder { folder in
            let clock = ManualClock()
            let file = KeyRingFile(path: folder.path + "/enlace.keyring")
            try file.create(clock: clock.wallClock, random: .system)
            let keyRing = try file.read()
            let store = try await SQLiteStore.open(
                at: folder.path + "/enlace.sqlite", seal: AuditSeal(keyRing), clock: clock.wallClock,
                logger: LogCapture().logger())
            let account = try await sandbox.account()
            let provider = FaultyProvider(sandbox, of: account.user) { try await store.refusesWrites(true) }
            do {
                let core = try await RefreshCore(
                    folder: folder.path, keyRing: keyRing, store: store, sandbox: sandbox, provider: provider,
                    clock: clock)
                let application = try await core.application(secret: secret)
                let stage = Stage(
                    sandbox: sandbox, folder: folder.path, clock: clock, store: store, provider: provider, core: core,
                    account: account, application: application,
                    connection: try await core.link(account, with: application))
                let result = try await test(stage)
                await store.close()
                // The calls of dead processes end only when nothing of theirs is left to be written to.
                try await provider.release()
                return result
            } catch {
                await store.close()
                try await provider.release()
                throw error
            }
        }
    }

    /// Another linked connection over the same database, with a provider whose faults are its own.
    func another() async throws -> Stage {
        let account = try await sandbox.account()
        let provider = FaultyProvider(sandbox, of: account.user) { [store] in try await store.refusesWrites(true) }
        let core = core.reaching(provider)
        return Stage(
            sandbox: sandbox, folder: folder, clock: clock, store: store, provider: provider, core: core,
            account: account, application: application, connection: try await core.link(account, with: application))
    }

    /// Where the answers go that the database refuses.
    var spool: String { folder + "/enlace.sqlite.spool" }

    /// What the provider has written down.
    func ledger() async throws -> GrantLedger { try await sandbox.ledger(of: account.user) }

    /// Where the connection stands.
    func state() async throws -> Connection.State { try await core.connection(connection).state }

    /// What is wrong with the connection's end.
    func offences() async throws -> [String] {
        Judge.offences(
            state: try await state(), journal: try await core.journal(connection), in: try await ledger())
    }

    /// Uses what is said to work: renews it once more and calls with it.
    func prove(_ refresher: TokenRefresher) async throws {
        guard try await state() == .linked else { return }
        let generation = try await refresher.stored(connection).generation
        _ = try? await refresher.renewed(connection, ifGeneration: generation, .person)
        _ = try? await provider.account(with: try await core.access(connection).value)
    }
}

extension SQLiteStore {
    /// Whether the database refuses what comes next.
    func refusesWrites(_ refuses: Bool) async throws {
        try await pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = \(refuses ? "ON" : "OFF")") }
    }
}

public import Gateway
public import Logging

/// The installation without its listeners, opened under its lock: what `enlace init` and `enlace keyring` work on.
public struct Installation: Sendable {
    /// The API keys.
    public let keys: APIKeys
    /// The applications.
    public let applications: Applications
    /// The keys of the keyring.
    public let keyRotation: KeyRotation
    private let core: Core

    /// Opens keyring and database; refused while `enlace serve` runs on them.
    ///
    /// - Throws: what is wrong with the keyring, the database or the lock.
    public static func open(_ settings: GatewaySettings, logger: Logger) async throws -> Installation {
        let core = try await Core(settings, logger: logger)
        return Installation(keys: core.keys, applications: core.applications, keyRotation: core.keyRotation, core: core)
    }

    /// Closes the database and gives the lock back.
    public func close() async {
        try? await core.upstream.shutdown()
        await core.store.close()
    }
}

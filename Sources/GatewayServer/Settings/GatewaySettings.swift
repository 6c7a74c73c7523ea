public import Configuration

/// All settings of `enlace serve`, read once at start.
///
/// - Configuration keys, beside those of the parts:
///   - `public_url` (string, required beyond loopback, default: `http://127.0.0.1:<listen.port>`): the only source of
///     links, redirect URIs and webhook URLs.
///   - `database.path` (string, default: `enlace.sqlite`).
///   - `erasures.path` (string, default: `enlace.erased`).
public struct GatewaySettings: Sendable {
    /// Every key there is.
    public static let keys =
        [SettingKey("public_url", "http://127.0.0.1:8080", "the address as the world sees it; https beyond loopback")]
        + ListenSettings.keys("listen", port: 8080) + ListenSettings.certificateKeys
        + ListenSettings.keys("internal", port: 9090)
        + [
            SettingKey("database.path", "enlace.sqlite", "file of the SQLite database"),
            SettingKey("erasures.path", "enlace.erased", "file that lists the data keys of erased sellers, mode 0600"),
        ] + BackupSettings.keys + KeyringSettings.keys + UpstreamSettings.keys + ProxySettings.keys
        + DeliverySettings.keys + RetentionSettings.keys + LogSettings.keys

    /// The gateway's address as the world sees it.
    public let publicURL: String
    /// The public listener.
    public let listen: ListenSettings
    /// The internal listener.
    public let internalListen: ListenSettings
    /// File of the SQLite database.
    public let databasePath: String
    /// Where the keyring comes from.
    public let keyring: KeyringSettings
    /// File that lists the data keys of erased sellers.
    public let erasuresPath: String
    /// Where backups go, and when they are made.
    public let backup: BackupSettings
    /// Where the provider is.
    public let upstream: UpstreamSettings
    /// How much goes through the proxy, and what.
    public let proxy: ProxySettings
    /// How sellers' endpoints are called.
    public let delivery: DeliverySettings
    /// For how long events and deliveries are kept.
    public let retention: RetentionSettings
    /// What is logged.
    public let log: LogSettings

    /// Reads and checks every key.
    ///
    /// - Throws: ``SettingsError/invalid(key:expected:)`` with the first key that can't be used.
    public init(config: ConfigReader) throws(SettingsError) {
        listen = try ListenSettings(config, scope: "listen", port: 8080)
        internalListen = try ListenSettings(config, scope: "internal", port: 9090)
        databasePath = try config.text("database.path", default: "enlace.sqlite")
        keyring = try KeyringSettings(config)
        erasuresPath = try config.text("erasures.path", default: "enlace.erased")
        backup = try BackupSettings(config)
        upstream = try UpstreamSettings(config)
        proxy = try ProxySettings(config)
        delivery = try DeliverySettings(config)
        retention = try RetentionSettings(config)
        log = try LogSettings(config)
        let address = try config.text("public_url", default: "")
        guard !address.isEmpty || listen.isLoopback else {
            throw .invalid(key: "public_url", expected: "the https address that the world reaches this gateway by")
        }
        publicURL = address.isEmpty ? "http://127.0.0.1:\(listen.port)" : address
        // SEC C8.2: links and cookies in clear are for this machine alone.
        guard isSecureOrLocal(publicURL) else {
            throw .invalid(key: "public_url", expected: "an https URL without a path, or http on 127.0.0.1")
        }
    }
}

import Configuration

/// Where a listener listens.
///
/// - Configuration keys (under `listen` for the public one, under `internal` for `/metrics` and `/readyz`):
///   - `host` (string, default: 127.0.0.1).
///   - `port` (int, default: 8080 and 9090, range: 0...65535, 0 takes a free one).
public struct ListenSettings: Sendable {
    static func keys(_ scope: String, port: Int) -> [SettingKey] {
        [
            SettingKey("\(scope).host", "127.0.0.1", "an address of this machine"),
            SettingKey("\(scope).port", String(port), "0...65535; 0 takes a free one"),
        ]
    }

    /// The address.
    public let host: String
    /// The port.
    public let port: Int

    init(_ config: ConfigReader, scope: String, port: Int) throws(SettingsError) {
        host = try config.text("\(scope).host", default: "127.0.0.1")
        self.port = try config.number("\(scope).port", default: port, in: 0...65535)
    }

    /// Whether only this machine reaches it.
    public var isLoopback: Bool { host == "127.0.0.1" || host == "::1" || host == "localhost" }
}

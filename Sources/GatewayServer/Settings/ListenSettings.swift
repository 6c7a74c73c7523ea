import Configuration

/// Where a listener listens.
///
/// - Configuration keys (under `listen` for the public one, under `internal` for `/metrics` and `/readyz`):
///   - `host` (string, default: 127.0.0.1).
///   - `port` (int, default: 8080 and 9090, range: 0...65535, 0 takes a free one).
///   - `idle_timeout_seconds` (int, default: 30, range: 1...3600): a connection that brings no request for so long, or
///     no more of one, is closed.
public struct ListenSettings: Sendable {
    static func keys(_ scope: String, port: Int) -> [SettingKey] {
        [
            SettingKey("\(scope).host", "127.0.0.1", "an address of this machine"),
            SettingKey("\(scope).port", String(port), "0...65535; 0 takes a free one"),
            SettingKey("\(scope).idle_timeout_seconds", "30", "seconds, 1...3600"),
        ]
    }

    /// The address.
    public let host: String
    /// The port.
    public let port: Int
    /// For how long a connection may be silent (SEC C4.12).
    public let idleTimeout: Duration

    init(_ config: ConfigReader, scope: String, port: Int) throws(SettingsError) {
        host = try config.text("\(scope).host", default: "127.0.0.1")
        self.port = try config.number("\(scope).port", default: port, in: 0...65535)
        idleTimeout = .seconds(
            try config.number("\(scope).idle_timeout_seconds", default: 30, in: 1...3600))
    }

    /// Whether only this machine reaches it.
    public var isLoopback: Bool { host == "127.0.0.1" || host == "::1" || host == "localhost" }
}

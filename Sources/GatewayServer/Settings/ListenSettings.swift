import Configuration

/// Where a listener listens.
///
/// - Configuration keys (under `listen` for the public one, under `internal` for `/metrics` and `/readyz`):
///   - `host` (string, default: 127.0.0.1).
///   - `port` (int, default: 8080 and 9090, range: 0...65535, 0 takes a free one).
///   - `idle_timeout_seconds` (int, default: 30, range: 1...3600): a connection that brings no request for so long, or
///     no more of one, is closed.
///   - `certificate_file`, `private_key_file` (string, default: none; the public one only): PEM files with which the
///     listener speaks TLS; both or neither.
public struct ListenSettings: Sendable {
    /// The files with which a listener speaks TLS.
    public struct Certificate: Hashable, Sendable {
        /// The certificate and those that lead to its root.
        public let certificateFile: String
        /// Its key.
        public let privateKeyFile: String
    }

    static let certificateKeys = [
        SettingKey("listen.certificate_file", "", "a PEM file; empty speaks plain HTTP"),
        SettingKey("listen.private_key_file", "", "a PEM file"),
    ]

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

    /// What it shows to speak TLS; `nil` speaks HTTP/1.1 in clear.
    public let certificate: Certificate?

    init(_ config: ConfigReader, scope: String, port: Int) throws(SettingsError) {
        certificate = try scope == "listen" ? Self.certificate(config) : nil
        host = try config.text("\(scope).host", default: "127.0.0.1")
        self.port = try config.number("\(scope).port", default: port, in: 0...65535)
        idleTimeout = .seconds(
            try config.number("\(scope).idle_timeout_seconds", default: 30, in: 1...3600))
    }

    private static func certificate(_ config: ConfigReader) throws(SettingsError) -> Certificate? {
        let certificate = try config.text("listen.certificate_file", default: "")
        let key = try config.text("listen.private_key_file", default: "")
        switch (certificate.isEmpty, key.isEmpty) {
        case (true, true): return nil
        case (false, false): return Certificate(certificateFile: certificate, privateKeyFile: key)
        case (false, true):
            throw .invalid(key: "listen.private_key_file", expected: "the file of the certificate's key")
        case (true, false):
            throw .invalid(key: "listen.certificate_file", expected: "the file of the key's certificate")
        }
    }

    /// Whether only this machine reaches it.
    public var isLoopback: Bool { host == "127.0.0.1" || host == "::1" || host == "localhost" }
}

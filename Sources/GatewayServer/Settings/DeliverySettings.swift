import Configuration

/// How sellers' endpoints are called.
///
/// - Configuration keys:
///   - `delivery.allowed_ports` (int array, default: 443, range: 1...65535).
///   - `delivery.allow_loopback` (bool, default: false): for development only; then `http` to this machine is allowed.
///   - `delivery.ca_file` (string, default: none): PEM file of a further certificate authority.
///   - `delivery.retry_waits_seconds` (int array, default: the schedule of 13 attempts in 73 hours, range: 1...604800,
///     1 to 50 of them).
public struct DeliverySettings: Sendable {
    static let keys = [
        SettingKey("delivery.allowed_ports", "[443]", "1...65535 each"),
        SettingKey("delivery.allow_loopback", "false", "true for development only"),
        SettingKey("delivery.ca_file", "", "PEM file of a further certificate authority"),
        SettingKey(
            "delivery.retry_waits_seconds",
            "[5, 30, 120, 600, 1800, 3600, 7200, 18000, 36000, 50400, 72000, 72000]", "seconds, 1...604800 each"),
    ]

    /// The ports that endpoints may use.
    public let allowedPorts: [Int]
    /// Whether endpoints on this machine are allowed, in clear too.
    public let allowLoopback: Bool
    /// PEM file of a further certificate authority.
    public let caFile: String?
    /// The waits after failed attempts; `nil` takes the standard schedule.
    public let retryWaits: [Duration]?

    init(_ config: ConfigReader) throws(SettingsError) {
        let ports = "1...65535 each"
        allowedPorts = try config.numbers("delivery.allowed_ports", default: [443], in: 1...65535, expected: ports)
        guard !allowedPorts.isEmpty else { throw .invalid(key: "delivery.allowed_ports", expected: ports) }
        allowLoopback = try config.flag("delivery.allow_loopback", default: false)
        let caFile = try config.text("delivery.ca_file", default: "")
        self.caFile = caFile.isEmpty ? nil : caFile
        let expected = "1 to 50 numbers of 1...604800"
        let waits = try config.numbers(
            "delivery.retry_waits_seconds", default: [], in: 1...604_800, expected: expected)
        guard waits.count <= 50 else { throw .invalid(key: "delivery.retry_waits_seconds", expected: expected) }
        retryWaits = waits.isEmpty ? nil : waits.map { .seconds($0) }
    }
}

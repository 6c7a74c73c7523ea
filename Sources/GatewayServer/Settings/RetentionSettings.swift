import Configuration
public import Gateway

/// For how long events and deliveries are kept.
///
/// - Configuration keys, all in days:
///   - `retention.payload_days` (int, default: 30, range: 1...3650): bodies, and notifications as they came.
///   - `retention.attempt_days` (int, default: 30, range: 1...3650).
///   - `retention.identity_days` (int, default: 60, range: 15...3650): by which repeated notifications are known.
///   - `retention.delivery_days` (int, default: 400, range: 60...3650): what became of deliveries, without bodies.
public struct RetentionSettings: Sendable {
    static let keys = [
        SettingKey("retention.payload_days", "30", "days, 1...3650"),
        SettingKey("retention.attempt_days", "30", "days, 1...3650"),
        SettingKey("retention.identity_days", "60", "days, 15...3650"),
        SettingKey("retention.delivery_days", "400", "days, 60...3650"),
    ]

    /// The lives that were set.
    public let rules: RetentionRules

    init(_ config: ConfigReader) throws(SettingsError) {
        rules = RetentionRules(
            payloads: try config.number("retention.payload_days", default: 30, in: 1...3650),
            attempts: try config.number("retention.attempt_days", default: 30, in: 1...3650),
            deliveries: try config.number("retention.delivery_days", default: 400, in: 60...3650),
            identities: try config.number("retention.identity_days", default: 60, in: 15...3650))
    }
}

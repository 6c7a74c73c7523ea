import Configuration
public import Logging

/// What is logged, and how.
///
/// - Configuration keys:
///   - `log.level` (string, default: info): trace, debug, info, notice, warning, error or critical.
///   - `log.format` (string, default: text): text or json, one line an entry, on standard error.
public struct LogSettings: Sendable {
    /// How an entry is written.
    public enum Format: String, Sendable { case text, json }

    static let keys = [
        SettingKey("log.level", "info", "trace, debug, info, notice, warning, error or critical"),
        SettingKey("log.format", "text", "text or json"),
    ]

    /// The lowest level that is written.
    public let level: Logger.Level
    /// How an entry is written.
    public let format: Format

    init(_ config: ConfigReader) throws(SettingsError) {
        let levels = "trace, debug, info, notice, warning, error or critical"
        guard let level = Logger.Level(rawValue: try config.text("log.level", default: "info", expected: levels)) else {
            throw .invalid(key: "log.level", expected: levels)
        }
        let formats = "text or json"
        guard let format = Format(rawValue: try config.text("log.format", default: "text", expected: formats)) else {
            throw .invalid(key: "log.format", expected: formats)
        }
        self.level = level
        self.format = format
    }
}

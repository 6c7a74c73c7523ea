import Configuration

/// Where backups of the database go, how many stay, and when they are made unasked.
///
/// - Configuration keys:
///   - `backup.folder` (string, default: `enlace.backups`).
///   - `backup.keep` (int, default: 14, range: 1...10000).
///   - `backup.every_hours` (int, default: 0 for never, range: 0...8760).
public struct BackupSettings: Sendable {
    static let keys = [
        SettingKey("backup.folder", "enlace.backups", "folder of the backups, mode 0700"),
        SettingKey("backup.keep", "14", "how many stay, 1...10000"),
        SettingKey("backup.every_hours", "0", "hours, 0...8760; 0 for never"),
    ]

    /// The folder of the backups.
    public let folder: String
    /// How many stay.
    public let keep: Int
    /// How old the newest may become before another one is made unasked; `nil` for never.
    public let age: Duration?

    init(_ config: ConfigReader) throws(SettingsError) {
        folder = try config.text("backup.folder", default: "enlace.backups")
        guard !folder.isEmpty else { throw .invalid(key: "backup.folder", expected: "a folder") }
        keep = try config.number("backup.keep", default: 14, in: 1...10_000)
        let hours = try config.number("backup.every_hours", default: 0, in: 0...8760)
        age = hours == 0 ? nil : .seconds(hours * 3600)
    }
}

import Configuration
public import Gateway

/// Where the keyring comes from.
///
/// - Configuration keys:
///   - `keyring.source` (string, default: file): file, environment (`ENLACE_KEYRING`) or command.
///   - `keyring.path` (string, default: `enlace.keyring`): for the source file.
///   - `keyring.command` (string array, default: none): for the source command: absolute path and arguments.
public struct KeyringSettings: Sendable {
    static let keys = [
        SettingKey("keyring.source", "file", "file, environment or command"),
        SettingKey("keyring.path", "enlace.keyring", "file of the keyring, mode 0600"),
        SettingKey("keyring.command", "[]", "absolute path of a program, and its arguments"),
    ]

    /// File of the keyring, used where it comes from a file.
    public let path: String
    /// Where it comes from.
    public let source: KeyRingSource

    init(_ config: ConfigReader) throws(SettingsError) {
        path = try config.text("keyring.path", default: "enlace.keyring")
        let program = "the absolute path of a program and its arguments, with keyring.source command alone"
        let words = try config.texts("keyring.command", default: [], expected: program)
        let sources = "file, environment or command"
        let source = try config.text("keyring.source", default: "file", expected: sources)
        guard (source == "command") == !words.isEmpty, words.first?.hasPrefix("/") ?? true else {
            throw .invalid(key: "keyring.command", expected: program)
        }
        switch source {
        case "file": self.source = .file(KeyRingFile(path: path))
        case "environment": self.source = .environment
        case "command": self.source = .command(words)
        default: throw .invalid(key: "keyring.source", expected: sources)
        }
    }
}

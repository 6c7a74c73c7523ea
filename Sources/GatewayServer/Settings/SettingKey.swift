/// One key of the configuration, as `deploy/enlace.example.yaml` shows it.
public struct SettingKey: Hashable, Sendable {
    /// The key with full stops between its parts: `listen.port`.
    public let name: String
    /// The default as it would be written, empty for none.
    public let fallback: String
    /// Unit and range, for people.
    public let meaning: String

    init(_ name: String, _ fallback: String, _ meaning: String) {
        self.name = name
        self.fallback = fallback
        self.meaning = meaning
    }

    /// The environment variable that overrules the file: `ENLACE_LISTEN_PORT`.
    public var environmentName: String {
        "ENLACE_" + name.map { $0 == "." ? "_" : $0.uppercased() }.joined()
    }
}

/// Why the configuration can't be used; names the key, never a value.
public enum SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(path: String)
    case unknown(key: String, suggestion: String?)
    case invalid(key: String, expected: String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .unreadable(let path): "The configuration file \(path) can't be read as YAML."
        case .unknown(let key, let suggestion):
            "Unknown configuration key \(key)." + (suggestion.map { " Did you mean \($0)?" } ?? "")
        case .invalid(let key, let expected): "The configuration key \(key) is not valid: expected \(expected)."
        }
    }
}

/// Writes settings as the YAML that `enlace serve` reads.
enum ConfigurationText {
    /// The text of settings, by their names with full stops; values as they stand in YAML.
    static func yaml(_ settings: [String: String]) -> String {
        let sections = Dictionary(grouping: settings) { $0.key.split(separator: ".", maxSplits: 1).first ?? "" }
        let lines = sections.sorted { $0.key < $1.key }.flatMap { section, members in
            let inner = members.sorted { $0.key < $1.key }.map { name, value in
                name == section ? "\(name): \(value)" : "  \(name.dropFirst(section.count + 1)): \(value)"
            }
            return members.contains { $0.key != section } ? ["\(section):"] + inner : inner
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Text as a YAML string.
    static func quoted(_ text: String) -> String { JSONValue.string(text).text() }
}

import Configuration
import Foundation
import Gateway
import SystemPackage
import Yams

extension GatewaySettings {
    /// Names that begin like settings: for the commands that speak to the API, and what the keyring may come in.
    static let clientEnvironment: Set<String> = [
        "ENLACE_URL", "ENLACE_KEY", "ENLACE_KEY_FILE", "ENLACE_CONFIG", "ENLACE_CLIENT_SECRET", "ENLACE_WEBHOOK_SECRET",
        KeyRingSource.variable,
    ]

    /// Reads the environment (`ENLACE_…`) over the file; `nil` reads the environment alone.
    ///
    /// - Throws: ``SettingsError``: a file that is no YAML, an unknown key with the nearest known one, a bad value.
    public static func load(file: String?) async throws -> GatewaySettings {
        try await load(file: file, environment: ProcessInfo.processInfo.environment)
    }

    static func load(file: String?, environment: [String: String]) async throws -> GatewaySettings {
        let isEmpty = try checkNames(environment: environment.keys, file: file)
        // Key material is none of the settings' business.
        let environment = environment.filter { $0.key != KeyRingSource.variable }
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "enlace")
        ]
        // The provider takes a file without any key for one that is no YAML.
        if let file, !isEmpty {
            guard let yaml = try? await FileProvider<YAMLSnapshot>(filePath: FilePath(file)) else {
                throw SettingsError.unreadable(path: file)
            }
            providers.append(yaml)
        }
        return try GatewaySettings(config: ConfigReader(providers: providers))
    }

    /// Refuses names that no setting has; answers whether the file has none at all.
    @discardableResult
    static func checkNames(environment: some Sequence<String>, file: String?) throws(SettingsError) -> Bool {
        let known = Dictionary(uniqueKeysWithValues: keys.map { ($0.environmentName, $0.name) })
        for name in environment.sorted() where name.hasPrefix("ENLACE_") && !clientEnvironment.contains(name) {
            guard known[name] == nil else { continue }
            throw .unknown(key: name, suggestion: nearest(name, known.keys))
        }
        guard let file else { return true }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8),
            let tree = try? Yams.load(yaml: text) ?? [String: Any]()
        else { throw .unreadable(path: file) }
        let names = Set(keys.map(\.name))
        let given = flattened(tree, prefix: "")
        for name in given.sorted() where !names.contains(name) {
            throw .unknown(key: name, suggestion: nearest(name, names))
        }
        return given.isEmpty
    }

    private static func flattened(_ tree: Any, prefix: String) -> [String] {
        guard let map = tree as? [String: Any] else { return [prefix] }
        return map.flatMap { flattened($0.value, prefix: prefix.isEmpty ? $0.key : "\(prefix).\($0.key)") }
    }

    /// The known name that the fewest changed letters lead to, if they are few.
    private static func nearest(_ name: String, _ known: some Sequence<String>) -> String? {
        let ranked = known.map { (name: $0, distance: distance(Array(name), Array($0))) }
        return ranked.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .flatMap { $0.distance <= max(2, name.count / 3) ? $0.name : nil }
    }

    // Levenshtein's distance, one row at a time.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let change = diagonal + (letter == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}

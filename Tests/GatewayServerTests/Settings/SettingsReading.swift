import Foundation
import TestSupport

@testable import GatewayServer

/// Reads settings from a file and this environment instead of the process's own.
///
/// - Parameters:
///   - yaml: What the file says; without it there is none.
///   - environment: Names and values, overruling the file.
func settings(_ yaml: String? = nil, environment: [String: String] = [:]) async throws -> GatewaySettings {
    try await withTemporaryFolder { folder in
        let file = folder.appending(path: "enlace.yaml").path
        try yaml?.write(toFile: file, atomically: true, encoding: .utf8)
        return try await GatewaySettings.load(file: yaml.map { _ in file }, environment: environment)
    }
}

/// The error that reading brings, or `nil` for settings that are good.
func settingsError(_ yaml: String? = nil, environment: [String: String] = [:]) async throws -> SettingsError? {
    do {
        _ = try await settings(yaml, environment: environment)
        return nil
    } catch let error as SettingsError {
        return error
    }
}

/// A key and its value as a line of YAML under its scopes: `listen:\n  port: 1`.
func yaml(_ key: String, _ value: String) -> String {
    let parts = key.split(separator: ".")
    return parts.enumerated().map { depth, part in
        String(repeating: "  ", count: depth) + part + (depth == parts.count - 1 ? ": \(value)" : ":")
    }.joined(separator: "\n")
}

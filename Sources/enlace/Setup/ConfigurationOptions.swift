import ArgumentParser
import Foundation
import GatewayServer

/// Where a command that opens the installation's files finds its configuration.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"), help: "Configuration file; else ENLACE_CONFIG, else enlace.yaml if it is there.")
    var file: String?

    /// The file that is meant, or `nil` where there is none and the environment alone decides.
    var path: String? {
        if let file = file ?? ProcessInfo.processInfo.environment["ENLACE_CONFIG"] { return file }
        return FileManager.default.fileExists(atPath: "enlace.yaml") ? "enlace.yaml" : nil
    }

    /// The settings, checked.
    func settings() async throws -> GatewaySettings {
        try await GatewaySettings.load(file: path)
    }
}

import ArgumentParser
import GatewayServer

/// Runs the gateway: `enlace serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the gateway until SIGTERM or SIGINT.",
        discussion: "Needs a keyring (`enlace keyring init`) or an installation made by `enlace init`.")

    @OptionGroup var configuration: ConfigurationOptions

    func run() async throws {
        let settings = try await configuration.settings()
        try await GatewayServer.run(settings, logger: makeLogger(settings))
    }
}

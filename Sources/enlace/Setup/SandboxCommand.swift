import ArgumentParser
import Logging
import Sandbox
import ServiceLifecycle
import UnixSignals

/// Runs the simulated provider: `enlace sandbox`.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Run a simulated Mercado Pago on this machine.",
        discussion: """
            Writes ca.pem and sandbox.json into its folder. Press the terminals' buttons at <pages>/terminals.
            It hands out every secret it knows under <pages>/_sim: keep it on loopback.
            """)

    @Option(help: "Folder for ca.pem and sandbox.json.") var folder = "sandbox"
    @Option(help: "Address of this machine to listen on.") var host = "127.0.0.1"
    @Option(help: "Port of the API, which speaks TLS; 0 takes a free one.") var apiPort = 8490
    @Option(help: "Port of the authorization pages, the terminals and /_sim; 0 takes a free one.")
    var pagesPort = 8491
    @Option(help: "Port of the login page; 0 takes a free one.") var loginPort = 8492
    @Option(help: "Start of all generated ids and secrets; the same seed gives the same ones.") var seed: UInt64 = 1
    @Option(help: "Divisor of the waits between notification attempts.") var timeScale = 1.0

    func validate() throws {
        guard timeScale > 0 else { throw ValidationError("--time-scale must be greater than 0.") }
        for port in [apiPort, pagesPort, loginPort] where !(0...65535).contains(port) {
            throw ValidationError("A port must be from 0 to 65535.")
        }
    }

    func run() async throws {
        var configuration = SandboxConfiguration(folder: folder)
        configuration.host = host
        configuration.apiPort = apiPort
        configuration.pagesPort = pagesPort
        configuration.loginPort = loginPort
        configuration.seed = seed
        configuration.timeScale = timeScale
        let logger = Logger(label: "sandbox")
        let group = ServiceGroup(
            services: [SandboxServer(configuration: configuration, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }
}

import ArgumentParser
import Foundation
import Gateway
import GatewayServer
import Logging

/// Sets an installation up: `enlace init`.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Set up an installation: configuration, keyring, database, application, first key.",
        discussion: """
            Asks for what it needs at a terminal; elsewhere give every option. The application's client secret is asked \
            for, or read from ENLACE_CLIENT_SECRET; the webhook secret likewise from ENLACE_WEBHOOK_SECRET.
            With --sandbox the application is the sandbox's own, and redirect URI and webhook are entered there too.
            """)

    @Option(name: .customLong("config"), help: "Configuration file; written if it is not there.")
    var configPath = "enlace.yaml"
    @Option(help: "File for URL and key, mode 0600.") var clientFile = "enlace.client.yaml"
    @Option(help: "Folder of a running `enlace sandbox` to work with.") var sandbox: String?
    @Option(help: "The address as the world sees it.") var publicURL: String?
    @Flag(help: "Create no application now.") var noApplication = false
    @OptionGroup(title: "Application") var application: ApplicationAnswers

    func run() async throws {
        guard !FileManager.default.fileExists(atPath: clientFile) else { throw SetupError.exists(path: clientFile) }
        let panel = try sandbox.map { try SandboxPanel(folder: $0) }
        try await prepareConfiguration(panel)
        let settings = try await GatewaySettings.load(file: configPath)
        var new: NewApplication?
        if !noApplication { new = try await application.newApplication(panel) }
        if case .file(let file) = settings.keyring.source, !FileManager.default.fileExists(atPath: file.path) {
            try makeKeyring(settings)
            print("Made \(file.path). Back it up apart from the database.")
        }
        let installation = try await Installation.open(settings, logger: makeQuietLogger())
        do {
            try await fill(installation, settings, new, panel)
        } catch {
            await installation.close()
            throw error
        }
        await installation.close()
        print("\nReady: start it with `enlace serve`.")
    }

    private func prepareConfiguration(_ panel: SandboxPanel?) async throws {
        guard !FileManager.default.fileExists(atPath: configPath) else { return }
        var settings = panel?.settings ?? [:]
        if let publicURL { settings["public_url"] = ConfigurationText.quoted(publicURL) }
        let comment = "# Written by `enlace init`. Every key is explained in deploy/enlace.example.yaml.\n"
        try PrivateFile(path: configPath).create(Secret(comment + ConfigurationText.yaml(settings)))
        print("Wrote \(configPath).")
    }

    private func fill(
        _ installation: Installation, _ settings: GatewaySettings, _ new: NewApplication?, _ panel: SandboxPanel?
    ) async throws {
        let mode = new?.mode ?? .live
        let key = try await installation.keys.createFirst(name: "owner", mode: mode)
        // At once: whatever fails below, the key is not lost.
        try ClientConfiguration(url: settings.publicURL, key: key).write(to: clientFile)
        print("First key, with every scope, in \(clientFile) (readable by you alone).")
        if let new {
            let principal = try await installation.keys.authenticate(key.reveal { $0 })
            let made = try await installation.applications.create(
                new, by: Caller(principal: principal, request: "init"))
            let redirectURI = installation.applications.redirectURI(of: made.id)
            let webhookURL = installation.applications.webhookURL(of: made.id)
            print("\nApplication \(made.id) (\(made.name), \(made.site), \(made.mode.rawValue))")
            if let panel {
                try await panel.enter(clientID: made.clientID, redirectURI: redirectURI, webhookURL: webhookURL)
                print("  Redirect URI and webhook are entered in the sandbox.")
            } else {
                print("  Enter in the application's panel, character by character:")
                print("    Redirect URL  \(redirectURI)")
                print("    Webhook URL   \(webhookURL)")
                print("  Switch PKCE on there\(made.pkce == .off ? " when you set it to required here" : "").")
            }
        }
    }
}

/// A logger for commands that open the installation themselves: nothing below a warning.
func makeQuietLogger() -> Logger {
    Logger(label: "enlace") { label in
        var handler = StreamLogHandler.standardError(label: label)
        handler.logLevel = .warning
        return handler
    }
}

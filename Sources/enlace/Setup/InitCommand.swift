import ArgumentParser
import Foundation
import Gateway
import GatewayServer
import Logging

/// Sets an installation up, or finishes setting it up: `enlace init`.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Set up an installation: configuration, keyring, database, application, first key.",
        discussion: """
            Asks for what it needs at a terminal; elsewhere give every option. The application's client secret is asked \
            for, or read from ENLACE_CLIENT_SECRET; the webhook secret likewise from ENLACE_WEBHOOK_SECRET.
            With --sandbox the application is the sandbox's own, and redirect URI and webhook are entered there too.
            Run again, it changes nothing that is there and finishes what is missing, as after a kill half-way.
            """)

    @Option(name: .customLong("config"), help: "Configuration file; written if it is not there.")
    var configPath = "enlace.yaml"
    @Option(help: "File for URL and key, mode 0600.") var clientFile = "enlace.client.yaml"
    @Option(help: "Folder of a running `enlace sandbox` to work with.") var sandbox: String?
    @Option(help: "The address as the world sees it.") var publicURL: String?
    @Flag(help: "Create no application now.") var noApplication = false
    @OptionGroup(title: "Application") var application: ApplicationAnswers

    func run() async throws {
        let panel = try sandbox.map { try SandboxPanel(folder: $0) }
        let settings = try await preparedSettings(panel)
        // While nothing is there yet, so that an answer that is missing leaves nothing half-made.
        let isNew = !FileManager.default.fileExists(atPath: settings.databasePath)
        let early = isNew && !noApplication ? try await application.newApplication(panel) : nil
        try prepareKeyring(settings)
        let installation = try await Installation.open(settings, logger: makeQuietLogger())
        do {
            try await finish(
                InstallationSetup(installation: installation, settings: settings, clientFile: clientFile),
                early, panel)
        } catch let problem as Problem {
            await installation.close()
            throw SetupError.refused(problem)
        } catch {
            await installation.close()
            throw error
        }
        await installation.close()
        print("\nReady: start it with `enlace serve`; `enlace doctor` looks whether all is well.")
    }

    private func preparedSettings(_ panel: SandboxPanel?) async throws -> GatewaySettings {
        guard FileManager.default.fileExists(atPath: configPath) else {
            var settings = panel?.settings ?? [:]
            if let publicURL { settings["public_url"] = ConfigurationText.quoted(publicURL) }
            let comment = "# Written by `enlace init`. Every key is explained in deploy/enlace.example.yaml.\n"
            try PrivateFile(path: configPath).create(Secret(comment + ConfigurationText.yaml(settings)))
            print("Wrote \(configPath).")
            return try await GatewaySettings.load(file: configPath)
        }
        let settings = try await GatewaySettings.load(file: configPath)
        if let publicURL, publicURL != settings.publicURL {
            throw SetupError.differs(option: "--public-url", path: configPath)
        }
        if let panel, panel.address("api") != settings.upstream.apiURL {
            throw SetupError.differs(option: "--sandbox", path: configPath)
        }
        print("Found \(configPath); it stays as it is.")
        return settings
    }

    private func prepareKeyring(_ settings: GatewaySettings) throws {
        guard case .file(let file) = settings.keyring.source else { return }
        guard !FileManager.default.fileExists(atPath: file.path) else {
            return print("Found \(file.path); it stays as it is.")
        }
        try makeKeyring(settings)
        print("Made \(file.path). Back it up apart from the database.")
    }

    /// Adds what the database lacks: a key first, then the application.
    private func finish(_ setup: InstallationSetup, _ early: NewApplication?, _ panel: SandboxPanel?) async throws {
        let seeded = application.clientID == nil ? try await panel?.application().clientID : nil
        let named = application.clientID ?? seeded
        let mode = application.mode.flatMap { Mode(rawValue: $0) }
        let found = noApplication ? nil : try await setup.application(clientID: named, mode: mode)
        var wanted = early
        if wanted == nil, found == nil, !noApplication { wanted = try await application.newApplication(panel) }
        let principal = try await setup.firstKey(mode: wanted?.mode ?? found?.mode ?? .live)
        if let found {
            print(
                "Found application \(found.id) (\(found.name), \(found.site), \(found.mode.rawValue)); it stays as it is."
            )
            try await setup.tellPanel(of: found, panel)
        } else if let wanted {
            let made = try await setup.installation.applications.create(
                wanted, by: Caller(principal: principal, request: "init"))
            print("\nApplication \(made.id) (\(made.name), \(made.site), \(made.mode.rawValue))")
            try await setup.tellPanel(of: made, panel)
        }
    }
}

/// What `enlace init` finds in an opened installation, and adds to it.
struct InstallationSetup: Sendable {
    let installation: Installation
    let settings: GatewaySettings
    let clientFile: String

    /// The first application with this number and of this mode, where they are named.
    func application(clientID: String?, mode: Mode?) async throws -> Application? {
        try await installation.applications.list(page: Page(limit: 200)).first { application in
            (clientID ?? application.clientID) == application.clientID && (mode ?? application.mode) == application.mode
        }
    }

    /// The key in the client's file, which is made if there is none.
    func firstKey(mode: Mode) async throws -> Principal {
        guard FileManager.default.fileExists(atPath: clientFile) else { return try await newKey(mode: mode) }
        let known = try ClientConfiguration.find(url: nil, keyFile: nil, clientFile: clientFile, environment: [:])
        do throws(Problem) {
            let principal = try await installation.keys.authenticate(known.key.reveal { $0 })
            print("Found \(clientFile) with a \(principal.mode.rawValue) key; it stays as it is.")
            return principal
        } catch {
            guard error.code == .unauthorized else { throw error }
        }
        // A kill between the file and the database leaves a key that no database knows.
        guard try await !installation.keys.hasKeys() else { throw SetupError.keyOfAnother(path: clientFile) }
        let principal = try await installation.keys.keepFirst(known.key, name: "owner")
        print("Found \(clientFile); its key is this installation's first now.")
        return principal
    }

    private func newKey(mode: Mode) async throws -> Principal {
        let others = try await installation.keys.hasKeys()
        let key = installation.keys.draw(mode: mode)
        // The file first: whatever fails afterwards, the next run finds the key there.
        try ClientConfiguration(url: settings.publicURL, key: key).write(to: clientFile)
        let principal = try await installation.keys.keepFirst(key, name: "owner")
        if others {
            print(
                "Another key, with every scope, in \(clientFile): the text of those that are there can't be shown again."
            )
            print("Revoke what nobody uses any more: `enlace keys list`.")
        } else {
            print("First key, with every scope, in \(clientFile) (readable by you alone).")
        }
        return principal
    }

    /// Enters the addresses in the sandbox, or says what is to be entered in the panel.
    func tellPanel(of application: Application, _ panel: SandboxPanel?) async throws {
        let redirectURI = installation.applications.redirectURI(of: application.id)
        let webhookURL = installation.applications.webhookURL(of: application.id)
        if let panel {
            try await panel.enter(clientID: application.clientID, redirectURI: redirectURI, webhookURL: webhookURL)
            print("  Redirect URI and webhook are entered in the sandbox.")
        } else {
            print("  Enter in the application's panel, character by character:")
            print("    Redirect URL  \(redirectURI)")
            print("    Webhook URL   \(webhookURL)")
            print("  Switch PKCE on there\(application.pkce == .off ? " when you set it to required here" : "").")
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

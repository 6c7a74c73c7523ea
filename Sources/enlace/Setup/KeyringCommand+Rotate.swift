import ArgumentParser
import Foundation
import Gateway
import GatewayServer

extension KeyringCommand {
    /// `enlace keyring rotate`.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "rotate", "Add a new current key, and wrap every data key by it.",
            about: """
                Works while the gateway serves; older keys stay until they are retired. If no gateway runs, the next \
                start wraps the data keys. Back the keyring up afterwards, apart from the database.
                """,
            examples: "enlace keyring rotate")

        @Flag(help: "Return once the gateway uses the new key, without waiting until all is wrapped by it.")
        var noWait = false
        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func run() async throws {
            let settings = try await configuration.settings()
            let file = try settings.keyringFile()
            let id = try file.rotate(clock: .system, random: .system)
            Output.tell("Added the key \(id) to \(file.path). Back the keyring up, apart from the database.")
            do {
                let known = try client.configuration()
                let status = try await APIClient.withClient(url: known.url, key: known.key) { api in
                    let status = try await api.post("/v1/keyring/reload")
                    guard status["current"]?.string == id else { throw SetupError.keyringOfAnother(url: known.url) }
                    return noWait ? status : try await RewrapProgress().watch(api, from: status)
                }
                Output(isJSON: client.json).show(status, as: .keyring, note: nil)
            } catch  where isWithoutGateway(error) {
                Output.tell("\(error)")
                try await note(id, settings)
            } catch {
                throw try Output.exitCode(for: error)
            }
        }

        // Nobody answered: whoever holds the database's lock has to be told, else the line for the audit is written.
        private func note(_ id: String, _ settings: GatewaySettings) async throws {
            if FileManager.default.fileExists(atPath: settings.databasePath) {
                do {
                    try await Installation.lend(settings) { try await $0.keyRotation.note(.keyringRotated, key: id) }
                } catch {
                    Output.tell("\(error)\nIf a gateway runs, tell it: `enlace keyring reload`.")
                    return
                }
            }
            Output.tell("No gateway runs. The next `enlace serve` uses the new key and wraps every data key by it.")
        }
    }

    /// `enlace keyring retire`.
    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "retire", "Remove an older key that nothing depends on any more.",
            about: """
                A backup of the database that was made before everything was wrapped anew needs the key: keep a copy of \
                the old keyring for as long as you keep such backups.
                """,
            examples: "enlace keyring retire krk_01JZ8Q4T6M0000000000000001")

        @Argument(help: "The key: krk_….") var key: String
        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup(title: "Gateway") var client: ClientOptions

        func run() async throws {
            let settings = try await configuration.settings()
            let file = try settings.keyringFile()
            let ring = try file.read()
            guard key != ring.current else { throw KeyRingError.currentKey(id: key) }
            guard ring.ids.contains(key) else { throw KeyRingError.unknownKey(id: key, path: file.path) }
            do {
                let known = try client.configuration()
                let status = try await APIClient.withClient(url: known.url, key: known.key) { api in
                    try await retire(from: file, asking: api)
                }
                Output(isJSON: client.json).show(status, as: .keyring, note: nil)
            } catch  where isWithoutGateway(error) {
                Output.tell("\(error)")
                try await retire(from: file, settings)
            } catch {
                throw try Output.exitCode(for: error)
            }
            Output.tell("Retired \(key). Backups from before the rotation need it: keep a copy for as long as them.")
        }

        private func retire(from file: KeyRingFile, asking api: APIClient) async throws -> JSONValue {
            let keys = try await api.get("/v1/keyring")["keys"]?.array ?? []
            // A gateway that does not know the key can't know what depends on it.
            guard let found = keys.first(where: { $0["id"]?.string == key }), let dataKeys = found["data_keys"]?.int
            else { throw SetupError.keyringOfAnother(url: api.url) }
            guard dataKeys == 0 else { throw SetupError.keyInUse(id: key, dataKeys: dataKeys) }
            let retired = try file.retire(key)
            do {
                return try await api.post("/v1/keyring/reload")
            } catch let error as APIError {
                // Something began to depend on it meanwhile: the gateway keeps it, and so does the file.
                try file.putBack(retired)
                throw error
            }
        }

        private func retire(from file: KeyRingFile, _ settings: GatewaySettings) async throws {
            guard FileManager.default.fileExists(atPath: settings.databasePath) else {
                throw SetupError.noDatabase(path: settings.databasePath)
            }
            try await Installation.lend(settings) { installation in
                let dataKeys = try await installation.keyRotation.dataKeys(wrappedBy: key)
                guard dataKeys == 0 else { throw SetupError.keyInUse(id: key, dataKeys: dataKeys) }
                _ = try file.retire(key)
                try await installation.keyRotation.note(.keyringKeyRetired, key: key)
            }
        }
    }
}

/// Whether an error means that no gateway could be asked, so that the files are worked on.
private func isWithoutGateway(_ error: any Error) -> Bool {
    error is UnreachableGateway || error is ClientConfigurationError
}

extension Installation {
    /// Lends the installation, opened under its lock, and closes it whatever comes of it.
    fileprivate static func lend(
        _ settings: GatewaySettings, to body: (Installation) async throws -> Void
    ) async throws {
        let installation = try await open(settings, logger: makeQuietLogger())
        do {
            try await body(installation)
        } catch {
            await installation.close()
            throw error
        }
        await installation.close()
    }
}

import ArgumentParser
import Foundation
import Gateway
import GatewayServer

/// The keyring: `enlace keyring`.
struct KeyringCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyring", abstract: "The encryption keys of the vault.",
        subcommands: [Init.self, Status.self, Rotate.self, Retire.self, Reload.self])
}

extension View {
    /// The keyring and how far re-wrapping has come.
    static let keyring = View(
        ["current", "source", "rewrap"], lists: ["keys": ["id", "created_at", "data_keys"]])
}

extension KeyringCommand {
    /// `enlace keyring init`.
    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init", abstract: "Make a keyring for a new installation.",
            discussion: "An existing keyring is never touched, and none is made beside an existing database.")

        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            let settings = try await configuration.settings()
            try makeKeyring(settings)
            print("Made \(settings.keyring.path), readable by you alone.")
            print("Back it up apart from the database: without it nothing that was sealed opens again.")
        }
    }

    /// `enlace keyring status`.
    struct Status: APICommand {
        static let configuration = CommandConfiguration(
            "status", "Show the keys, what depends on each, and how far re-wrapping has come.",
            examples: "enlace keyring status")
        static let view = View.keyring

        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue { try await api.get("/v1/keyring") }
    }

    /// `enlace keyring reload`.
    struct Reload: APICommand {
        static let configuration = CommandConfiguration(
            "reload", "Let the running gateway read its keyring anew.",
            about: "For a keyring that another program changed. One that lacks a key in use is refused.",
            examples: "enlace keyring reload")
        static let view = View.keyring

        @OptionGroup(title: "Gateway") var client: ClientOptions

        func ask(_ api: APIClient) async throws -> JSONValue { try await api.post("/v1/keyring/reload") }
    }
}

/// Makes a keyring where there is neither one nor a database that was sealed under another.
///
/// - Throws: ``SetupError/databaseWithoutKeyring(path:)``, ``SetupError/keyringElsewhere(source:)``, `KeyRingError`.
func makeKeyring(_ settings: GatewaySettings) throws {
    let file = try settings.keyringFile()
    let hasKeyring = FileManager.default.fileExists(atPath: file.path)
    // A new keyring over an old database would make everything in it unreadable (known failure B4.65).
    guard hasKeyring || !FileManager.default.fileExists(atPath: settings.databasePath) else {
        throw SetupError.databaseWithoutKeyring(path: settings.databasePath)
    }
    try file.create(clock: .system, random: .system)
}

extension GatewaySettings {
    /// The keyring's file, to be changed.
    ///
    /// - Throws: ``SetupError/keyringElsewhere(source:)`` where it comes from elsewhere.
    func keyringFile() throws(SetupError) -> KeyRingFile {
        guard case .file(let file) = keyring.source else {
            throw .keyringElsewhere(source: keyring.source.word)
        }
        return file
    }
}

/// Why an installation can't be set up or its keyring changed; says what to do.
enum SetupError: Error, CustomStringConvertible {
    case databaseWithoutKeyring(path: String)
    case keyOfAnother(path: String)
    case differs(option: String, path: String)
    case refused(Problem)
    case missing(flag: String)
    case sandbox(path: String)
    case keyringElsewhere(source: String)
    case noDatabase(path: String)
    case keyringOfAnother(url: String)
    case keyInUse(id: String, dataKeys: Int)

    var description: String {
        switch self {
        case .databaseWithoutKeyring(let path):
            "There is a database at \(path), and a new keyring would not open it. Restore the keyring it was sealed under."
        case .keyOfAnother(let path):
            "The key in \(path) does not count in this database: it is another installation's, or was revoked. Move the "
                + "file away and run this again, and a new key is made."
        case .differs(let option, let path):
            "\(path) is there already and says otherwise than \(option). Nothing was changed. Change the file, or leave "
                + "the option out."
        case .refused(let problem): "\(problem.code.rawValue): \(problem.detail)"
        case .missing(let flag): "\(flag) is missing. Give it, or run this at a terminal to be asked."
        case .sandbox(let path): "\(path) is not there. Start `enlace sandbox` first, and give its folder."
        case .keyringElsewhere(let source):
            "keyring.source is \(source), and this command works on a keyring's file only. Change the keyring where it "
                + "is kept, then run `enlace keyring reload`, or start the gateway anew where it comes from its "
                + "environment."
        case .noDatabase(let path):
            "There is no database at \(path) to ask what depends on the key. Nothing was changed. Give its configuration."
        case .keyringOfAnother(let url):
            "The gateway at \(url) does not use this keyring, so it can't say what depends on its keys. Give the address "
                + "of the gateway that does, or its configuration."
        case .keyInUse(let id, let dataKeys):
            "\(dataKeys) data keys depend on the key \(id). Nothing was changed. `enlace keyring status` shows how far "
                + "re-wrapping has come."
        }
    }
}

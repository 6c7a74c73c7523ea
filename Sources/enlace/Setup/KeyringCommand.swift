import ArgumentParser
import Foundation
import Gateway
import GatewayServer

/// What works on the keyring: `enlace keyring`.
struct KeyringCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyring", abstract: "The encryption keys of the vault.", subcommands: [KeyringInitCommand.self])
}

/// Makes a keyring: `enlace keyring init`.
struct KeyringInitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a keyring for a new installation.",
        discussion: "An existing keyring is never touched, and none is made beside an existing database.")

    @OptionGroup var configuration: ConfigurationOptions

    func run() async throws {
        let settings = try await configuration.settings()
        try makeKeyring(settings)
        print("Made \(settings.keyringPath), readable by you alone.")
        print("Back it up apart from the database: without it nothing that was sealed opens again.")
    }
}

/// Makes a keyring where there is neither one nor a database that was sealed under another.
///
/// - Throws: ``SetupError/databaseWithoutKeyring(path:)``, ``KeyRingError``.
func makeKeyring(_ settings: GatewaySettings) throws {
    let hasKeyring = FileManager.default.fileExists(atPath: settings.keyringPath)
    // A new keyring over an old database would make everything in it unreadable (known failure B4.65).
    guard hasKeyring || !FileManager.default.fileExists(atPath: settings.databasePath) else {
        throw SetupError.databaseWithoutKeyring(path: settings.databasePath)
    }
    try KeyRingFile(path: settings.keyringPath).create(clock: .system, random: .system)
}

/// Why an installation can't be set up; says what to do.
enum SetupError: Error, CustomStringConvertible {
    case databaseWithoutKeyring(path: String)
    case exists(path: String)
    case missing(flag: String)
    case sandbox(path: String)

    var description: String {
        switch self {
        case .databaseWithoutKeyring(let path):
            "There is a database at \(path), and a new keyring would not open it. Restore the keyring it was sealed under."
        case .exists(let path): "There is \(path) already: this installation is set up. Remove it to start again."
        case .missing(let flag): "\(flag) is missing. Give it, or run this at a terminal to be asked."
        case .sandbox(let path): "\(path) is not there. Start `enlace sandbox` first, and give its folder."
        }
    }
}

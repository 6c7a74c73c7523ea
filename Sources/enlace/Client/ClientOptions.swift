import ArgumentParser
import Foundation

/// The options of every command that asks the API.
struct ClientOptions: ParsableArguments {
    /// The gateway's address.
    @Option(help: "The gateway's address (or ENLACE_URL).")
    var url: String?

    /// File with the key and nothing else.
    @Option(
        help: "File with the API key, mode 0600 (or ENLACE_KEY_FILE, or the key itself in ENLACE_KEY).",
        completion: .file())
    var keyFile: String?

    /// YAML file with address and key.
    @Option(
        help: "YAML file with url and key, mode 0600 (default: \(ClientConfiguration.defaultFile)).",
        completion: .file())
    var clientFile: String?

    /// Whether the API's own answer is printed.
    @Flag(help: "Print the API's answer as JSON.")
    var json = false

    /// Where the gateway is and which key it is asked with.
    func configuration() throws -> ClientConfiguration {
        try ClientConfiguration.find(
            url: url, keyFile: keyFile, clientFile: clientFile, environment: ProcessInfo.processInfo.environment)
    }
}

/// The options of every command that lists.
struct PageOptions: ParsableArguments {
    /// How many at most.
    @Option(help: "At most so many, 1 to 200 (default: 50).")
    var limit: Int?

    /// Where to go on.
    @Option(help: "Go on after this id, the `next` of the page before.")
    var after: String?

    /// Both as parameters of a query.
    var query: [(String, String?)] { [("limit", limit.map { String($0) }), ("after", after)] }
}

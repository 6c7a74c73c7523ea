import Foundation
import Gateway
import Yams

/// Why the gateway's address or key is not known; never quotes a key.
enum ClientConfigurationError: Error, Hashable, CustomStringConvertible {
    case noURL(file: String)
    case noKey(file: String)
    case foreignURL(file: String)
    case badURL
    case badKey
    case badFile(path: String)
    case unknownName(String, path: String)

    /// What is wrong and what to do.
    var description: String {
        switch self {
        case .noURL(let file):
            "The gateway's address is not known. Give --url, set ENLACE_URL, or write `url` to \(file)."
        case .noKey(let file):
            "There is no API key. Give --key-file, set ENLACE_KEY or ENLACE_KEY_FILE, or write `key` to \(file)."
        case .foreignURL(let file):
            "The key does not come from \(file), so it is not sent to the address there. Give --url or set "
                + "ENLACE_URL, or name the file with --client-file."
        case .badURL: "The gateway's address must be an http or https URL without a path, as https://enlace.example."
        case .badKey: "The API key is none of Enlace's: one begins with enl_ and has no spaces."
        case .badFile(let path): "The file \(path) is not YAML with the two texts `url` and `key`."
        case .unknownName(let name, let path): "Unknown name \(name) in \(path). It knows `url` and `key`."
        }
    }
}

/// Where the gateway is and which key it is asked with.
struct ClientConfiguration: Sendable {
    /// The file that is looked for where none is named.
    static let defaultFile = "enlace.client.yaml"

    /// The gateway's address, without a path and a slash at its end.
    let url: String
    /// The API key.
    let key: Secret<String>

    /// Checks both.
    ///
    /// - Throws: ``ClientConfigurationError/badURL``, ``ClientConfigurationError/badKey``.
    init(url: String, key: Secret<String>) throws(ClientConfigurationError) {
        let origin = url.hasSuffix("/") ? String(url.dropLast()) : url
        guard let parts = URLComponents(string: origin), parts.scheme == "https" || parts.scheme == "http",
            parts.host?.isEmpty == false, parts.user == nil, parts.path.isEmpty, parts.query == nil,
            parts.fragment == nil
        else { throw .badURL }
        guard key.reveal({ $0.hasPrefix("enl_") && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } }) else {
            throw .badKey
        }
        self.url = origin
        self.key = key
    }

    /// Looks for both: flags first, then the environment, then the file.
    ///
    /// There is no flag for the key itself: every user of the machine could read it in the list of processes.
    ///
    /// - Parameters:
    ///   - url: What `--url` says.
    ///   - keyFile: What `--key-file` says.
    ///   - clientFile: What `--client-file` says; `nil` looks for `enlace.client.yaml` in the current folder.
    ///   - environment: `ENLACE_URL`, `ENLACE_KEY`, `ENLACE_KEY_FILE`.
    /// - Returns: Both, checked.
    /// - Throws: ``ClientConfigurationError``, ``PrivateFileError``.
    static func find(
        url: String?, keyFile: String?, clientFile: String?, environment: [String: String]
    ) throws -> ClientConfiguration {
        let file = try ClientFile(path: clientFile ?? defaultFile, isRequired: clientFile != nil)
        let ownKey =
            try keyFile.map { try PrivateFile(path: $0).read() } ?? environment["ENLACE_KEY"].map { Secret($0) }
            ?? environment["ENLACE_KEY_FILE"].map { try PrivateFile(path: $0).read() }
        guard let key = ownKey ?? file.key else { throw ClientConfigurationError.noKey(file: file.path) }
        if let url = url ?? environment["ENLACE_URL"] { return try ClientConfiguration(url: url, key: key) }
        guard let url = file.url else { throw ClientConfigurationError.noURL(file: file.path) }
        // A file that lies about in the current folder must not draw a key from elsewhere to its address.
        guard ownKey == nil || clientFile != nil else { throw ClientConfigurationError.foreignURL(file: file.path) }
        return try ClientConfiguration(url: url, key: key)
    }

    /// Makes the file with mode 0600; one that exists is never touched.
    ///
    /// - Throws: ``PrivateFileError``.
    func write(to path: String) throws(PrivateFileError) {
        // A JSON string is a YAML string.
        let text = key.reveal { "url: \(JSONValue.string(url).text())\nkey: \(JSONValue.string($0).text())\n" }
        try PrivateFile(path: path).create(Secret(text))
    }
}

/// What `enlace.client.yaml` says.
private struct ClientFile {
    let path: String
    private(set) var url: String?
    private(set) var key: Secret<String>?

    init(path: String, isRequired: Bool) throws {
        self.path = path
        guard isRequired || FileManager.default.fileExists(atPath: path) else { return }
        // What the parser says would quote the file.
        let text = try PrivateFile(path: path).read()
        guard let members = text.reveal({ try? YAMLDecoder().decode([String: String].self, from: $0) }) else {
            throw ClientConfigurationError.badFile(path: path)
        }
        if let unknown = members.keys.sorted().first(where: { $0 != "url" && $0 != "key" }) {
            throw ClientConfigurationError.unknownName(unknown.visible, path: path)
        }
        url = members["url"]
        key = members["key"].map { Secret($0) }
    }
}

import Foundation
import Gateway
import NIOHTTP1

/// The sandbox's stand-in for the provider's developer panel.
struct SandboxPanel: Sendable {
    /// What the panel shows of an application.
    struct Application: Sendable {
        let clientID: String
        let name: String
        let site: String
        let clientSecret: Secret<String>
        let webhookSecret: Secret<String>
    }

    /// The addresses that the sandbox wrote.
    let addresses: JSONValue

    /// Reads `sandbox.json` of a running sandbox.
    ///
    /// - Throws: ``SetupError/sandbox(path:)``.
    init(folder: String) throws {
        let path = folder + "/sandbox.json"
        guard let data = FileManager.default.contents(atPath: path),
            let addresses = try? JSONDecoder().decode(JSONValue.self, from: data)
        else { throw SetupError.sandbox(path: path) }
        self.addresses = addresses
    }

    /// An address by its name: `api`, `authorization`, `login`, `sim`, `ca_file`.
    func address(_ name: String) -> String { addresses[name]?.string ?? "" }

    /// The settings that make a gateway work with this sandbox.
    var settings: [String: String] {
        [
            "delivery.allow_loopback": "true", "upstream.api_url": ConfigurationText.quoted(address("api")),
            "upstream.authorization_url": ConfigurationText.quoted(address("authorization")),
            "upstream.ca_file": ConfigurationText.quoted(address("ca_file")),
        ]
    }

    /// The application that the sandbox was planted with.
    func application() async throws -> Application {
        let found = try await call(.GET, "/applications")["applications"]?.array?.first
        guard let found, let clientID = found["client_id"]?.string else {
            throw SetupError.sandbox(path: "application")
        }
        return Self.application(found, clientID: clientID, site: "MLA")
    }

    /// Makes a further application.
    func makeApplication(name: String, site: String) async throws -> Application {
        let made = try await call(.POST, "/applications", ["name": .string(name)])
        guard let clientID = made["client_id"]?.string else { throw SetupError.sandbox(path: "application") }
        return Self.application(made, clientID: clientID, site: site)
    }

    /// Enters what the gateway says must stand in the panel.
    func enter(clientID: String, redirectURI: String, webhookURL: String) async throws {
        _ = try await call(
            .PATCH, "/applications/\(clientID)",
            ["redirect_uris": [.string(redirectURI)], "webhook_url": .string(webhookURL)])
    }

    /// A call of the sandbox's own controls.
    @discardableResult
    func call(_ method: HTTPMethod, _ path: APIPath, _ body: JSONValue? = nil) async throws -> JSONValue {
        try await APIClient.withClient(url: address("sim"), key: nil) { try await $0.call(method, path, body: body) }
    }

    private static func application(_ json: JSONValue, clientID: String, site: String) -> Application {
        Application(
            clientID: clientID, name: json["name"]?.string ?? "Sandbox POS", site: site,
            clientSecret: Secret(json["client_secret"]?.string ?? ""),
            webhookSecret: Secret(json["webhook_secret"]?.string ?? ""))
    }
}

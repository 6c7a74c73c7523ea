import Foundation
import TestSupport
import Testing

@testable import GatewayServer

@Suite("An unknown key")
struct UnknownKeyTests {
    @Test(
        "of the file is refused, with the nearest one",
        arguments: [
            ("lisen.port", "listen.port"), ("listen.prot", "listen.port"), ("publc_url", "public_url"),
            ("delivery.allow_port", "delivery.allowed_ports"), ("log.levl", "log.level"),
        ])
    func file(key: String, suggestion: String) async throws {
        let error = try await settingsError(yaml(key, "1"))
        #expect(error == .unknown(key: key, suggestion: suggestion))
        #expect(error?.description == "Unknown configuration key \(key). Did you mean \(suggestion)?")
    }

    @Test(
        "of the environment is refused, with the nearest one",
        arguments: [
            ("ENLACE_LISTEN_PROT", "ENLACE_LISTEN_PORT"), ("ENLACE_PUBLICURL", "ENLACE_PUBLIC_URL"),
            ("ENLACE_DATABASE_PTAH", "ENLACE_DATABASE_PATH"),
        ])
    func environment(name: String, suggestion: String) async throws {
        let error = try await settingsError(environment: [name: "1"])
        #expect(error == .unknown(key: name, suggestion: suggestion))
    }

    @Test("that is like no other is refused without a suggestion")
    func farAway() async throws {
        #expect(try await settingsError("zzzzzzzzzzzzzz: 1") == .unknown(key: "zzzzzzzzzzzzzz", suggestion: nil))
        let error = try await settingsError(environment: ["ENLACE_ZZZZZZZZZZZZZZZZZZZZ": "1"])
        #expect(error == .unknown(key: "ENLACE_ZZZZZZZZZZZZZZZZZZZZ", suggestion: nil))
    }

    @Test("is one where a scope stands for a value, and where a value stands for a scope")
    func wrongDepth() async throws {
        #expect(try await settingsError("listen: 8080")?.description.contains("key listen.") == true)
        #expect(try await settingsError("public_url:\n  host: a")?.description.contains("public_url.host") == true)
    }

    @Test("is none of the names that are for the commands, nor what is not ours")
    func clientNames() async throws {
        let environment = Dictionary(
            uniqueKeysWithValues: GatewaySettings.clientEnvironment.map { ($0, "value") } + [("PATH", "/bin")])
        #expect(try await settingsError(environment: environment) == nil)
    }

    @Test(
        "is not found in a file without any key",
        arguments: ["", "# Nothing but a comment.\n", "{}"])
    func empty(text: String) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "enlace.yaml").path
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try await GatewaySettings.load(file: file, environment: [:]).listen.port == 8080)
        }
    }

    @Test("is not looked for in what is no YAML: the path is named, never the content")
    func noYAML() async throws {
        let error = try await settingsError("public_url: [value-marker")
        guard case .unreadable(let path) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path.hasSuffix("/enlace.yaml"))
        #expect(error?.description.contains("value-marker") == false)
    }
}

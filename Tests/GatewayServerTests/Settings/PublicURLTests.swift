import Testing

@testable import GatewayServer

@Suite("The public_url")
struct PublicURLTests {
    @Test(
        "is https, or http on this machine",
        arguments: [
            "https://enlace.example.com", "https://enlace.example.com:8443", "http://127.0.0.1:8080",
            "http://localhost:8080", "http://127.0.0.1", "http://localhost",
        ])
    func accepted(url: String) async throws {
        #expect(try await settings("public_url: \"\(url)\"").publicURL == url)
    }

    @Test(
        "is nothing else",
        arguments: [
            "http://enlace.example.com", "http://192.168.1.2:8080", "ftp://enlace.example.com", "enlace.example.com",
            "https://", "https://enlace.example.com/path", "https://enlace.example.com/",
            "https://enlace.example.com?a=b", "https://enlace.example.com#a", "https://user@enlace.example.com",
            "https://enlace.example.com x",
        ])
    func refused(url: String) async throws {
        let error = try await settingsError("public_url: \"\(url)\"")
        guard case .invalid(let key, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(key == "public_url")
    }

    @Test(
        "is no plain http on a host that only begins like this machine",
        arguments: ["http://127.0.0.1.example.com", "http://localhost.example.com", "http://127.0.0.10:8080"])
    func beginsLikeLoopback(url: String) async throws {
        let error = try await settingsError("public_url: \"\(url)\"")
        #expect(error != nil)
    }

    @Test("is required as soon as others reach the public listener", arguments: ["0.0.0.0", "::", "192.168.1.2"])
    func required(host: String) async throws {
        let error = try await settingsError("listen:\n  host: \"\(host)\"")
        guard case .invalid(let key, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(key == "public_url")
        #expect(
            try await settingsError("listen:\n  host: \"\(host)\"\npublic_url: \"https://enlace.example.com\"") == nil)
    }

    @Test("follows the port where it is left out on this machine")
    func follows() async throws {
        #expect(try await settings("listen:\n  port: 8099").publicURL == "http://127.0.0.1:8099")
    }
}

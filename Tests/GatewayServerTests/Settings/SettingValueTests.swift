import Gateway
import Logging
import Testing

@testable import GatewayServer

@Suite("A setting's value")
struct SettingValueTests {
    @Test(
        "out of range is refused, and the key named",
        arguments: [
            ("listen.port", "-1"), ("listen.port", "65536"), ("internal.port", "70000"),
            ("upstream.first_byte_timeout_seconds", "0"), ("upstream.first_byte_timeout_seconds", "121"),
            ("upstream.api_url", "\"http://api.example.com\""), ("upstream.api_url", "\"https://api.example.com/v1\""),
            ("upstream.api_url", "\"http://127.0.0.1:8000\""),
            ("upstream.authorization_url", "\"http://auth.example.com\""),
            ("upstream.authorization_url", "\"https://auth.example.com/authorization\""),
            ("delivery.allowed_ports", "[0]"), ("delivery.allowed_ports", "[443, 65536]"),
            ("delivery.retry_waits_seconds", "[0]"), ("delivery.retry_waits_seconds", "[5, 604801]"),
            ("log.level", "loud"), ("log.format", "xml"),
            ("backup.keep", "0"), ("backup.keep", "10001"), ("backup.every_hours", "-1"),
            ("backup.every_hours", "8761"), ("backup.folder", "\"\""),
            ("proxy.seller_rate", "0"), ("proxy.seller_burst", "1000001"), ("proxy.application_rate", "-1"),
            ("proxy.application_burst", "0"), ("proxy.seller_concurrency", "0"), ("proxy.routes", "[GET /a]"),
            ("proxy.routes", "[\"x GET /a\"]"), ("proxy.routes", "[\"1 HEAD /a\"]"),
            ("proxy.routes", "[\"1 GET /{id}\"]"), ("proxy.routes", "[\"1 GET /a//b\"]"),
            ("keyring.source", "vault"), ("keyring.command", "[keys]"), ("keyring.command", "[/usr/bin/keys]"),
        ])
    func outOfRange(key: String, value: String) async throws {
        let error = try await settingsError(yaml(key, value))
        guard case .invalid(let named, let expected) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(named == key)
        #expect(error?.description == "The configuration key \(key) is not valid: expected \(expected).")
    }

    @Test(
        "that needs another one is refused without it, and the other named",
        arguments: [
            ("listen.certificate_file", "listen.private_key_file"),
            ("listen.private_key_file", "listen.certificate_file"),
        ])
    func halves(key: String, other: String) async throws {
        guard case .invalid(let named, _) = try await settingsError(yaml(key, "tls.pem")) else {
            Issue.record("\(key) alone was taken")
            return
        }
        #expect(named == other)
    }

    @Test(
        "of another type is refused, and the key named",
        arguments: [
            ("listen.port", "eighty"), ("upstream.first_byte_timeout_seconds", "30s"),
            ("delivery.allow_loopback", "maybe"), ("delivery.allowed_ports", "[https]"),
            ("upstream.allow_insecure_loopback", "maybe"),
            ("delivery.retry_waits_seconds", "5"), ("log.level", "[info]"),
        ])
    func anotherType(key: String, value: String) async throws {
        let error = try await settingsError(yaml(key, value))
        guard case .invalid(let named, _) = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(named == key)
    }

    @Test(
        "at the end of its range is taken",
        arguments: [
            ("listen.port", "0"), ("listen.port", "65535"), ("upstream.first_byte_timeout_seconds", "1"),
            ("upstream.first_byte_timeout_seconds", "120"), ("delivery.allowed_ports", "[1, 65535]"),
            ("delivery.retry_waits_seconds", "[1, 604800]"), ("log.level", "trace"), ("log.format", "json"),
        ])
    func endOfRange(key: String, value: String) async throws {
        #expect(try await settingsError(yaml(key, value)) == nil)
    }

    @Test("of the provider's address may be plain HTTP on 127.0.0.1 alone, and only where that is allowed")
    func insecureLoopback() async throws {
        let allowed = "upstream:\n  allow_insecure_loopback: true\n  api_url: "
        #expect(try await settings(allowed + "\"http://127.0.0.1:8000\"").upstream.apiURL == "http://127.0.0.1:8000")
        for refused in [
            "http://localhost:8000", "http://127.0.0.1.example.com", "http://127.0.0.1:8000/v1", "http://u@127.0.0.1",
            "http://192.0.2.1", "ftp://127.0.0.1",
        ] {
            #expect(try await settingsError(allowed + "\"\(refused)\"") != nil, "\(refused)")
        }
    }

    @Test("of the environment overrules the file, whatever its type")
    func environment() async throws {
        let read = try await settings(
            "listen:\n  port: 1\nlog:\n  level: error",
            environment: [
                "ENLACE_PUBLIC_URL": "https://enlace.example.com", "ENLACE_LISTEN_HOST": "0.0.0.0",
                "ENLACE_LISTEN_PORT": "8081", "ENLACE_INTERNAL_HOST": "127.0.0.2", "ENLACE_INTERNAL_PORT": "9091",
                "ENLACE_DATABASE_PATH": "/a.sqlite", "ENLACE_KEYRING_PATH": "/a.keyring",
                "ENLACE_UPSTREAM_API_URL": "https://api.example.com",
                "ENLACE_UPSTREAM_AUTHORIZATION_URL": "https://auth.example.com", "ENLACE_UPSTREAM_CA_FILE": "/u.pem",
                "ENLACE_UPSTREAM_FIRST_BYTE_TIMEOUT_SECONDS": "7", "ENLACE_DELIVERY_ALLOWED_PORTS": "443,8443",
                "ENLACE_DELIVERY_ALLOW_LOOPBACK": "true", "ENLACE_DELIVERY_CA_FILE": "/d.pem",
                "ENLACE_DELIVERY_RETRY_WAITS_SECONDS": "1,2", "ENLACE_LOG_LEVEL": "debug",
                "ENLACE_LOG_FORMAT": "json",
            ])
        #expect(read.publicURL == "https://enlace.example.com")
        #expect(read.listen.host == "0.0.0.0" && read.listen.port == 8081)
        #expect(read.internalListen.host == "127.0.0.2" && read.internalListen.port == 9091)
        #expect(read.databasePath == "/a.sqlite" && read.keyring.path == "/a.keyring")
        #expect(read.upstream.apiURL == "https://api.example.com")
        #expect(read.upstream.authorizationURL == "https://auth.example.com" && read.upstream.caFile == "/u.pem")
        #expect(read.upstream.firstByteTimeout == .seconds(7))
        #expect(read.delivery.allowedPorts == [443, 8443] && read.delivery.allowLoopback)
        #expect(read.delivery.caFile == "/d.pem" && read.delivery.retryWaits == [.seconds(1), .seconds(2)])
        #expect(read.log.level == .debug && read.log.format == .json)
    }

    @Test("never stands in an error's text", arguments: GatewaySettings.keys.map(\.name))
    func neverShown(key: String) async throws {
        let marker = "value-marker"
        let tries = [
            try await settingsError(yaml(key, "\"http://\(marker)/\"")),
            try await settingsError(yaml(key, "\"\(marker)\"")),
            try await settingsError(yaml("\(key)x", "\"\(marker)\"")),
            try await settingsError(environment: [key.uppercased().replacing(".", with: "_"): marker]),
            try await settingsError(environment: ["ENLACE_X_" + key.uppercased().replacing(".", with: "_"): marker]),
        ]
        for error in tries.compactMap({ $0 }) {
            #expect(!error.description.contains(marker))
            #expect(!String(reflecting: error).contains(marker))
        }
        #expect(tries[2] != nil && tries[4] != nil)
    }
}

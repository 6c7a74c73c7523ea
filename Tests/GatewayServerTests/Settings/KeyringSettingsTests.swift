import Gateway
import Testing

@testable import GatewayServer

@Suite("The keyring's settings")
struct KeyringSettingsTests {
    @Test("take a file unless told otherwise")
    func file() async throws {
        guard case .file(let file) = try await settings("keyring:\n  path: /a.keyring").keyring.source else {
            Issue.record("no file")
            return
        }
        #expect(file.path == "/a.keyring")
    }

    @Test("take a command with its arguments")
    func command() async throws {
        let read = try await settings(
            "keyring:\n  source: command\n  command: [/usr/bin/age, \"-d\", /etc/enlace.keyring.age]")
        guard case .command(let words) = read.keyring.source else {
            Issue.record("no command")
            return
        }
        #expect(words == ["/usr/bin/age", "-d", "/etc/enlace.keyring.age"])
    }

    @Test("of the environment never hold the keyring itself")
    func environment() async throws {
        let read = try await settings(
            environment: ["ENLACE_KEYRING_SOURCE": "environment", "ENLACE_KEYRING": "keyring-marker"])
        guard case .environment = read.keyring.source else {
            Issue.record("not from the environment")
            return
        }
        var dumped = ""
        dump(read, to: &dumped)
        #expect(!dumped.contains("keyring-marker"))
    }

    @Test("refuse a command that is missing, not wanted, or looked for by a shell's rules")
    func refused() async throws {
        for text in ["source: command", "command: [/usr/bin/age]", "source: command\n  command: [age]"] {
            guard case .invalid(let key, _) = try await settingsError("keyring:\n  \(text)") else {
                Issue.record("taken: \(text)")
                continue
            }
            #expect(key == "keyring.command")
        }
    }
}

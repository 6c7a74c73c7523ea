import AsyncHTTPClient
import Foundation
import Gateway
import NIOCore
import NIOHTTP1
import Synchronization

/// A sandbox and a gateway on free loopback ports, started as a user starts them, in one folder.
final class LocalStack: Sendable {
    /// Where everything lies: configuration, keyring, database, logs.
    let folder: URL
    /// The gateway's public address.
    let url: String
    /// The gateway's internal address.
    let internalURL: String
    private let executable: String
    private let settings: [String: String]
    private let sandboxTimeScale: Double
    private let running = Mutex<(sandbox: ChildProcess?, gateway: ChildProcess?)>((nil, nil))

    /// Takes what is to be run; nothing is started yet.
    ///
    /// - Parameters:
    ///   - folder: An empty folder.
    ///   - executable: This command's own program.
    ///   - settings: Further settings of the gateway by their names, values as they stand in YAML.
    ///   - sandboxTimeScale: Divisor of the waits between the sandbox's notification attempts.
    /// - Throws: when no port is free.
    init(folder: URL, executable: String, settings: [String: String] = [:], sandboxTimeScale: Double = 900) async throws
    {
        self.folder = folder
        self.executable = executable
        self.settings = settings
        self.sandboxTimeScale = sandboxTimeScale
        url = "http://127.0.0.1:\(try await freePort())"
        internalURL = "http://127.0.0.1:\(try await freePort())"
    }

    /// What runs as the gateway just now.
    var gateway: ChildProcess? { running.withLock { $0.gateway } }

    /// What runs as the sandbox just now.
    var sandbox: ChildProcess? { running.withLock { $0.sandbox } }

    /// A file of the folder.
    func file(_ name: String) -> URL { folder.appending(path: name) }

    /// Starts the sandbox and waits until it is up.
    func startSandbox() async throws {
        let child = try start(
            [
                "sandbox", "--folder", "sandbox", "--api-port", "0", "--pages-port", "0", "--login-port", "0",
                "--time-scale", String(sandboxTimeScale),
            ], log: "sandbox.log")
        running.withLock { $0.sandbox = child }
        try await waiting(for: "the sandbox") {
            FileManager.default.fileExists(atPath: file("sandbox/sandbox.json").path()) ? () : nil
        }
    }

    /// Ends the sandbox.
    func stopSandbox() async {
        let child = running.withLock { running in
            defer { running.sandbox = nil }
            return running.sandbox
        }
        await Self.end(child)
    }

    /// Sets the installation up by `enlace init`, with the sandbox's own application.
    func initialise() async throws {
        let own = [
            "public_url": ConfigurationText.quoted(url), "listen.port": String(Self.port(url)),
            "internal.port": String(Self.port(internalURL)),
        ]
        let all = own.merging(try panel.settings) { $1 }.merging(settings) { $1 }
        try PrivateFile(path: file("enlace.yaml").path()).create(Secret(ConfigurationText.yaml(all)))
        let child = try start(["init", "--sandbox", "sandbox", "--brand", "Demo POS"], log: "init.log")
        guard await child.wait() == 0 else { throw WaitedInVain(what: "enlace init (see init.log)") }
    }

    /// Starts the gateway and waits until it is ready.
    ///
    /// - Parameters:
    ///   - wrapper: A program with its arguments that runs the gateway, such as a shell that sets limits.
    ///   - path: What the internal listener must answer with 200.
    /// - Throws: ``WaitedInVain`` when it doesn't come up.
    func startGateway(under wrapper: [String] = [], until path: String = "/readyz") async throws {
        let words = wrapper + [executable, "serve"]
        let child = try start(Array(words.dropFirst()), log: "gateway.log", program: words[0])
        running.withLock { $0.gateway = child }
        try await WebBrowser.withBrowser { browser in
            try await waiting(for: "the gateway (see gateway.log)") {
                (try? await browser.open(internalURL + path))?.status == 200 ? () : nil
            }
        }
    }

    /// Ends the gateway by a signal and waits for its end.
    func stopGateway(_ signal: Int32 = SIGTERM) async {
        let child = running.withLock { running in
            defer { running.gateway = nil }
            return running.gateway
        }
        await Self.end(child, signal)
    }

    /// Ends everything.
    func stop() async {
        await stopGateway()
        await stopSandbox()
    }

    /// The sandbox's controls.
    var panel: SandboxPanel { get throws { try SandboxPanel(folder: file("sandbox").path()) } }

    /// The first key and the gateway's address, as the commands find them.
    func client() throws -> ClientConfiguration {
        try ClientConfiguration.find(
            url: nil, keyFile: nil, clientFile: file("enlace.client.yaml").path(), environment: [:])
    }

    /// Lends a client with the first key.
    func withAPI<Answer>(_ body: (APIClient) async throws -> Answer) async throws -> Answer {
        let client = try client()
        return try await APIClient.withClient(url: client.url, key: client.key, body)
    }

    /// Starts this program, or another, with its output in a log of the folder.
    func start(_ arguments: [String], log: String, program: String? = nil) throws -> ChildProcess {
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ENLACE_") }
        return try ChildProcess(
            program ?? executable, arguments, environment: inherited, folder: folder, log: file(log))
    }

    private static func end(_ child: ChildProcess?, _ signal: Int32 = SIGTERM) async {
        guard let child else { return }
        child.send(signal)
        _ = await child.wait()
    }

    private static func port(_ url: String) -> Substring { url.split(separator: ":").last ?? "" }
}

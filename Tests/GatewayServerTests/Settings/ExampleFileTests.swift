import Foundation
import Gateway
import Testing
import Yams

@testable import GatewayServer

@Suite("The example of the configuration file")
struct ExampleFileTests {
    private let path: String
    private let text: String

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../deploy/enlace.example.yaml").standardizedFileURL
        path = file.path
        text = try String(contentsOf: file, encoding: .utf8)
    }

    @Test("has every key, each with its default, and no other")
    func keys() throws {
        let tree = try #require(try Yams.load(yaml: text))
        let shown = Self.flattened(tree, "")
        let wanted = Dictionary(uniqueKeysWithValues: GatewaySettings.keys.map { ($0.name, $0.fallback) })
        #expect(shown == wanted)
    }

    @Test("names the environment variable of each key", arguments: GatewaySettings.keys.map(\.environmentName))
    func environment(name: String) {
        #expect(text.split(whereSeparator: \.isWhitespace).contains { $0 == name })
    }

    @Test("says what each key means above it")
    func comments() {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let keys = Set(GatewaySettings.keys.map { $0.name.split(separator: ".").last ?? "" })
        for (index, line) in lines.enumerated() {
            let word = line.prefix { $0 != ":" }.drop(while: \.isWhitespace)
            guard keys.contains(word), !line.hasSuffix(":") else { continue }
            #expect(lines[index - 1].drop(while: \.isWhitespace).hasPrefix("#"), "\(word)")
        }
    }

    @Test("says the defaults that are in force without it")
    func defaults() async throws {
        let shown = try await settings(text)
        let none = try await settings()
        #expect(shown.publicURL == none.publicURL)
        #expect(shown.listen.host == none.listen.host && shown.listen.port == none.listen.port)
        #expect(shown.internalListen.host == none.internalListen.host)
        #expect(shown.internalListen.port == none.internalListen.port)
        #expect(shown.databasePath == none.databasePath && shown.keyring.path == none.keyring.path)
        #expect(shown.keyring.source.word == none.keyring.source.word)
        #expect(shown.erasuresPath == none.erasuresPath)
        #expect(shown.backup.folder == none.backup.folder && shown.backup.keep == none.backup.keep)
        #expect(shown.backup.age == nil && none.backup.age == nil)
        #expect(shown.upstream.apiURL == none.upstream.apiURL)
        #expect(shown.upstream.authorizationURL == nil && none.upstream.authorizationURL == nil)
        #expect(shown.upstream.caFile == nil && none.upstream.caFile == nil)
        #expect(shown.upstream.firstByteTimeout == none.upstream.firstByteTimeout)
        #expect(shown.proxy.limits == .standard && none.proxy.limits == .standard)
        #expect(shown.proxy.routes.isEmpty && none.proxy.routes.isEmpty)
        #expect(shown.delivery.allowedPorts == none.delivery.allowedPorts)
        #expect(!shown.delivery.allowLoopback && !none.delivery.allowLoopback)
        #expect(shown.delivery.caFile == nil && none.delivery.caFile == nil)
        #expect(shown.delivery.retryWaits == RetrySchedule.standard.waits && none.delivery.retryWaits == nil)
        #expect(shown.log.level == none.log.level && shown.log.format == none.log.format)
    }

    @Test("loads as it stands")
    func loads() async throws {
        let settings = try await GatewaySettings.load(file: path, environment: [:])
        #expect(settings.publicURL == "http://127.0.0.1:8080")
    }

    private static func flattened(_ tree: Any, _ prefix: String) -> [String: String] {
        guard let map = tree as? [String: Any] else { return [prefix: written(tree)] }
        return map.reduce(into: [:]) { all, pair in
            all.merge(flattened(pair.value, prefix.isEmpty ? pair.key : "\(prefix).\(pair.key)")) { $1 }
        }
    }

    private static func written(_ value: Any) -> String {
        (value as? [Any]).map { "[\($0.map { "\($0)" }.joined(separator: ", "))]" } ?? "\(value)"
    }
}

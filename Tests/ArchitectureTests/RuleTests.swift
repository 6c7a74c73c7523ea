import Testing

/// A check that was never seen to fail is no check: each rule is shown lines that break it and lines that do not.
@Suite("The rules of the architecture")
struct RuleTests {
    @Test(
        "read imports in every form",
        arguments: [
            "import GRDB", "public import GRDB", "@testable import GRDB", "@preconcurrency public import GRDB",
            "  internal import GRDB  // why", "import struct GRDB.Row", "package import class GRDB.Pool.Inner",
        ])
    func importForms(line: String) {
        #expect(file("Sources/StoreSQLite/A.swift", line).imports.map(\.module) == ["GRDB"])
    }

    @Test(
        "take nothing else for an import",
        arguments: ["// import GRDB", "/// import GRDB", "let text = \"import GRDB\"", "important GRDB", "import", ""])
    func noImports(line: String) {
        #expect(file("Sources/StoreSQLite/A.swift", line).imports.isEmpty)
    }

    static let forbidden = [
        ("Gateway/A.swift", "import GRDB"), ("Gateway/A.swift", "import Hummingbird"),
        ("Gateway/A.swift", "public import HummingbirdCore"), ("Gateway/A.swift", "import AsyncHTTPClient"),
        ("Gateway/A.swift", "import NIOCore"), ("Gateway/A.swift", "import HTTPTypes"),
        ("Gateway/A.swift", "import GatewayHTTP"), ("Gateway/A.swift", "import StoreSQLite"),
        ("GatewayHTTP/A.swift", "import StoreSQLite"), ("GatewayHTTP/A.swift", "import UpstreamMercadoPago"),
        ("GatewayHTTP/A.swift", "import GRDB"), ("StoreSQLite/A.swift", "import GatewayHTTP"),
        ("StoreSQLite/A.swift", "import NIOCore"), ("UpstreamMercadoPago/A.swift", "import DeliveryHTTP"),
        ("DeliveryHTTP/A.swift", "import UpstreamMercadoPago"), ("DeliveryHTTP/A.swift", "import GatewayServer"),
        ("GatewayServer/A.swift", "import StoreSQLite"), ("GatewayServer/A.swift", "import UpstreamMercadoPago"),
        ("GatewayServer/ChooseStore.swift", "import UpstreamMercadoPago"), ("GatewayServer/A.swift", "import Sandbox"),
        ("GatewayServer/A.swift", "import enlace"), ("Sandbox/A.swift", "import Gateway"),
        ("Sandbox/A.swift", "import UpstreamMercadoPago"), ("enlace/A.swift", "import StoreSQLite"),
        ("enlace/A.swift", "import GatewayHTTP"), ("Other/A.swift", "import Foundation"),
    ]

    @Test("refuse an import against the direction", arguments: forbidden)
    func refused(path: String, line: String) {
        let found = ImportRules.offences(in: file("Sources/\(path)", "import Foundation\n\(line)"))
        #expect(found.count == 1)
        #expect(found.first?.path == "Sources/\(path)")
    }

    @Test(
        "let an import in the direction pass",
        arguments: [
            ("Gateway/A.swift", "import Crypto"), ("GatewayHTTP/A.swift", "public import Gateway"),
            ("StoreSQLite/A.swift", "import GRDB"), ("GatewayServer/ChooseStore.swift", "import StoreSQLite"),
            ("GatewayServer/ChooseUpstream.swift", "import UpstreamMercadoPago"), ("enlace/A.swift", "import Sandbox"),
            ("Sandbox/A.swift", "import Hummingbird"),
        ])
    func passed(path: String, line: String) {
        #expect(ImportRules.offences(in: file("Sources/\(path)", line)) == [])
    }

    @Test(
        "see the vendor's name in any spelling, comments included",
        arguments: [
            "let name = \"Mercado Pago\"", "// as mercadopago says", "class MercadoPago {}", "MERCADO_PAGO",
            "api.mercadopago.com", "mercado-pago",
        ])
    func vendor(line: String) {
        #expect(offends(TextRules.vendor, "Sources/Gateway/A.swift", line))
        #expect(offends(TextRules.vendor, "Sources/GatewayHTTP/API/A.swift", line))
        #expect(offends(TextRules.vendor, "Sources/StoreSQLite/Migrations/m0001_a.sql", line))
        #expect(offends(TextRules.vendor, "Sources/GatewayServer/Core.swift", line))
        #expect(!offends(TextRules.vendor, "Sources/UpstreamMercadoPago/A.swift", line))
        #expect(!offends(TextRules.vendor, "Sources/GatewayHTTP/Linking/A.swift", line))
        #expect(!offends(TextRules.vendor, "Sources/GatewayServer/ChooseUpstream.swift", line))
    }

    @Test(
        "see time and chance",
        arguments: [
            "let now = Date()", "Foundation.Date()", "Date.now", "UUID().uuidString", "Int.random(in: 0..<2)",
            "names.randomElement()", "list.shuffled()", "SystemRandomNumberGenerator()", "try await Task.sleep(for: x)",
            "ContinuousClock()",
        ])
    func ambient(line: String) {
        #expect(TextRules.ambient.contains { offends($0, "Sources/Gateway/A.swift", line) })
        #expect(!TextRules.ambient.contains { offends($0, "Sources/Gateway/A.swift", "// \(line)") })
    }

    @Test(
        "let clocks and chance that were handed in pass",
        arguments: [
            "clock.now", "try? await clock.sleep(for: wait)", "random.bytes(16)", "let randomSource: RandomSource",
            "Date(timeIntervalSince1970: 0)", "isUpToDate()",
        ])
    func handedIn(line: String) {
        #expect(!TextRules.ambient.contains { offends($0, "Sources/Gateway/A.swift", line) })
    }

    @Test(
        "see unstructured work",
        arguments: [
            "Task { await run() }", "let task = Task<Void, Never> { }", "Task(priority: .high) {", "Task.detached {",
            "Task<Int, any Error>.detached {", "Swift.Task {", "DispatchQueue.main.async {", "Thread.detachNewThread",
            "let thread = Thread { }", "DispatchSemaphore(value: 0)",
        ])
    func unstructured(line: String) {
        let seen = { (path: String) in TextRules.concurrency.contains { offends($0, path, line) } }
        #expect(seen("Sources/Gateway/Tokens/A.swift"))
        #expect(seen("Sources/enlace/A.swift"))
    }

    @Test(
        "let structured work pass",
        arguments: [
            "group.addTask { await run() }", "withTaskGroup(of: Void.self) { group in", "Task.isCancelled",
            "try Task.checkCancellation()", "[Key: Task<Value, Never>] = [:]", "// Task { }",
            "await withTaskCancellationHandler {", "MultiThreadedEventLoopGroup(numberOfThreads: 1)",
        ])
    func structured(line: String) {
        #expect(!TextRules.concurrency.contains { offends($0, "Sources/Gateway/A.swift", line) })
    }

    @Test(
        "see what the compiler is told not to check",
        arguments: [
            "final class A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1", "nonisolated( unsafe ) let b",
        ])
    func unchecked(line: String) {
        #expect(offends(TextRules.unchecked, "Sources/Sandbox/A.swift", line))
        #expect(!offends(TextRules.unchecked, "Sources/Sandbox/A.swift", "nonisolated let accounts = 1"))
    }

    @Test(
        "see a test that sleeps",
        arguments: [
            "try await Task.sleep(for: .seconds(1))", "usleep(1000)", "sleep(1)", "Thread.sleep(forTimeInterval: 1)",
            "try await ContinuousClock().sleep(for: x)", "nanosleep(&time, nil)",
        ])
    func sleeping(line: String) {
        #expect(offends(TextRules.sleeping, "Tests/GatewayTests/A.swift", line))
        #expect(!offends(TextRules.sleeping, "Tests/SandboxTests/RunningSandbox.swift", line))
        #expect(!offends(TextRules.sleeping, "Tests/GatewayTests/A.swift", "// \(line)"))
        #expect(!offends(TextRules.sleeping, "Tests/GatewayTests/A.swift", "func sleep(until deadline: Instant) {}"))
    }

    @Test("leave a URL in a string alone when they look for comments")
    func urls() {
        let line = "let url = \"https://example.com\"; let now = Date()"
        #expect(TextRules.ambient.contains { offends($0, "Sources/Gateway/A.swift", line) })
    }

    private func file(_ path: String, _ text: String) -> SourceFile { SourceFile(path: path, text: text) }

    private func offends(_ rule: ForbiddenText, _ path: String, _ line: String) -> Bool {
        rule.offences(in: file(path, line)).count == 1
    }
}

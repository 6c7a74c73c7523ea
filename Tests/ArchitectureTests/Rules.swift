import Foundation

/// A line that breaks a rule.
struct Offence: Hashable, CustomStringConvertible {
    let path: String
    let line: Int
    let what: String

    var description: String { "\(path):\(line): \(what)" }
}

/// What no line may say, except in the files that are named.
struct ForbiddenText: Sendable {
    /// What is wrong with it, for the message.
    let what: String
    /// A regular expression, applied line by line.
    let pattern: String
    /// Paths, or beginnings of paths that end in a slash, where it may stand.
    var allowedIn: [String] = []
    /// Whether comments are looked at too.
    var includesComments = false
    /// Whether letters of either case count.
    var ignoresCase = false

    func offences(in file: SourceFile) -> [Offence] {
        guard !allowedIn.contains(where: { $0 == file.path || ($0.hasSuffix("/") && file.path.hasPrefix($0)) }) else {
            return []
        }
        let options: String.CompareOptions =
            ignoresCase ? [.regularExpression, .caseInsensitive] : [.regularExpression]
        return (includesComments ? file.lines : file.code).enumerated().compactMap { index, line in
            line.range(of: pattern, options: options) == nil
                ? nil : Offence(path: file.path, line: index + 1, what: what)
        }
    }
}

/// Which modules a target may import (STYLE §3): imports point one way.
enum ImportRules {
    /// Our own modules that each target may import.
    static let own: [String: Set<String>] = [
        "Gateway": [],
        "QRCode": [],
        "GatewayHTTP": ["Gateway", "QRCode"],
        "ProxyHTTP": ["Gateway"],
        "StoreSQLite": ["Gateway"],
        "UpstreamMercadoPago": ["Gateway"],
        "DeliveryHTTP": ["Gateway"],
        "GatewayServer": [
            "Gateway", "GatewayHTTP", "ProxyHTTP", "StoreSQLite", "UpstreamMercadoPago", "DeliveryHTTP",
        ],
        "Sandbox": [],
        "enlace": ["Gateway", "GatewayServer", "QRCode", "Sandbox"],
        // Fills a store without a server, and measures the policy with the provider's own tables.
        "Benchmarks": ["Gateway", "StoreSQLite", "UpstreamMercadoPago"],
    ]

    /// The one file of the product that may import each of these.
    static let onlyIn = [
        "StoreSQLite": "Sources/GatewayServer/ChooseStore.swift",
        "UpstreamMercadoPago": "Sources/GatewayServer/ChooseUpstream.swift",
    ]

    /// Beginnings of foreign modules' names, and the targets that may import them; the core imports none of them.
    static let foreign: [(prefix: String, targets: Set<String>)] = [
        ("GRDB", ["StoreSQLite", "Benchmarks"]), ("SQLite3", []), ("CQREncode", ["QRCode"]),
        ("FoundationNetworking", []),
        ("Hummingbird", ["GatewayHTTP", "GatewayServer", "Sandbox", "enlace", "Benchmarks"]),
        ("Mustache", ["GatewayHTTP"]),
        (
            "AsyncHTTPClient",
            [
                "GatewayHTTP", "UpstreamMercadoPago", "DeliveryHTTP", "GatewayServer", "Sandbox", "enlace",
                "Benchmarks",
            ]
        ),
        (
            "NIO",
            [
                "GatewayHTTP", "ProxyHTTP", "UpstreamMercadoPago", "DeliveryHTTP", "GatewayServer", "Sandbox", "enlace",
                "Benchmarks",
            ]
        ),
        (
            "HTTPTypes",
            ["GatewayHTTP", "UpstreamMercadoPago", "DeliveryHTTP", "GatewayServer", "Sandbox", "enlace", "Benchmarks"]
        ),
        ("Configuration", ["GatewayServer", "enlace"]), ("Yams", ["GatewayServer", "enlace"]),
        ("ArgumentParser", ["enlace"]),
    ]

    static func offences(in file: SourceFile) -> [Offence] {
        guard let allowed = own[file.target] else {
            return [Offence(path: file.path, line: 1, what: "the target \(file.target) has no place in ImportRules")]
        }
        return file.imports.compactMap { line, module in
            let what: String? =
                if own[module] != nil, !allowed.contains(module) {
                    "\(file.target) must not import \(module)"
                } else if let only = onlyIn[module], file.path != only, file.target != "Benchmarks" {
                    "only \(only) imports \(module)"
                } else if let rule = foreign.first(where: { module.hasPrefix($0.prefix) }),
                    !rule.targets.contains(file.target)
                {
                    "\(file.target) must not import \(module)"
                } else { nil }
            return what.map { Offence(path: file.path, line: line, what: $0) }
        }
    }
}

/// What lines must not say.
enum TextRules {
    /// The vendor's name, in whatever spelling, outside its adapter, the simulator, wiring, the command and pages.
    static let vendor = ForbiddenText(
        what: "names the vendor", pattern: "mercado[ _-]?pago",
        allowedIn: [
            "Sources/UpstreamMercadoPago/", "Sources/Sandbox/", "Sources/enlace/",
            "Sources/GatewayServer/ChooseUpstream.swift", "Sources/GatewayServer/Settings/",
            "Sources/Benchmarks/GatewayBenchmarks/Parts/ProviderTables.swift",
            "Sources/GatewayHTTP/Linking/", "Sources/Gateway/Gateway.docc/",
        ], includesComments: true, ignoresCase: true)

    /// Time and chance come in through the initialiser (STYLE rule 8).
    static let ambient = [
        ForbiddenText(
            what: "reads the system's clock", pattern: #"\bDate(\.now\b|\(\))|\bDate\(timeIntervalSinceNow"#,
            allowedIn: ["Sources/Gateway/Observing/WallClock.swift"]),
        ForbiddenText(what: "draws a UUID", pattern: #"\bUUID\(\)"#),
        ForbiddenText(
            what: "draws by chance", pattern: #"\.random(Element)?\(|\.shuffle(d)?\(|SystemRandomNumberGenerator"#,
            allowedIn: ["Sources/Gateway/Observing/RandomSource.swift"]),
        ForbiddenText(
            what: "sleeps by the system's clock",
            pattern: #"\bTask\.sleep|\b(Continuous|Suspending)Clock\b|\bu?sleep\(\d"#,
            allowedIn: ["Sources/Gateway/Observing/MonotonicClock.swift"]),
    ]

    /// Long-running work is a service of the one group (STYLE rule 6).
    static let concurrency = [
        ForbiddenText(
            what: "starts an unstructured task",
            pattern: #"\bTask\s*(<[^>]*>\s*)?[{(]|\bTask\s*(<[^>]*>\s*)?\.\s*(detached|immediate)"#,
            allowedIn: ["Sources/Gateway/Tokens/SingleFlight.swift"]),
        ForbiddenText(
            what: "uses a dispatch queue or a thread",
            pattern: #"\bDispatch(Queue|WorkItem|Group|Semaphore|Source)\b|\bThread\s*[.({]|\bpthread_"#),
    ]

    /// Nothing is taken from the compiler's checks (STYLE rule 7).
    static let unchecked = ForbiddenText(
        what: "is taken from the compiler's checks",
        pattern: #"@unchecked\s+Sendable|nonisolated\s*\(\s*unsafe\s*\)"#)

    /// Tests wait for what they wait for, never for time to pass.
    ///
    /// Named here: what polls another process, which has no other way, what plays a receiver that is slow, and the
    /// made-up offences of these tests. `time.sleep` is the Python of a child process.
    static let sleeping = ForbiddenText(
        what: "sleeps", pattern: #"(?<!func |time\.)\b(u|nano)?sleep\s*\("#,
        allowedIn: [
            "Tests/SandboxTests/RunningSandbox.swift", "Tests/EndToEndTests/Support/",
            "Tests/DeliveryHTTPTests/ScriptedServer.swift", "Tests/ArchitectureTests/",
        ])
}

import Foundation

/// What the environment sets.
///
/// - Environment variables:
///   - `SELLERS` (default 1,000,000): how many sellers there are.
///   - `ROUNDS` (default 3): how often each thing is measured; medians are reported.
///   - `SECONDS_PER_RUN` (default 5): how long the proxy is loaded each time.
///   - `SECONDS` (default 3600): how long a soak lasts.
///   - `PEERS` (default `nginx,envoy,caddy`): what the proxy is compared with; nginx is always among them.
///   - `BENCH_FOLDER` (default `.build/bench`): where the report, the peers and the raw results are.
struct BenchmarkOptions: Sendable {
    let sellers: Int
    let rounds: Int
    let secondsPerRun: Int
    let soakSeconds: Int
    let peers: [Peer]
    let folder: URL

    /// Reads the environment.
    ///
    /// - Throws: ``BenchmarkFailure`` naming the variable that makes no sense.
    init(_ environment: [String: String]) throws {
        sellers = try Self.number("SELLERS", in: environment, default: 1_000_000)
        rounds = try Self.number("ROUNDS", in: environment, default: 3)
        secondsPerRun = try Self.number("SECONDS_PER_RUN", in: environment, default: 5)
        soakSeconds = try Self.number("SECONDS", in: environment, default: 3600)
        let names = environment["PEERS"].flatMap { $0.isEmpty ? nil : $0.split(separator: ",").map(String.init) }
        peers = try (names ?? Peer.allCases.map(\.rawValue)).map { name in
            guard let peer = Peer(rawValue: name) else { throw BenchmarkFailure("PEERS: there is no \(name).") }
            return peer
        }
        guard peers.contains(.nginx) else { throw BenchmarkFailure("PEERS must have nginx: all is compared with it.") }
        let path = environment["BENCH_FOLDER"].flatMap { $0.isEmpty ? nil : $0 } ?? ".build/bench"
        folder = URL(filePath: path).absoluteURL
    }

    private static func number(
        _ name: String, in environment: [String: String], default usual: Int
    ) throws -> Int {
        guard let text = environment[name], !text.isEmpty else { return usual }
        guard let number = Int(text), number > 0 else { throw BenchmarkFailure("\(name) must be a number above 0.") }
        return number
    }
}

import NIOCore
import NIOPosix

/// What was waited for did not come.
struct WaitedInVain: Error, CustomStringConvertible {
    /// What it was.
    let what: String

    /// What it was and what to look at.
    var description: String { "Waited in vain for \(what)." }
}

/// Asks again and again until there is an answer.
///
/// - Parameters:
///   - what: What is waited for, to be named if it doesn't come.
///   - longest: After that it is given up.
///   - ask: Gives the answer, or `nil` while there is none.
/// - Returns: The answer.
/// - Throws: ``WaitedInVain``, and whatever `ask` throws.
func waiting<Answer>(
    for what: String, atMost longest: Duration = .seconds(30), _ ask: () async throws -> Answer?
) async throws -> Answer {
    let end = ContinuousClock.now + longest
    while ContinuousClock.now < end {
        if let answer = try await ask() { return answer }
        try await Task.sleep(for: .milliseconds(50))
    }
    throw WaitedInVain(what: what)
}

/// A port of 127.0.0.1 that nobody listens on just now.
///
/// Below the range from which the kernel gives ports to outgoing connections: one of those would take it meanwhile.
func freePort() async throws -> Int {
    for _ in 0..<100 {
        let server = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        let given = try await server.bind(host: "127.0.0.1", port: 0).get()
        let port = 10_000 + (given.localAddress?.port ?? 0) % 20_000
        try await given.close().get()
        guard let channel = try? await server.bind(host: "127.0.0.1", port: port).get() else { continue }
        try await channel.close().get()
        return port
    }
    throw WaitedInVain(what: "a free port")
}

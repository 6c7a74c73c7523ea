import TestSupport
import Testing

@testable import Gateway
@testable import enlace

extension Refreshing {
    /// One mistake of the operator must not end every shop (DESIGN §6); the judge is the sandbox's ledger.
    @Suite("and an operator's mistake")
    struct OperatorFaultTests {
        private static let shops = 1000

        @Test(
            "changes no seller's state with 1,000 due, be it a wrong client secret or a flow switched off in the panel")
        func mistakes() async throws {
            try await LiveSandbox.with { sandbox in
                try await Stage.with(sandbox, secret: Secret("a-secret-that-is-wrong-0000")) { stage in
                    let connections = try await Self.link(stage)
                    let refresher = stage.core.refresher()
                    let sweep = stage.core.sweep(refresher)
                    #expect(try await Self.posts(stage, after: sweep) == 1)
                    #expect(try await Self.posts(stage, after: sweep) == 1)
                    #expect(try await stage.core.stopReason(stage.application) == "invalid_client")
                    try await Self.expectUntouched(stage, connections)

                    _ = try await sandbox.sim.post(
                        "/faults",
                        body: [
                            "fault": "status", "status": 401, "error": "unauthorized_client", "times": 100_000,
                            "match": ["path_prefix": "/oauth/token"],
                        ])
                    try await stage.core.replaceSecret(of: stage.application, refresher)
                    #expect(try await Self.posts(stage, after: sweep) == 1 + RefreshGuard.mostRefusals)
                    #expect(try await Self.posts(stage, after: sweep) == 1 + RefreshGuard.mostRefusals)
                    #expect(try await stage.core.stopReason(stage.application) == "unauthorized_client")
                    try await Self.expectUntouched(stage, connections)

                    try await sandbox.disarm()
                    try await stage.core.resume(stage.application, refresher)
                    #expect(try await Self.posts(stage, after: sweep) > 1 + RefreshGuard.mostRefusals + 190)
                    #expect(try await stage.core.states(connections) == [.linked: Self.shops])
                }
            }
        }

        @Test("is told from a 429, which pauses the sweep of all of the application's shops and is over by itself")
        func limited() async throws {
            try await LiveSandbox.with { sandbox in
                try await Stage.with(sandbox) { stage in
                    _ = try await stage.core.link(try await sandbox.account(), with: stage.application)
                    stage.clock.advance(by: .seconds(150 * 86_400))
                    let sweep = stage.core.sweep(stage.core.refresher())
                    _ = try await sandbox.sim.post(
                        "/faults", body: ["fault": "plain429", "times": 1, "match": ["path_prefix": "/oauth/token"]])
                    #expect(try await Self.posts(stage, after: sweep) == 1)
                    #expect(try await Self.posts(stage, after: sweep) == 1)
                    // Past the pause, and past the wait that the refused one's own journal asks for.
                    stage.clock.advance(by: .seconds(3600))
                    #expect(try await Self.posts(stage, after: sweep) == 3)
                }
            }
        }

        // All of them are due: a third of their life is left.
        private static func link(_ stage: Stage) async throws -> [ConnectionID] {
            let connections = try await withThrowingTaskGroup(of: ConnectionID.self) { group in
                var left = shops - 1
                func next() {
                    guard left > 0 else { return }
                    left -= 1
                    group.addTask {
                        try await stage.core.link(try await stage.sandbox.account(), with: stage.application)
                    }
                }
                for _ in 0..<16 { next() }
                var made = [stage.connection]
                for try await one in group {
                    made.append(one)
                    next()
                }
                return made
            }
            stage.clock.advance(by: .seconds(150 * 86_400))
            return connections
        }

        // All posts that the ledger has after one more look of the sweep.
        private static func posts(_ stage: Stage, after sweep: RefreshSweep) async throws -> Int {
            _ = await sweep.sweep()
            let grants = try await stage.sandbox.sim.get("/ledger")["grants"]?.array ?? []
            return grants.reduce(0) { $0 + ($1["posts"]?.int ?? 0) }
        }

        private static func expectUntouched(_ stage: Stage, _ connections: [ConnectionID]) async throws {
            #expect(try await stage.core.states(connections) == [.linked: shops])
            for connection in connections.prefix(20) {
                let found = try await stage.core.connection(connection)
                #expect(!found.refreshUncertain && found.reason == nil)
                #expect(try await stage.core.refresher().token(of: connection).generation == 1)
            }
        }
    }
}

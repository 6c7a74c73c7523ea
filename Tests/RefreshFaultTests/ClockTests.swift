import TestSupport
import Testing

@testable import Gateway
@testable import enlace

extension Refreshing {
    /// A clock that is set; the judge is the sandbox's ledger.
    @Suite("and a clock that jumps")
    struct ClockTests {
        private static let day = Duration.seconds(86_400)

        @Test("posts once though a day passes while the post is under way")
        func forward() async throws {
            try await LiveSandbox.with { sandbox in
                try await Stage.with(sandbox) { stage in
                    stage.clock.advance(by: .seconds(181 * 86_400))
                    let refresher = stage.core.refresher()
                    try await sandbox.arm(["fault": "hold", "after": true], of: stage.account.user)
                    let first = Task { try await refresher.token(of: stage.connection).generation }
                    try await sandbox.waitUntilHeld(of: stage.account.user)
                    stage.clock.advance(by: Self.day)
                    let second = Task {
                        try await refresher.renewed(stage.connection, ifGeneration: 1, .person).generation
                    }
                    for _ in 0..<1_000 { await Task.yield() }
                    stage.clock.advance(by: Self.day * -1)
                    try await sandbox.release(stage.account.user)
                    #expect(try await first.value == 2)
                    #expect(try await second.value == 2)
                    #expect(try await stage.ledger().posts.count == 1)
                    try await stage.prove(refresher)
                    #expect(try await stage.offences() == [])
                }
            }
        }

        @Test("forgets a failure of a day that has not come yet")
        func back() async throws {
            try await LiveSandbox.with { sandbox in
                try await Stage.with(sandbox) { stage in
                    stage.clock.advance(by: .seconds(190 * 86_400))
                    let refresher = stage.core.refresher()
                    stage.provider.plan([.notWritten])
                    await #expect(throws: Problem.self) { try await refresher.token(of: stage.connection) }
                    stage.clock.advance(by: Self.day * -1)
                    #expect(try await refresher.token(of: stage.connection).generation == 2)
                    try await stage.prove(refresher)
                    #expect(try await stage.offences() == [])
                }
            }
        }

        @Test("does not wait a day longer for the next try of a dead pair")
        func dead() async throws {
            try await LiveSandbox.with { sandbox in
                try await Stage.with(sandbox) { stage in
                    stage.clock.advance(by: .seconds(190 * 86_400))
                    let refresher = stage.core.refresher()
                    stage.provider.plan([.cutBefore, .cutBefore])
                    await #expect(throws: Problem.self) { try await refresher.token(of: stage.connection) }
                    #expect(try await stage.ledger().posts.count == 2)
                    stage.clock.advance(by: Self.day * -1)
                    #expect(try await refresher.token(of: stage.connection).generation == 2)
                    try await stage.prove(refresher)
                    #expect(try await stage.offences() == [])
                }
            }
        }

        @Test("sweeps again what was tried on a day that has not come yet")
        func sweep() async throws {
            try await LiveSandbox.with { sandbox in
                try await Stage.with(sandbox) { stage in
                    stage.clock.advance(by: .seconds(150 * 86_400))
                    let refresher = stage.core.refresher()
                    let sweep = stage.core.sweep(refresher)
                    stage.provider.plan([.limited])
                    _ = await sweep.sweep()
                    stage.clock.advance(by: Self.day * -1)
                    _ = await sweep.sweep()
                    #expect(try await stage.ledger().posts.map(\.status) == [429, 200])
                    try await stage.prove(refresher)
                    #expect(try await stage.offences() == [])
                }
            }
        }
    }
}

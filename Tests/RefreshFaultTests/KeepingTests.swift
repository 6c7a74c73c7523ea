import Foundation
import StoreSQLite
import TestSupport
import Testing

@testable import Gateway
@testable import enlace

extension Refreshing {
    /// What happens around a post, one by one; the judge is the sandbox's ledger.
    @Suite("and what keeps an answer")
    struct KeepingTests {
        @Test("posts once for two refreshers over one store with a hundred callers each")
        func crowd() async throws {
            try await LiveSandbox.with { sandbox in
                try await Stage.with(sandbox) { stage in
                    stage.clock.advance(by: .seconds(181 * 86_400))
                    try await sandbox.arm(["fault": "hold", "after": true], of: stage.account.user)
                    let refreshers = [stage.core.refresher(), stage.core.refresher()]
                    let tokens = try await withThrowingTaskGroup(of: Int.self) { group in
                        for number in 0..<200 {
                            group.addTask { try await refreshers[number % 2].token(of: stage.connection).generation }
                        }
                        try await sandbox.waitUntilHeld(of: stage.account.user)
                        try await sandbox.release(stage.account.user)
                        return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
                    }
                    #expect(tokens == [2: 200])
                    #expect(try await stage.ledger().posts.map(\.issued) == [2])
                    try await stage.prove(refreshers[0])
                    #expect(try await stage.offences() == [])
                }
            }
        }

        @Test("serves and keeps an answer that the database refuses, through the death of the process too")
        func spoolNeeded() async throws {
            try await LiveSandbox.with { sandbox in
                for dies in [false, true] {
                    try await Stage.with(sandbox) { stage in
                        var refresher = stage.core.refresher()
                        stage.provider.plan([.storeRefuses])
                        #expect(try await refresher.renewed(stage.connection, ifGeneration: 1, .person).generation == 2)
                        #expect(try await stage.store.tokens(of: stage.connection)?.generation == 1)
                        #expect(try await refresher.token(of: stage.connection).generation == 2)
                        try await stage.store.refusesWrites(false)
                        if dies {
                            refresher = stage.core.refresher()
                            try await refresher.recover()
                        } else {
                            await refresher.adoptWaiting()
                        }
                        #expect(try await stage.store.tokens(of: stage.connection)?.generation == 2)
                        try await stage.prove(refresher)
                        #expect(try await stage.offences() == [])
                        #expect(try FileManager.default.contentsOfDirectory(atPath: stage.spool).isEmpty)
                    }
                }
            }
        }

        @Test("posts nothing while there is no place for an answer, and serves what works")
        func spoolFull() async throws {
            try await LiveSandbox.with { sandbox in
                try await Stage.with(sandbox) { stage in
                    try Data().write(to: URL(filePath: stage.spool))
                    let refresher = stage.core.refresher()
                    #expect(try await refresher.renewed(stage.connection, ifGeneration: 1, .person).generation == 1)
                    stage.clock.advance(by: .seconds(181 * 86_400))
                    await #expect(throws: Problem.self) { try await refresher.token(of: stage.connection) }
                    #expect(try await stage.ledger().posts.isEmpty)
                    #expect(try await stage.state() == .linked)
                    try FileManager.default.removeItem(atPath: stage.spool)
                    #expect(try await refresher.token(of: stage.connection).generation == 2)
                    try await stage.prove(refresher)
                    #expect(try await stage.offences() == [])
                }
            }
        }

        @Test("posts nothing for a seller whose keyring key is not there, and judges no shop by it")
        func keyMissing() async throws {
            try await LiveSandbox.with { sandbox in
                try await Stage.with(sandbox) { stage in
                    let file = KeyRingFile(path: stage.folder + "/other.keyring")
                    try file.create(clock: stage.clock.wallClock, random: .system)
                    let lacking = stage.core.refresher(keyRing: try file.read())
                    stage.clock.advance(by: .seconds(181 * 86_400))
                    await #expect(throws: Problem.self) { try await lacking.token(of: stage.connection) }
                    await #expect(throws: Problem.self) {
                        try await lacking.renewed(stage.connection, ifGeneration: 1, .person)
                    }
                    #expect(try await stage.ledger().posts.isEmpty)
                    #expect(try await stage.core.journal(stage.connection).isEmpty)
                    let refresher = stage.core.refresher()
                    #expect(try await refresher.token(of: stage.connection).generation == 2)
                    try await stage.prove(refresher)
                    #expect(try await stage.offences() == [])
                }
            }
        }

        @Test("goes on to the end when the caller goes away")
        func callerGone() async throws {
            try await LiveSandbox.with { sandbox in
                try await Stage.with(sandbox) { stage in
                    let refresher = stage.core.refresher()
                    try await sandbox.arm(["fault": "hold", "after": true], of: stage.account.user)
                    let caller = Task { try await refresher.renewed(stage.connection, ifGeneration: 1, .person) }
                    try await sandbox.waitUntilHeld(of: stage.account.user)
                    caller.cancel()
                    try await sandbox.release(stage.account.user)
                    _ = await caller.result
                    #expect(try await stage.store.tokens(of: stage.connection)?.generation == 2)
                    try await stage.prove(refresher)
                    #expect(try await stage.offences() == [])
                }
            }
        }
    }
}

import TestSupport
import Testing

@testable import Gateway
@testable import enlace

extension Refreshing {
    /// Answers of the token endpoint, one by one; the judge is the sandbox's ledger.
    @Suite("and what the token endpoint answers")
    struct AnswerTests {
        private static let allKnobs = [true, false].flatMap { revokes in
            [true, false].map { Knobs(revokesOldAccess: revokes, reuseRevokesGrant: $0) }
        }

        @Test("tries again after 429, which is a refusal in so many words")
        func limited() async throws {
            try await LiveSandbox.with { sandbox in
                try await Stage.with(sandbox) { stage in
                    stage.clock.advance(by: .seconds(181 * 86_400))
                    stage.provider.plan([.limited])
                    let refresher = stage.core.refresher()
                    await #expect(throws: Problem.self) { try await refresher.token(of: stage.connection) }
                    stage.clock.advance(by: .seconds(10))
                    #expect(try await refresher.token(of: stage.connection).generation == 2)
                    let posts = try await stage.ledger().posts
                    #expect(posts.map(\.generation) == [1, 1] && posts.map(\.status) == [429, 200])
                    try await stage.prove(refresher)
                    #expect(try await stage.offences() == [])
                }
            }
        }

        @Test(
            "finds out by one last try which side of the rotation a 502 fell on, whatever the provider does with old tokens"
        )
        func badGateway() async throws {
            try await LiveSandbox.with { sandbox in
                for knobs in Self.allKnobs {
                    try await sandbox.turn(knobs)
                    for fault in [FaultyProvider.Fault.errorBefore, .errorAfter] {
                        try await Stage.with(sandbox) { stage in
                            let refresher = stage.core.refresher()
                            stage.provider.plan([fault])
                            for _ in 1...2 { await Self.wantNewer(stage, refresher) }
                            try await stage.prove(refresher)
                            let connection = try await stage.core.connection(stage.connection)
                            #expect(connection.state == (fault == .errorBefore ? .linked : .needsRelink))
                            #expect(connection.reason == (fault == .errorBefore ? nil : .rotationLost))
                            #expect(try await stage.offences() == [], "\(knobs) \(fault)")
                        }
                    }
                }
            }
        }

        @Test("takes half a document, a page, a redirect and a cut for no answer, and stores nothing of them")
        func garbled() async throws {
            try await LiveSandbox.with { sandbox in
                try await sandbox.turn(Knobs(revokesOldAccess: false, reuseRevokesGrant: false))
                for fault in ["bad_json", "html502", "redirect", "drop"] {
                    try await Stage.with(sandbox) { stage in
                        let refresher = stage.core.refresher()
                        try await sandbox.arm(["fault": .string(fault)], of: stage.account.user)
                        #expect(try await refresher.renewed(stage.connection, ifGeneration: 1, .sweep).generation == 1)
                        #expect(try await stage.core.connection(stage.connection).refreshUncertain)
                        #expect(try await stage.core.journal(stage.connection).map(\.state) == [.unanswered])
                        // On its own account the gateway posts that generation no more.
                        #expect(try await refresher.renewed(stage.connection, ifGeneration: 1, .sweep).generation == 1)
                        #expect(try await stage.ledger().posts.count == 1)
                        #expect(try await refresher.renewed(stage.connection, ifGeneration: 1, .person).generation == 2)
                        try await stage.prove(refresher)
                        #expect(try await stage.offences() == [], "\(fault)")
                    }
                }
            }
        }

        @Test("never stores the tokens of another account")
        func otherAccount() async throws {
            try await LiveSandbox.with { sandbox in
                for knobs in Self.allKnobs {
                    try await sandbox.turn(knobs)
                    try await Stage.with(sandbox) { stage in
                        let refresher = stage.core.refresher()
                        try await sandbox.arm(
                            ["fault": "rewrite", "members": ["user_id": 7]], of: stage.account.user)
                        for _ in 1...2 { await Self.wantNewer(stage, refresher) }
                        #expect(
                            try await stage.core.access(stage.connection).value.reveal { $0 } == stage.account.access)
                        #expect(try await stage.core.connection(stage.connection).reason == .rotationLost)
                        #expect(try await stage.offences() == [], "\(knobs)")
                    }
                }
            }
        }

        @Test("keeps the refresh token that it has when the answer has none")
        func noRefreshToken() async throws {
            try await LiveSandbox.with { sandbox in
                try await Stage.with(sandbox) { stage in
                    _ = try await sandbox.sim.patch("/knobs", body: ["omit_refresh_token": true])
                    let refresher = stage.core.refresher()
                    #expect(try await refresher.renewed(stage.connection, ifGeneration: 1, .person).generation == 2)
                    let tokens = try await refresher.stored(stage.connection)
                    #expect(tokens.refresh != nil)
                    #expect(try await stage.core.connection(stage.connection).state == .linked)
                    #expect(try await refresher.renewed(stage.connection, ifGeneration: 2, .person).generation == 3)
                    #expect(try await stage.ledger().posts.allSatisfy { $0.isOwnAnswer && $0.refusal == nil })
                }
            }
        }

        @Test("believes no absurd life of a token")
        func absurdLife() async throws {
            try await LiveSandbox.with { sandbox in
                let lives: [(told: JSONValue, taken: Duration)] = [
                    (-5, .seconds(60)), (0, .seconds(60)), (1_000_000_000_000, .seconds(400 * 86_400)),
                    (.string("soon"), .seconds(6 * 3600)), (.null, .seconds(6 * 3600)),
                ]
                for (told, taken) in lives {
                    try await Stage.with(sandbox) { stage in
                        try await sandbox.arm(
                            ["fault": "rewrite", "members": ["expires_in": told]], of: stage.account.user)
                        let renewed = try await stage.core.refresher().renewed(
                            stage.connection, ifGeneration: 1, .person)
                        #expect(renewed.generation == 2 && renewed.expiresAt == stage.clock.now + taken, "\(told)")
                    }
                }
            }
        }

        @Test("believes unauthorized_client only where the access token does not work either")
        func unauthorizedClient() async throws {
            let refusal: [String: JSONValue] = ["fault": "status", "status": 401, "error": "unauthorized_client"]
            try await LiveSandbox.with { sandbox in
                try await Stage.with(sandbox) { stage in
                    let refresher = stage.core.refresher()
                    try await sandbox.arm(refusal, of: stage.account.user)
                    #expect(try await refresher.renewed(stage.connection, ifGeneration: 1, .person).generation == 1)
                    #expect(try await stage.state() == .linked)
                    #expect(try await stage.ledger().calledWith == 1)
                    _ = try await sandbox.sim.post(
                        "/tokens/expire",
                        body: [
                            "user_id": .int(Int(stage.account.user.rawValue)),
                            "client_id": .string(sandbox.application.clientID),
                        ])
                    try await sandbox.arm(refusal, of: stage.account.user)
                    await #expect(throws: Problem.self) {
                        try await refresher.renewed(stage.connection, ifGeneration: 1, .person)
                    }
                    #expect(try await stage.core.connection(stage.connection).reason == .refreshRejected)
                }
            }
        }

        @Test("asks no more once a shop has to link again, unless a person does")
        func terminal() async throws {
            try await LiveSandbox.with { sandbox in
                try await Stage.with(sandbox) { stage in
                    let refresher = stage.core.refresher()
                    let sweep = stage.core.sweep(refresher)
                    _ = try await sandbox.sim.post(
                        "/grants/revoke",
                        body: [
                            "user_id": .int(Int(stage.account.user.rawValue)),
                            "client_id": .string(sandbox.application.clientID),
                        ])
                    stage.clock.advance(by: .seconds(181 * 86_400))
                    await #expect(throws: Problem.self) { try await refresher.token(of: stage.connection) }
                    #expect(try await stage.core.connection(stage.connection).reason == .refreshRejected)
                    let before = try await stage.ledger().posts.count
                    for _ in 1...24 * 6 {
                        stage.clock.advance(by: .seconds(600))
                        await #expect(throws: Problem.self) { try await refresher.token(of: stage.connection) }
                        _ = await sweep.sweep()
                    }
                    #expect(try await stage.ledger().posts.count == before)
                    await #expect(throws: Problem.self) {
                        try await refresher.renewed(stage.connection, ifGeneration: 1, .person)
                    }
                    #expect(try await stage.ledger().posts.count == before + 1)
                    #expect(try await stage.offences() == [])
                }
            }
        }

        // A person asks; what the caller is told is the business of other tests.
        private static func wantNewer(_ stage: Stage, _ refresher: TokenRefresher) async {
            guard let generation = try? await refresher.stored(stage.connection).generation else { return }
            _ = try? await refresher.renewed(stage.connection, ifGeneration: generation, .person)
        }
    }
}

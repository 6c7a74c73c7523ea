import TestSupport
import Testing

@testable import Gateway

@Suite("Hazards: kept-alive connections to the provider", .timeLimit(.minutes(1)))
struct PoolTests {
    @Test("never shows a second answer to one request to the next caller", arguments: Lane.allCases)
    func twoAnswers(lane: Lane) async throws {
        try await HazardStage.run(
            lane,
            Script { conversation in
                while try await conversation.request() != nil {
                    let other = conversation.number == 0 ? Wire.ok("{\"seller\":\"other\"}") : ""
                    try await conversation.write(Wire.ok("{\"n\":\(conversation.number)}") + other)
                }
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get())
                #expect(try await caller.answer()?.body == "{\"n\":0}")
                try await caller.send(stage.get().replacing(stage.seller, with: stage.other.seller))
                #expect(try await caller.answer()?.body == "{\"n\":1}")
            }
        }
    }

    @Test("never shows bytes that came on an idle connection to the next caller", arguments: Lane.allCases)
    func bytesWhileIdle(lane: Lane) async throws {
        let (sent, tell) = AsyncStream.makeStream(of: Void.self)
        let (may, allow) = AsyncStream.makeStream(of: Void.self)
        try await HazardStage.run(
            lane,
            Script { conversation in
                guard try await conversation.request() != nil else { return }
                try await conversation.write(Wire.ok("{\"n\":\(conversation.number)}"))
                guard conversation.number == 0 else { return try await conversation.untilClosed() }
                for await _ in may { break }
                try await conversation.write(Wire.ok("{\"seller\":\"other\"}"))
                try await conversation.untilClosed()
                tell.yield()
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get())
                #expect(try await caller.answer()?.body == "{\"n\":0}")
                allow.yield()
                for await _ in sent { break }
                try await caller.send(stage.get())
                #expect(try await caller.answer()?.body == "{\"n\":1}")
            }
        }
    }

    @Test("repeats a read once whose idle connection the provider closed as it was used", arguments: Lane.allCases)
    func closedAtReuse(lane: Lane) async throws {
        try await HazardStage.run(
            lane,
            Script { conversation in
                guard try await conversation.request() != nil else { return }
                try await conversation.write(Wire.ok("{\"n\":\(conversation.number)}"))
                guard conversation.number == 0 else { return try await conversation.answerAll(Wire.ok("again")) }
                // Reads the second request and closes without a word.
                _ = try await conversation.head()
                try await conversation.close()
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get())
                #expect(try await caller.answer()?.body == "{\"n\":0}")
                try await caller.send(stage.get())
                #expect(try await caller.answer()?.body == "{\"n\":1}")
            }
        }
    }

    @Test("never repeats a charge whose connection broke", arguments: Lane.allCases)
    func chargeOnce(lane: Lane) async throws {
        try await HazardStage.run(
            lane,
            Script { conversation in
                guard try await conversation.request() != nil else { return }
                guard conversation.number == 0 else { return try await conversation.write(Wire.ok()) }
                try await conversation.write(Wire.ok())
                if try await conversation.request() != nil { try await conversation.close() }
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get())
                #expect(try await caller.answer()?.status == 200)
                try await caller.send(stage.post())
                let answer = try await caller.answer()
                #expect(answer?.status == 502)
                #expect(answer?.field("enlace-error") == "upstream_unreachable")
            }
            #expect(stage.upstream.received.filter { $0.hasPrefix("POST ") }.count == 1)
        }
    }

    @Test("says that nothing was sent where the provider can't be reached", arguments: Lane.allCases)
    func unreachable(lane: Lane) async throws {
        try await HazardStage.run(lane, upstreamPort: 9, Script { _ in }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.post())
                let answer = try await caller.answer()
                #expect(answer?.status == 502)
                #expect(answer?.field("enlace-error") == "upstream_unreachable")
                #expect(answer?.body.contains("Nothing was sent") ?? false)
                try await caller.send(stage.get())
                #expect(try await caller.answer()?.status == 502)
            }
        }
    }

    @Test(
        "says when the provider's answer does not come in time, and never that nothing was sent",
        arguments: Lane.allCases)
    func tooLate(lane: Lane) async throws {
        try await HazardStage.run(
            lane, answerTimeout: .milliseconds(300),
            Script { conversation in
                _ = try await conversation.request()
                try await conversation.untilClosed()
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.post())
                let answer = try await caller.answer()
                #expect(answer?.status == 504)
                #expect(answer?.field("enlace-error") == "upstream_timeout")
            }
            #expect(stage.upstream.received.count == 1)
        }
    }

    @Test("ends the provider's work when its caller leaves, and repeats nothing", arguments: Lane.allCases)
    func callerLeaves(lane: Lane) async throws {
        let (came, tellCame) = AsyncStream.makeStream(of: Void.self)
        let (ended, tellEnded) = AsyncStream.makeStream(of: Void.self)
        try await HazardStage.run(
            lane, answerTimeout: .seconds(3),
            Script { conversation in
                _ = try await conversation.request()
                tellCame.yield()
                try? await conversation.untilClosed()
                tellEnded.yield()
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.post())
                for await _ in came { break }
                try await caller.close()
                for await _ in ended { break }
            }
            #expect(stage.upstream.received.count == 1)
        }
    }

    @Test("leaves one line of each call, of one whose connection broke too", arguments: Lane.allCases)
    func lines(lane: Lane) async throws {
        try await HazardStage.run(
            lane,
            Script { conversation in
                while let request = try await conversation.request() {
                    if request.hasSuffix("break") { return try await conversation.close() }
                    try await conversation.write(Wire.ok("{\"id\":7}"))
                }
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.post() + stage.post("break"))
                #expect(try await caller.answer()?.status == 200)
                #expect(try await caller.answer()?.status == 502)
            }
            var calls: [CallRecord] = []
            // The ordinary lane leaves its line when the answer is let go of.
            while calls.count < 2 {
                calls += stage.proxy.calls.take().calls
                await Task.yield()
            }
            #expect(calls.map(\.status) == [200, 502])
            #expect(calls.map(\.requestBytes) == [15, 5])
            #expect(calls.map(\.responseBytes) == [8, 0])
            #expect(calls.allSatisfy { $0.seller.description == stage.seller })
        }
    }
}

import Testing

@Suite("Hazards: sizes and time", .timeLimit(.minutes(1)))
struct LimitTests {
    @Test("refuses a body of more than 1 MiB before it reads it", arguments: Lane.allCases)
    func body(lane: Lane) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                try await caller.send(
                    "POST /v1/sellers/\(stage.seller)/proxy\(HazardStage.charge) HTTP/1.1\r\n\(stage.fields)"
                        + "Content-Length: 1048577\r\n\r\n")
                #expect(try await caller.answer()?.status == 413)
            }
            #expect(stage.upstream.received.isEmpty)
        }
    }

    @Test("sends a body of 1 MiB whole", arguments: Lane.allCases)
    func largest(lane: Lane) async throws {
        let body = String(repeating: "y", count: 1 << 20)
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.post(body) + stage.get())
                #expect(try await caller.answer()?.status == 200)
                #expect(try await caller.answer()?.status == 200)
            }
            #expect(stage.upstream.received.first?.hasSuffix(body) ?? false)
        }
    }

    @Test("closes a connection that is silent for too long", arguments: Lane.allCases)
    func idle(lane: Lane) async throws {
        try await HazardStage.run(lane, idleTimeout: .milliseconds(500), Script { try await $0.answerAll(Wire.ok()) }) {
            stage in
            try await stage.call { caller in
                try await caller.send(stage.get())
                #expect(try await caller.answer()?.status == 200)
                #expect(try await caller.rest() == "")
            }
            try await stage.call { caller in
                try await caller.send("GET /v1/sel")
                #expect(try await caller.rest() == "")
            }
        }
    }

    @Test("takes in no more of an answer than its caller takes out", arguments: Lane.allCases)
    func slowReader(lane: Lane) async throws {
        let body = String(repeating: "z", count: 30 << 20)
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok(body)) }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get())
                #expect(try await caller.answer()?.body.utf8.count == body.utf8.count)
            }
        }
    }

    @Test("answers an HTTP/1.0 caller", arguments: Lane.allCases)
    func oldCaller(lane: Lane) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok("old")) }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get().replacing("HTTP/1.1", with: "HTTP/1.0"))
                #expect(try await caller.answer()?.body == "old")
            }
        }
    }
}

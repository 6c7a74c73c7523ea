import Testing

@Suite("Hazards: a token that the provider refuses", .timeLimit(.minutes(1)))
struct RenewalTests {
    private static let words = "{\"message\":\"invalid_token\",\"status\":401}"

    /// Refuses every token but renewed ones.
    private static func refusing(_ refusal: String) -> Script {
        Script { conversation in
            while let request = try await conversation.request() {
                let isNew = request.contains("Bearer RENEWED-2\r\n")
                try await conversation.write(isNew ? Wire.ok("{\"renewed\":true}") : refusal)
            }
        }
    }

    private static func unauthorized(_ body: String, _ fields: String = "") -> String {
        Wire.ok(body, fields).replacing("200 OK", with: "401 Unauthorized")
    }

    private static let chunked =
        "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "e\r\n{\"message\":\"in\r\n1c\r\nvalid_token\",\"status\":\"401\"}\r\n0\r\n\r\n"

    @Test(
        "is renewed, and a read sent once more, however the refusal is framed", arguments: Lane.allCases,
        [unauthorized(words), chunked])
    func read(lane: Lane, refusal: String) async throws {
        try await HazardStage.run(lane, Self.refusing(refusal)) { stage in
            try await stage.call { caller in
                // The second waits in the same connection until the first has its answer.
                try await caller.send(stage.get() + stage.get("/v1/orders/search"))
                for _ in 0..<2 {
                    let answer = try await caller.answer()
                    #expect((answer?.status, answer?.body) == (200, "{\"renewed\":true}"))
                }
            }
            let received = stage.upstream.received
            #expect(received.map { $0.contains("RENEWED-2") } == [false, true, true])
            #expect(received.first?.contains("Bearer \(stage.token)\r\n") == true)
        }
    }

    @Test("is renewed, and a refusal that ends with its connection is understood", arguments: Lane.allCases)
    func closeFramed(lane: Lane) async throws {
        let refusal = "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n\r\n\(Self.words)"
        try await HazardStage.run(
            lane,
            Script { conversation in
                guard let request = try await conversation.request() else { return }
                if request.contains("RENEWED-2") { return try await conversation.write(Wire.ok("{}")) }
                try await conversation.write(refusal)
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get())
                #expect(try await caller.answer()?.status == 200)
            }
        }
    }

    @Test("is renewed, and an order sent once more with the same key and the same body", arguments: Lane.allCases)
    func order(lane: Lane) async throws {
        try await HazardStage.run(lane, Self.refusing(Self.unauthorized(Self.words))) { stage in
            try await stage.call { caller in
                try await caller.send(stage.post("{\"total\":\"15.00\"}", path: "/v1/orders"))
                let answer = try await caller.answer()
                #expect(answer?.status == 200)
                let received = stage.upstream.received
                #expect(received.count == 2)
                #expect(received.allSatisfy { $0.hasSuffix("\r\n\r\n{\"total\":\"15.00\"}") })
                let key = try #require(answer?.field("x-idempotency-key"))
                #expect(received.allSatisfy { $0.lowercased().contains("x-idempotency-key: \(key.lowercased())\r\n") })
            }
        }
    }

    @Test("is renewed, and a payment intent not sent again", arguments: Lane.allCases)
    func charge(lane: Lane) async throws {
        try await HazardStage.run(lane, Self.refusing(Self.unauthorized(Self.words))) { stage in
            try await stage.call { caller in
                try await caller.send(stage.post())
                let first = try await caller.answer()
                #expect((first?.status, first?.body) == (401, Self.words))
                try await caller.send(stage.get())
                #expect(try await caller.answer()?.status == 200)
                #expect(stage.upstream.received.count == 2)
            }
        }
    }

    @Test("is renewed once for a call: a second refusal passes", arguments: Lane.allCases)
    func twice(lane: Lane) async throws {
        let refusal = Self.unauthorized(Self.words, "ETag: \"1\"\r\n")
        try await HazardStage.run(lane, Script { try await $0.answerAll(refusal) }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get())
                let answer = try await caller.answer()
                #expect((answer?.status, answer?.body) == (401, Self.words))
                #expect(answer?.field("etag") == "\"1\"")
                #expect(answer?.field("enlace-error") == nil)
                #expect(stage.upstream.received.count == 2)
            }
        }
    }

    @Test(
        "stays where the refusal is about something else or too long to be read", arguments: Lane.allCases,
        ["{\"message\":\"Unauthorized use of live credentials\"}", words + String(repeating: " ", count: 20_000)])
    func others(lane: Lane, body: String) async throws {
        try await HazardStage.run(lane, Self.refusing(Self.unauthorized(body))) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get())
                let answer = try await caller.answer()
                #expect((answer?.status, answer?.body) == (401, body))
                #expect(stage.upstream.received.count == 1)
            }
        }
    }

    @Test("that breaks off in the refusal is no answer that looks whole", arguments: Lane.allCases)
    func brokenOff(lane: Lane) async throws {
        try await HazardStage.run(
            lane,
            Script { conversation in
                _ = try await conversation.request()
                try await conversation.write(String(Self.unauthorized(Self.words).dropLast(5)))
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get())
                let answer = try await caller.answer()
                #expect(answer == nil || answer?.status == 502)
                #expect(stage.upstream.received.count == 1)
            }
        }
    }
}

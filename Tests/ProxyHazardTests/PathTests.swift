import Testing

/// SEC C4.2: what is matched are the bytes that are sent, and only paths in their one plain form are.
@Suite("Hazards: paths", .timeLimit(.minutes(1)))
struct PathTests {
    /// Ways to say `..`, `.`, `/` or something a server might take for them.
    private static let parts = [
        "..", ".", "%2e%2e", "%2E%2E", "%2e.", ".%2e", "%252e%252e", "..%2f", "..%5c", "%5c..", "..;", "..;/", ";a=b",
        "%2f", "%2F", "%252f", "\\", "\\..", "%5c", "..%00", "%00", ".%0d", "%0a", "%09", "%c0%ae%c0%ae", "%c0%af",
        "%e0%80%ae", "%ef%bc%8e", "\u{FF0E}\u{FF0E}", "\u{2215}", "%u002e", "..%01", "...", "....", "~..", "%2e%2e%2f",
        "%%32%65", "..%252f", "@evil.example", ":80", "*", "'", "\"", "<", "|", "^", "`", "{", "}", "[", "]", "!", "$",
        "&", "(", ")", "+", ",", "=", "%41", "%7e", "%", "%2", "%zz",
    ]

    /// Each part at five places of an allowed path.
    static let paths: [String] = parts.flatMap { part in
        [
            "/\(part)/users/me", "/users/\(part)/me", "/users/me/\(part)", "/users/me\(part)", "/\(part)users/me",
        ]
    }

    @Test("send nothing that is not an allowed path byte for byte", arguments: Lane.allCases)
    func corpus(lane: Lane) async throws {
        #expect(Self.paths.count >= 300)
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            for path in Self.paths {
                try await stage.call { caller in
                    try await caller.send(stage.get(path))
                    let answer = try await caller.answer()
                    #expect(answer == nil || answer?.status == 400 || answer?.status == 403, "\(path)")
                }
            }
            #expect(stage.upstream.received.isEmpty, "\(stage.upstream.received)")
        }
    }

    static let queries = [
        "access_token=x", "a=b&access_token=x", "ACCESS_TOKEN=x", "access%5Ftoken=x", "%61ccess_token=x",
        "access_token",
        "a=b;access_token=x", "accessToken=x", "access.token=x",
    ]

    @Test("carry no token in a query, however it is spelled", arguments: Lane.allCases, queries)
    func tokens(lane: Lane, query: String) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get("/users/me?\(query)"))
                #expect(try await caller.answer()?.status == 400)
            }
            #expect(stage.upstream.received.isEmpty)
        }
    }

    @Test("go on with their query as it came", arguments: Lane.allCases)
    func query(lane: Lane) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get("/users/me?b=%20&a=1&a=2&c=(x)"))
                #expect(try await caller.answer()?.status == 200)
            }
            #expect(stage.upstream.received.first?.hasPrefix("GET /users/me?b=%20&a=1&a=2&c=(x) HTTP/1.1\r\n") ?? false)
        }
    }
}

import Testing

@Suite("Hazards: the provider's answers", .timeLimit(.minutes(1)))
struct FramingTests {
    /// Answers that can't be understood with certainty: 502, or the caller sees a cut.
    static let doubts: [(name: String, answer: String)] = [
        ("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nhello"),
        (
            "a length and a coding",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        ("a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nhi"),
        ("a bare line feed", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"),
        ("no status line", "hello\r\n\r\n"),
        ("a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"),
        (
            "a chunk's size that is none",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n"
        ),
        (
            "a chunk's size beyond any number",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"
        ),
        ("an answer that was cut", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"),
        ("a chunked answer that was cut", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        ("a head that was cut", "HTTP/1.1 200 OK\r\nContent-Le"),
        ("nothing at all", ""),
        ("another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    ]

    @Test("gives no whole 2xx answer for one that leaves a doubt", arguments: Lane.allCases, doubts.map(\.name))
    func doubtful(lane: Lane, name: String) async throws {
        let answer = try #require(Self.doubts.first { $0.name == name }).answer
        try await HazardStage.run(
            lane, answerTimeout: .seconds(2),
            Script { conversation in
                _ = try await conversation.request()
                if !answer.isEmpty { try await conversation.write(answer) }
                try await conversation.close()
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.post())
                let got = try await caller.answer()
                #expect(got == nil || got?.status == 502, "\(String(describing: got))")
            }
            #expect(stage.upstream.received.count == 1)
        }
    }

    @Test("streams a chunked answer, its extensions and trailers left out", arguments: Lane.allCases)
    func chunked(lane: Lane) async throws {
        try await HazardStage.run(
            lane,
            Script {
                try await $0.answerAll(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n"
                )
            }
        ) { stage in
            try await stage.call { caller in
                for _ in 0..<2 {
                    try await caller.send(stage.get())
                    let answer = try await caller.answer()
                    #expect(answer?.body == "abcde")
                    #expect(answer?.field("transfer-encoding") == "chunked")
                }
            }
            #expect(stage.upstream.connectionCount == 1)
        }
    }

    @Test("takes an answer that ends with its connection", arguments: Lane.allCases)
    func untilClose(lane: Lane) async throws {
        try await HazardStage.run(
            lane,
            Script { conversation in
                _ = try await conversation.request()
                try await conversation.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it")
                try await conversation.close()
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get() + stage.get())
                #expect(try await caller.answer()?.body == "all of it")
                #expect(try await caller.answer()?.body == "all of it")
            }
        }
    }

    @Test("reads over interim answers", arguments: Lane.allCases)
    func interim(lane: Lane) async throws {
        try await HazardStage.run(
            lane,
            Script {
                try await $0.answerAll(
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + Wire.ok("late"))
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.post() + stage.post())
                #expect(try await caller.answer()?.body == "late")
                #expect(try await caller.answer()?.body == "late")
            }
        }
    }

    @Test("passes 204 without a body, and goes on", arguments: Lane.allCases)
    func noContent(lane: Lane) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll("HTTP/1.1 204 No Content\r\n\r\n") }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get() + stage.get())
                for _ in 0..<2 {
                    let answer = try await caller.answer()
                    #expect(answer?.status == 204)
                    #expect(answer?.field("content-length") == nil && answer?.field("transfer-encoding") == nil)
                }
            }
        }
    }

    @Test("answers HEAD with the length and no body, and goes on", arguments: Lane.allCases)
    func head(lane: Lane) async throws {
        try await HazardStage.run(
            lane,
            Script {
                try await $0.answerAll(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n")
            }
        ) { stage in
            try await stage.call { caller in
                for _ in 0..<2 {
                    try await caller.send(stage.get(method: "HEAD"))
                    let answer = try await caller.answer(toHead: true)
                    #expect(answer?.status == 200)
                    #expect(answer?.field("content-length") == "17")
                }
            }
        }
    }

    @Test("follows no redirect and shows no Location", arguments: Lane.allCases, [301, 302, 303, 304, 307, 308])
    func redirects(lane: Lane, status: Int) async throws {
        try await HazardStage.run(
            lane,
            Script {
                let body = status == 304 ? "" : "Content-Length: 0\r\n"
                try await $0.answerAll("HTTP/1.1 \(status) Moved\r\nLocation: http://evil.example/\r\n\(body)\r\n")
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get())
                let answer = try await caller.answer()
                #expect(answer?.status == 502)
                #expect(answer?.field("enlace-error") == "upstream_redirect")
                #expect(answer?.field("location") == nil)
            }
        }
    }

    @Test("streams a large answer byte for byte", arguments: Lane.allCases)
    func large(lane: Lane) async throws {
        let body = String(repeating: "0123456789abcdef", count: 1 << 17)
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok(body)) }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get())
                #expect(try await caller.answer()?.body == body)
                try await caller.send(stage.get())
                #expect(try await caller.answer()?.body.utf8.count == body.utf8.count)
            }
        }
    }

    @Test("cuts an answer of more than 32 MiB", arguments: Lane.allCases)
    func tooLarge(lane: Lane) async throws {
        let part = String(repeating: "x", count: 1 << 20)
        try await HazardStage.run(
            lane,
            Script { conversation in
                _ = try await conversation.request()
                try await conversation.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                for _ in 0..<40 { try await conversation.write("100000\r\n\(part)\r\n") }
                try await conversation.write("0\r\n\r\n")
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get())
                let got = try await caller.answer()
                #expect(got == nil || got?.status == 502)
            }
        }
    }
}

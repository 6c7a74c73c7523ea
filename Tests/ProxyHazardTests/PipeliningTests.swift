import Foundation
import Testing

@Suite("Hazards: order on one connection", .timeLimit(.minutes(1)))
struct PipeliningTests {
    private static let healthz = "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test("answers pipelined calls in order: proxy and API, API and proxy", arguments: Lane.allCases)
    func mixed(lane: Lane) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok("{\"id\":1}")) }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get() + Self.healthz + stage.get() + stage.get() + Self.healthz)
                var bodies: [String] = []
                for _ in 0..<5 { bodies.append(try await caller.answer()?.body ?? "none") }
                #expect(bodies == ["{\"id\":1}", "well", "{\"id\":1}", "{\"id\":1}", "well"])
            }
            #expect(stage.upstream.received.count == 3)
        }
    }

    @Test("answers two charges one after the other, each with its own body", arguments: Lane.allCases)
    func charges(lane: Lane) async throws {
        try await HazardStage.run(
            lane,
            Script { conversation in
                while let request = try await conversation.request() {
                    try await conversation.write(Wire.ok(String(request.split(separator: "\r\n").last ?? "")))
                }
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.post("{\"amount\":1}") + stage.post("{\"amount\":2}") + Self.healthz)
                #expect(try await caller.answer()?.body == "{\"amount\":1}")
                #expect(try await caller.answer()?.body == "{\"amount\":2}")
                #expect(try await caller.answer()?.body == "well")
            }
        }
    }

    @Test("gives two sellers on one connection each its own answer, by its own token", arguments: Lane.allCases)
    func sellers(lane: Lane) async throws {
        try await HazardStage.run(
            lane,
            Script { conversation in
                while let request = try await conversation.request() {
                    let token = request.components(separatedBy: "Bearer ").last?.prefix { !$0.isNewline } ?? ""
                    try await conversation.write(Wire.ok(String(token)))
                }
            }
        ) { stage in
            try await stage.call { caller in
                let second = stage.get().replacing(stage.seller, with: stage.other.seller)
                try await caller.send(stage.get() + second + stage.get())
                #expect(try await caller.answer()?.body == stage.token)
                #expect(try await caller.answer()?.body == stage.other.token)
                #expect(try await caller.answer()?.body == stage.token)
            }
        }
    }

    @Test("never sends a charge that stands behind Connection: close", arguments: Lane.allCases)
    func behindClose(lane: Lane) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get("/users/me", "Connection: close\r\n") + stage.post())
                let answers = try await caller.rest()
                #expect(answers.components(separatedBy: "HTTP/1.1 200").count == 2)
            }
            #expect(stage.upstream.received.count == 1)
        }
    }

    @Test("never reads a request in the body of one whose answer ended first", arguments: Lane.allCases)
    func bodyThatSpellsARequest(lane: Lane) async throws {
        try await HazardStage.run(
            lane,
            Script { conversation in
                _ = try await conversation.head()
                try await conversation.write(
                    "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
                try await conversation.untilClosed()
            }
        ) { stage in
            try await stage.call { caller in
                let inner = stage.post("{}")
                let head = stage.post(String(repeating: " ", count: inner.utf8.count + 10))
                let start = try #require(head.range(of: "\r\n\r\n")?.upperBound)
                try await caller.send(String(head[..<start]) + " ")
                // The ordinary lane sends nothing before the body is there whole.
                if lane == .fast { #expect(try await caller.answer()?.status == 401) }
                try? await caller.send(inner + "         " + Self.healthz)
                caller.finishSending()
                let rest = try await caller.rest()
                // The connection goes on behind the body's real end, or is closed; the body itself is never answered.
                let most = lane == .fast ? 1 : 2
                #expect(rest.components(separatedBy: "HTTP/1.1 ").count - 1 <= most, "\(rest)")
            }
            #expect(stage.upstream.connectionCount == 1)
        }
    }

    @Test("hands the body of a canonical API call to the lane that answers it", arguments: Lane.allCases)
    func bodyOfAPICall(lane: Lane) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                let body = "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"
                let head = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                try await caller.send(head)
                try await caller.send(body + stage.get())
                #expect(try await caller.answer()?.body == body)
                #expect(try await caller.answer()?.body == "{}")
                let slow = "POST /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                try await caller.send(slow)
                #expect(try await caller.answer()?.status == 401)
                try await caller.send(body + stage.get())
                #expect(try await caller.answer()?.body == "{}")
            }
        }
    }

    @Test("reads a head that comes byte by byte", arguments: Lane.allCases)
    func dripping(lane: Lane) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                for byte in Array((stage.post() + stage.get()).utf8) { try await caller.send([byte]) }
                #expect(try await caller.answer()?.status == 200)
                #expect(try await caller.answer()?.status == 200)
            }
            #expect(stage.upstream.received.count == 2)
        }
    }

    @Test(
        "stays with the ordinary lane after a head that is not canonical, and answers in order",
        arguments: Lane.allCases)
    func afterOddHead(lane: Lane) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                let chunked =
                    "POST /v1/sellers/\(stage.seller)/proxy\(HazardStage.charge) HTTP/1.1\r\n\(stage.fields)"
                    + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
                try await caller.send(stage.get() + chunked + stage.get() + Self.healthz)
                for _ in 0..<3 { #expect(try await caller.answer()?.body == "{}") }
                #expect(try await caller.answer()?.body == "well")
            }
            #expect(stage.upstream.received.count == 3)
        }
    }

    @Test("answers who has said all and closed its half", arguments: Lane.allCases)
    func halfClose(lane: Lane) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get() + stage.get())
                caller.finishSending()
                let answers = try await caller.rest()
                #expect(answers.components(separatedBy: "HTTP/1.1 200").count == 3, "\(answers)")
            }
        }
    }
}

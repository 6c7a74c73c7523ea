import Foundation
import Testing

@Suite("Hazards: headers", .timeLimit(.minutes(1)))
struct HeaderTests {
    @Test("lets nothing of the caller's pass that the list does not name", arguments: Lane.allCases)
    func fromCaller(lane: Lane) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                let fields =
                    "Cookie: marker-a\r\nForwarded: for=marker-b\r\nX-Forwarded-For: marker-c\r\n"
                    + "Proxy-Authorization: marker-d\r\nX-Meli-Session-Id: marker-e\r\nAccept: text/marker-ok\r\n"
                    + "Via: marker-f\r\nX-Real-Ip: marker-g\r\nReferer: marker-h\r\nUser-Agent: marker-i\r\n"
                try await caller.send(stage.get("/users/me", fields))
                #expect(try await caller.answer()?.status == 200)
            }
            let seen = try #require(stage.upstream.received.first)
            #expect(seen.components(separatedBy: "marker-").count == 2, "\(seen)")
            #expect(seen.contains("text/marker-ok"))
            #expect(!seen.contains(stage.key))
        }
    }

    @Test("sets the seller's token last and once", arguments: Lane.allCases)
    func token(lane: Lane) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.post())
                #expect(try await caller.answer()?.status == 200)
            }
            let seen = try #require(stage.upstream.received.first).lowercased()
            #expect(seen.components(separatedBy: "authorization:").count == 2)
            #expect(seen.contains("authorization: bearer \(stage.token.lowercased())\r\n"))
        }
    }

    @Test("drops what Connection names, both ways", arguments: Lane.allCases)
    func nominated(lane: Lane) async throws {
        try await HazardStage.run(
            lane,
            Script {
                try await $0.answerAll(
                    "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nX-Hop: 1\r\nConnection: x-hop\r\nContent-Length: 0\r\n\r\n"
                )
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get("/users/me", "Accept: marker\r\nConnection: accept\r\n"))
                let answer = try await caller.answer()
                #expect(answer?.status == 200)
                #expect(answer?.field("x-hop") == nil)
            }
            #expect(stage.upstream.received.first?.contains("marker") == false)
        }
    }

    @Test("shows nothing of the provider's that the list does not name", arguments: Lane.allCases)
    func fromProvider(lane: Lane) async throws {
        try await HazardStage.run(
            lane,
            Script {
                try await $0.answerAll(
                    Wire.ok("{}", "Set-Cookie: a=b\r\nServer: x\r\nWWW-Authenticate: y\r\nCache-Control: public\r\n"))
            }
        ) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get())
                let answer = try #require(try await caller.answer())
                let names = Set(answer.fields.compactMap { $0.split(separator: ":").first.map(String.init) })
                // The ordinary lane dates what the provider did not.
                #expect(
                    names.subtracting(["date"]) == [
                        "content-type", "content-length", "cache-control", "x-content-type-options",
                        "enlace-request-id",
                    ])
                #expect(answer.field("cache-control") == "no-store")
            }
        }
    }

    static let ambiguous = [
        "X-HTTP-Method-Override: DELETE", "X-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X_Forwarded_For: a",
        "Content_Length: 5",
    ]

    @Test("refuses what two servers might read differently", arguments: Lane.allCases, ambiguous)
    func refused(lane: Lane, field: String) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.get("/users/me", field + "\r\n"))
                #expect(try await caller.answer()?.status == 400)
            }
            #expect(stage.upstream.received.isEmpty)
        }
    }

    @Test("makes the provider's idempotency key where one is needed, and returns it", arguments: Lane.allCases)
    func idempotency(lane: Lane) async throws {
        try await HazardStage.run(lane, Script { try await $0.answerAll(Wire.ok()) }) { stage in
            try await stage.call { caller in
                try await caller.send(stage.post("{}", path: "/v1/orders"))
                let made = try #require(try await caller.answer()?.field("x-idempotency-key"))
                #expect(stage.upstream.received.first?.lowercased().contains(made.lowercased()) ?? false)
                try await caller.send(stage.post("{}", "X-Idempotency-Key: mine\r\n", path: "/v1/orders"))
                #expect(try await caller.answer()?.field("x-idempotency-key") == nil)
                #expect(stage.upstream.received.last?.contains(": mine\r\n") ?? false)
            }
        }
    }
}

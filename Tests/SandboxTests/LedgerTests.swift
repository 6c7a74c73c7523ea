import Testing

@testable import Sandbox

@Suite("The ledger of refresh tokens", .timeLimit(.minutes(1)))
struct LedgerTests {
    @Test("has a post before it is answered, and says what became of it")
    func held() async throws {
        try await RunningSandbox.run { sandbox in
            let grant = try await Grantee(sandbox)
            try await sandbox.sim(
                "POST", "/faults",
                ["fault": "hold", "after": true, "match": ["path_prefix": "/oauth/token", "user_id": grant.user]])
            // Another account's posts are none of its business.
            let other = try await Grantee(sandbox)
            #expect(try await other.refresh().status == 200)
            async let cut = grant.refresh()
            while try await sandbox.sim("GET", "/held?user_id=\(grant.number)")["held"] != 1 {}
            #expect(
                try await grant.ledger()["log"]
                    == [
                        [
                            "generation": 1, "state": "held", "issued": 2, "refusal": .null, "fault": "hold_after",
                            "status": .null,
                        ]
                    ])
            #expect(
                try await sandbox.sim("POST", "/release", ["user_id": grant.user, "cut": true]) == ["released": 1])
            #expect(try await cut.status == 0)
            #expect(try await grant.refresh().status == 400)
            let log = try await grant.ledger()["log"]?.array
            #expect(log?.map { $0["state"] } == ["cut", "answered"])
            #expect(log?.last?["refusal"] == "invalid_grant")
            #expect(try await grant.ledger()["newest"] == 2)
        }
    }

    @Test("has posts that a fault struck before anything was decided, and those with a wrong secret")
    func struck() async throws {
        try await RunningSandbox.run { sandbox in
            let grant = try await Grantee(sandbox)
            try await sandbox.sim("POST", "/faults", ["fault": "html502"])
            try await sandbox.sim("POST", "/faults", ["fault": "html502", "after": true])
            #expect(try await grant.refresh(secret: "wrong").status == 502)
            #expect(try await grant.refresh(secret: "wrong").status == 502)
            #expect(try await grant.refresh().status == 200)
            let log = try await grant.ledger()["log"]?.array
            #expect(log?.map { $0["issued"] } == [nil, nil, 2])
            #expect(log?.map { $0["refusal"] } == [nil, "invalid_client", nil])
            #expect(log?.map { $0["status"] } == [502, 502, 200])
        }
    }

    @Test("says which generation an account is called with, and of what was answered with other members")
    func called() async throws {
        try await RunningSandbox.run { sandbox in
            let grant = try await Grantee(sandbox)
            try await sandbox.sim(
                "POST", "/faults", ["fault": "rewrite", "members": ["user_id": 7, "refresh_token": .null]])
            let answer = try await grant.refresh().body
            #expect(answer?["user_id"] == 7 && answer?["refresh_token"] == nil)
            let access = try #require(answer?["access_token"]?.string)
            #expect(try await grant.ledger()["called_with"] == nil)
            let me = try await sandbox.curl(
                "-H", "Authorization: Bearer \(access)", sandbox.origin("api") + "/users/me")
            #expect(me.body?["id"] == grant.user)
            #expect(try await grant.ledger()["called_with"] == 2)
        }
    }
}

/// An account whose first pair was given directly.
private struct Grantee: Sendable {
    let sandbox: RunningSandbox
    let number: Int64
    let client: String
    let secret: String
    let token: String

    var user: JSON { .int(number) }

    init(_ sandbox: RunningSandbox) async throws {
        self.sandbox = sandbox
        let application = try #require(
            try await sandbox.sim("GET", "/applications", .null)["applications"]?.array?.first)
        client = try #require(application["client_id"]?.string)
        secret = try #require(application["client_secret"]?.string)
        number = try #require(try await sandbox.sim("POST", "/users")["id"]?.int)
        let pair = try await sandbox.sim("POST", "/tokens", ["user_id": .int(number), "client_id": .string(client)])
        token = try #require(pair["refresh_token"]?.string)
    }

    /// Posts the first refresh token.
    func refresh(secret: String? = nil) async throws -> (status: Int, body: JSON?) {
        let body: JSON = [
            "grant_type": "refresh_token", "client_id": .string(client),
            "client_secret": .string(secret ?? self.secret),
            "refresh_token": .string(token),
        ]
        let answer = try await sandbox.curl(
            "-X", "POST", "-H", "Content-Type: application/json", "-d", body.text,
            sandbox.origin("api") + "/oauth/token")
        return (answer.status, answer.body)
    }

    func ledger() async throws -> JSON {
        let grants = try await sandbox.sim("GET", "/ledger?user_id=\(number)", .null)["grants"]?.array
        return try #require(grants?.first)
    }
}

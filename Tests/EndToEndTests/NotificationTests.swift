import Foundation
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("Notifications")
    struct NotificationTests {
        @Test("are acknowledged only once they are durable: a locked database answers 503 and loses nothing")
        func locked() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                try await stack.withEndpoint(api, of: shop.seller) { receiver, _ in
                    let hold = stack.file("hold")
                    _ = FileManager.default.createFile(atPath: hold.path(), contents: nil)
                    let script =
                        "import os,sqlite3,time\n"
                        + "db=sqlite3.connect('enlace.sqlite',isolation_level=None)\ndb.execute('BEGIN IMMEDIATE')\n"
                        + "open('held','w').close()\nwhile os.path.exists('hold'): time.sleep(0.05)\ndb.execute('ROLLBACK')\n"
                    let locker = try ChildProcess(
                        "/usr/bin/python3", ["-c", script], environment: [:], folder: stack.folder,
                        log: stack.file("locker.log"))
                    try await waiting(for: "the lock") {
                        FileManager.default.fileExists(atPath: stack.file("held").path()) ? () : nil
                    }
                    _ = try await stack.charge(api, shop)
                    try await waiting(for: "a 503 to the provider", atMost: .seconds(60)) {
                        try await Self.sent(stack).contains { $0["status"]?.int == 503 } ? () : nil
                    }
                    #expect(try await Self.sent(stack).allSatisfy { $0["acknowledged"]?.bool == false })
                    let write = try await refusal { try await api.call(.POST, "/v1/sellers", body: ["name": "x"]) }
                    #expect((write.status, write.code) == (503, "storage_unavailable"))
                    try FileManager.default.removeItem(at: hold)
                    _ = await locker.wait()
                    try await Self.arrive(["payment.created", "point.payment_intent.finished"], receiver)
                }
            }
        }

        @Test("are kept out by a full disk and come again once there is room")
        func full() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                // What was written since the last checkpoint lies beyond the limit, so that no commit finds room.
                await stack.stopGateway(SIGKILL)
                try await stack.startGateway(
                    under: ["/bin/bash", "-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\""], until: "/healthz")
                _ = try await stack.charge(api, shop)
                try await waiting(for: "a 503 to the provider", atMost: .seconds(60)) {
                    try await Self.sent(stack).contains { $0["status"]?.int == 503 } ? () : nil
                }
                #expect(
                    try await Self.sent(stack).filter { $0["topic"]?.string == "payment" }
                        .allSatisfy { $0["acknowledged"]?.bool == false })
                await stack.stopGateway()
                try await stack.startGateway()
                try await waiting(for: "the provider's retry", atMost: .seconds(60)) {
                    let events = try await api.call(.GET, "/v1/events", query: [("seller", shop.seller)])["data"]?.array
                    return events?.contains { $0["type"]?.string == "payment.created" } ?? false ? () : nil
                }
            }
        }

        @Test("are refused with a wrong signature and told once however often they come")
        func signatureAndRepeats() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                let client = try await stack.panel.application().clientID
                func notify(_ members: [String: JSONValue]) async throws {
                    let all: [String: JSONValue] = [
                        "user_id": .string(shop.user), "client_id": .string(client), "topic": "payment",
                        "action": "payment.updated",
                    ]
                    try await stack.panel.call(.POST, "/notify", .object(all.merging(members) { $1 }))
                }
                try await notify(["data_id": "1", "wrong_secret": true])
                try await waiting(for: "a 401 to the provider") {
                    try await Self.sent(stack).contains { $0["status"]?.int == 401 } ? () : nil
                }
                try await notify(["data_id": "ORD1AB", "id_case": "lower", "ts_unit": "ms", "duplicate": true])
                try await waiting(for: "both copies to be acknowledged") {
                    try await Self.sent(stack).filter { $0["status"]?.int == 200 }.count >= 2 ? () : nil
                }
                let events = try await api.call(
                    .GET, "/v1/events", query: [("seller", shop.seller), ("type", "payment.updated")])
                #expect(events["data"]?.array?.count == 1)
                #expect(events["data"]?.array?.first?["proof"]?.string == "signature")
            }
        }

        @Test("of an account that is not linked yet wait for it")
        func parked() async throws {
            try await withAPI { stack, api in
                let (user, _) = try await stack.account("EARLY")
                let client = try await stack.panel.application().clientID
                try await stack.panel.call(
                    .POST, "/notify",
                    [
                        "user_id": .string(user), "client_id": .string(client), "topic": "payment",
                        "action": "payment.created", "data_id": "77",
                    ])
                try await waiting(for: "it to be parked") {
                    let parked = try await api.call(.GET, "/v1/events", query: [("state", "parked")])
                    return parked["data"]?.array?.count == 1 ? () : nil
                }
                let seller = try await stack.seller(api)
                try await stack.withEndpoint(api, of: seller) { receiver, _ in
                    _ = try await ShopOwner(nickname: "EARLY").follow(try await stack.link(api, of: seller))
                    try await Self.arrive(["payment.created", "seller.linked"], receiver)
                }
            }
        }

        @Test("on one shop's path that name another account reach nobody and suppress nothing")
        func forgedOnAPath() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api, nickname: "REAL")
                let other = try await stack.linkedShop(api, nickname: "LIAR")
                let client = try await stack.panel.application().clientID
                let intent = "7f25f9aa-0000-4000-8000-a341f71b0001"
                // The liar knows the path of its own webhook and posts there in the other's name.
                let webhook = try await Self.webhook(of: other.user, stack)
                let forged = #"{"id":"\#(intent)","caller_id":\#(shop.user),"client_id":\#(client),"state":"FINISHED"}"#
                let status = try await curl(
                    [
                        "-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Type: application/json", "-d", forged,
                        webhook,
                    ])
                #expect(status == "200")
                let parked = try await api.call(.GET, "/v1/events", query: [("state", "parked")])
                #expect(parked["data"]?.array?.count == 1)
                try await stack.panel.call(
                    .POST, "/notify-flat",
                    [
                        "user_id": .string(shop.user), "client_id": .string(client), "intent_id": .string(intent),
                        "state": "FINISHED",
                    ])
                try await waiting(for: "the true one") {
                    let events = try await api.call(
                        .GET, "/v1/events",
                        query: [("seller", shop.seller), ("type", "point.payment_intent.finished")])
                    return events["data"]?.array?.count == 1 ? () : nil
                }
            }
        }

        @Test("that ended unheard are sent again by hand, under the same id")
        func manualRetry() async throws {
            try await withAPI(settings: ["delivery.retry_waits_seconds": "[1]"]) { stack, api in
                let shop = try await stack.linkedShop(api)
                try await stack.withEndpoint(api, of: shop.seller) { receiver, endpoint in
                    receiver.willAnswer(Array(repeating: 500, count: 4))
                    _ = try await stack.charge(api, shop)
                    let exhausted = try await waiting(for: "both to be exhausted") {
                        let all = try await api.call(
                            .GET, "/v1/deliveries", query: [("endpoint", endpoint), ("state", "exhausted")])["data"]?
                            .array
                        return all?.count == 2 ? all : nil
                    }
                    let one = try #require(exhausted.first?["id"]?.string)
                    let event = try #require(exhausted.first?["event"]?.string)
                    _ = try await api.call(.POST, "/v1/deliveries/\(one)/retry", body: [:])
                    try await waiting(for: "it to be delivered") {
                        try await api.call(.GET, "/v1/deliveries/\(one)")["state"]?.string == "delivered" ? () : nil
                    }
                    #expect(receiver.posts.filter { $0.id == event }.map(\.status) == [500, 500, 200])
                    let attempts = try await api.call(.GET, "/v1/deliveries/\(one)")["attempts"]?.array ?? []
                    #expect(attempts.compactMap { $0["status"]?.int } == [500, 500, 200])
                }
            }
        }

        @Test("that an endpoint missed are sent again by a job, under the same ids and marked")
        func recovered() async throws {
            try await withAPI(settings: ["delivery.retry_waits_seconds": "[1]"]) { stack, api in
                let shop = try await stack.linkedShop(api)
                try await stack.withEndpoint(api, of: shop.seller) { receiver, endpoint in
                    receiver.willAnswer(Array(repeating: 500, count: 4))
                    _ = try await stack.charge(api, shop)
                    let missed = try await waiting(for: "both to be exhausted") {
                        let all = try await api.call(
                            .GET, "/v1/deliveries", query: [("endpoint", endpoint), ("state", "exhausted")])["data"]?
                            .array
                        return all?.count == 2 ? all : nil
                    }
                    let recover: APIPath = "/v1/endpoints/\(endpoint)/recover"
                    let dry = try await api.call(.POST, recover, body: ["since": "2020-01-01T00:00:00Z"])
                    #expect(dry["deliveries"]?.int == 2)
                    let begun = try await api.call(
                        .POST, recover, body: ["since": "2020-01-01T00:00:00Z", "dry_run": false])
                    let job = try #require(begun["job"]?["id"]?.string)
                    try await waiting(for: "the job's end and its event") {
                        let isOver = try await api.call(.GET, "/v1/jobs/\(job)")["state"]?.string == "finished"
                        return isOver && receiver.posts.contains { $0.type == "replay.finished" } ? () : nil
                    }
                    let ids = Set(missed.compactMap { $0["event"]?.string })
                    let again = receiver.posts.filter { $0.headers["enlace-replay"] != nil }
                    #expect(Set(again.map(\.id)) == ids)
                    #expect(again.allSatisfy { $0.status == 200 && receiver.verifies($0) })
                    #expect(again.count == 2)
                }
            }
        }

        @Test("go to no address that is not public unless development says so")
        func addressGuard() async throws {
            try await withStack(isStarted: false) { stack in
                let file = stack.file("enlace.yaml")
                let lines = try String(contentsOf: file, encoding: .utf8)
                try lines.replacing("allow_loopback: true", with: "allow_loopback: false")
                    .write(to: file, atomically: true, encoding: .utf8)
                try await stack.startGateway()
                try await stack.withAPI { api in
                    let seller = try await stack.seller(api)
                    for (url, reason) in [
                        ("http://127.0.0.1:9/hook", "scheme"), ("https://127.0.0.1/hook", "blocked_address"),
                        ("https://[::1]/hook", "blocked_address"), ("https://169.254.169.254/", "blocked_address"),
                        ("https://localhost/", "blocked_address"), ("https://2130706433/", "address_form"),
                        ("https://user@example.com/", "userinfo"),
                    ] {
                        let refused = try await refusal {
                            try await api.call(.POST, "/v1/sellers/\(seller)/endpoints", body: ["url": .string(url)])
                        }
                        #expect((refused.status, refused.code) == (400, "endpoint_url_not_allowed"))
                        #expect(refused.extra["reason"] == reason, "\(url)")
                    }
                }
            }
        }

        private static func sent(_ stack: LocalStack) async throws -> [JSONValue] {
            try await stack.panel.call(.GET, "/deliveries")["deliveries"]?.array ?? []
        }

        static func webhook(of user: String, _ stack: LocalStack) async throws -> String {
            let client = try await stack.panel.application().clientID
            let tokens = try await stack.panel.call(
                .POST, "/tokens", ["user_id": .string(user), "client_id": .string(client)])
            let record = try await curl([
                "-H", "Authorization: Bearer \(tokens["access_token"]?.string ?? "")", "--cacert",
                try stack.panel.address("ca_file"),
                "\(try stack.panel.address("api"))/point/integration-api/integrators",
            ])
            return try #require(JSONValue(parsing: Array(record.utf8))?["webhook"]?.string)
        }

        private static func arrive(_ types: Set<String>, _ receiver: ShopReceiver) async throws {
            try await waiting(for: types.sorted().joined(separator: " and "), atMost: .seconds(60)) {
                let taken = receiver.posts.filter { $0.status == 200 && receiver.verifies($0) }.map(\.type)
                return types.isSubset(of: taken) ? () : nil
            }
        }
    }
}

import Gateway
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("Proof")
    struct ProofTests {
        @Test("of a payment is the provider's own word, sent along with the event")
        func fetched() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                try await stack.withEndpoint(api, of: shop.seller) { receiver, _ in
                    let intent = try await stack.charge(api, shop)
                    let told = try await Self.body(of: "point.payment_intent.finished", receiver)
                    #expect(told["upstream"]?["proof"]?.string == "fetched")
                    #expect(told["data"]?["id"]?.string == intent)
                    #expect(told["data"]?["resource"]?["state"]?.string == "FINISHED")
                    #expect(told["data"]?["payment"]?["status"]?.string == "approved")
                    let payment = try await Self.body(of: "payment.created", receiver)
                    #expect(payment["data"]?["resource"]?["id"] != nil)
                    let feed = try await api.call(.GET, "/v1/sellers/\(shop.seller)/feed")["data"]?.array ?? []
                    let read = feed.compactMap { $0["body"]?.string.flatMap { JSONValue(parsing: Array($0.utf8)) } }
                    #expect(read.contains { $0["data"]?["payment"]?["status"]?.string == "approved" })
                }
            }
        }

        @Test("is wanting of a forged approval: it reaches no till, and keeps the true end back from none")
        func forged() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                try await stack.withEndpoint(api, of: shop.seller) { receiver, endpoint in
                    let intent = try await api.call(
                        .POST,
                        "/v1/sellers/\(shop.seller)/proxy/point/integration-api/devices/\(shop.device)/payment-intents",
                        body: ["amount": 1500])
                    let id = try #require(intent["id"]?.string)
                    // Whoever forges it knows the shop's own path, and names an approved payment of another sale.
                    let forged =
                        #"{"id":"\#(id)","caller_id":\#(shop.user),"state":"FINISHED","#
                        + #""payment":{"id":60000000999,"state":"approved"}}"#
                    let status = try await curl([
                        "-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Type: application/json", "-d", forged,
                        try await NotificationTests.webhook(of: shop.user, stack),
                    ])
                    #expect(status == "200")
                    try await waiting(for: "it to be held for good") {
                        let held = try await Self.deliveries(api, to: endpoint).first {
                            $0["event_type"]?.string == "point.payment_intent.finished"
                        }
                        let due = held?["due_at"]?.string.flatMap { Timestamp(rfc3339: $0) }
                        let isHeld = due.map { $0 > WallClock.system.now + .seconds(86_400) } ?? false
                        return isHeld && held?["awaits_proof"]?.bool == true ? () : nil
                    }
                    try await stack.panel.call(.POST, "/devices/\(shop.device)/cancel")
                    let told = try await Self.body(of: "point.payment_intent.canceled", receiver)
                    #expect(told["upstream"]?["proof"]?.string == "fetched")
                    #expect(!receiver.posts.contains { $0.type == "point.payment_intent.finished" })
                    let bodies = receiver.posts.map { String(decoding: $0.body, as: UTF8.self) }
                    #expect(!bodies.contains { $0.contains("60000000999") })
                }
            }
        }

        @Test("that can't be had within five seconds is done without: the till gets ids, and nothing to believe")
        func unavailable() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                try await stack.withEndpoint(api, of: shop.seller) { receiver, _ in
                    for prefix in ["/v1/payments", "/point/integration-api/payment-intents"] {
                        try await stack.panel.call(
                            .POST, "/faults",
                            .object([
                                "fault": "status", "status": 503, "times": 1000,
                                "match": .object(["path_prefix": .string(prefix), "method": "GET"]),
                            ]))
                    }
                    let intent = try await stack.charge(api, shop)
                    let told = try await Self.body(of: "point.payment_intent.finished", receiver)
                    #expect(told["data"] == .object(["id": .string(intent)]))
                    #expect(["path", "signature"].contains(told["upstream"]?["proof"]?.string))
                }
            }
        }

        private static func body(of type: String, _ receiver: ShopReceiver) async throws -> JSONValue {
            let post = try await waiting(for: type, atMost: .seconds(30)) {
                receiver.posts.first { $0.type == type && receiver.verifies($0) }
            }
            return try #require(JSONValue(parsing: post.body))
        }

        private static func deliveries(_ api: APIClient, to endpoint: String) async throws -> [JSONValue] {
            try await api.call(.GET, "/v1/deliveries", query: [("endpoint", endpoint)])["data"]?.array ?? []
        }
    }
}

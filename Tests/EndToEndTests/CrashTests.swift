import Foundation
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    @Suite("A gateway that is killed")
    struct CrashTests {
        @Test("DLV 1: delivers after its restart, once, what it had acknowledged before it was killed")
        func killed() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                try await stack.withEndpoint(api, of: shop.seller) { receiver, endpoint in
                    await receiver.goDown()
                    let intent = try await stack.charge(api, shop)
                    // The provider has its 200 for both channels; nobody at the shop has heard of the payment.
                    try await waiting(for: "both notifications to be acknowledged") {
                        let sent = try await stack.panel.call(.GET, "/deliveries")["deliveries"]?.array ?? []
                        let taken = sent.filter { $0["acknowledged"]?.bool ?? false }.compactMap { $0["topic"]?.string }
                        return Set(taken).isSuperset(of: ["payment", "point_integration_wh"]) ? () : nil
                    }
                    await stack.stopGateway(SIGKILL)
                    receiver.comeBack()
                    try await stack.startGateway()
                    try await waiting(for: "all deliveries to be known as delivered", atMost: .seconds(90)) {
                        let deliveries =
                            try await api.call(
                                .GET, "/v1/deliveries", query: [("endpoint", endpoint)])["data"]?.array ?? []
                        let events = deliveries.filter { $0["event_type"]?.string != "endpoint.test" }
                        return events.count >= 2 && events.allSatisfy { $0["state"]?.string == "delivered" } ? () : nil
                    }
                    let posts = receiver.posts.filter { $0.status == 200 && $0.type != "endpoint.test" }
                    #expect(Set(posts.map(\.id)).count == posts.count)
                    #expect(Set(posts.map(\.type)) == ["payment.created", "point.payment_intent.finished"])
                    #expect(posts.allSatisfy(receiver.verifies))
                    #expect(posts.contains { String(decoding: $0.body, as: UTF8.self).contains(intent) })
                }
            }
        }

        @Test("sends again, under the same id, what was on its way when it was killed")
        func killedWhileSending() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                try await stack.withEndpoint(api, of: shop.seller) { receiver, _ in
                    receiver.holds(true)
                    _ = try await stack.charge(api, shop)
                    let held = try await waiting(for: "a post that gets no answer") {
                        receiver.posts.last.flatMap { $0.type == "endpoint.test" ? nil : $0 }
                    }
                    await stack.stopGateway(SIGKILL)
                    receiver.holds(false)
                    try await stack.startGateway()
                    let again = try await waiting(for: "the same post again", atMost: .seconds(90)) {
                        receiver.posts.first {
                            $0.id == held.id && $0.status == 200 && $0.headers["enlace-attempt"] == "2"
                        }
                    }
                    #expect(receiver.verifies(again))
                    #expect(again.body == held.body)
                }
            }
        }

        @Test("answers a charge that is at the provider when SIGTERM comes, and then ends")
        func terminatedWhileCharging() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                let gateway = try #require(stack.gateway)
                let path: APIPath =
                    "/v1/sellers/\(shop.seller)/proxy/point/integration-api/devices/\(shop.device)/payment-intents"
                try await stack.panel.call(
                    .POST, "/faults", ["match": ["path_prefix": "/point/integration-api/devices"], "fault": "hold"])
                async let charged = api.call(.POST, path, body: ["amount": 1500])
                try await waiting(for: "the charge to be at the provider") {
                    try await stack.panel.call(.GET, "/held")["held"]?.int == 1 ? () : nil
                }
                gateway.send(SIGTERM)
                // It takes no more, and it waits for what is in hand.
                try await waiting(for: "the door to be closed") {
                    let page = try await WebBrowser.withBrowser { browser in
                        try? await browser.open(stack.url + "/healthz")
                    }
                    return page == nil ? () : nil
                }
                #expect(try await stack.panel.call(.POST, "/release", ["cut": false])["released"]?.int == 1)
                #expect(try await charged["amount"]?.int == 1500)
                #expect(await gateway.wait() == 0)
                let asked = try await stack.panel.call(.GET, "/requests")["requests"]?.array ?? []
                let charges = asked.filter {
                    $0["method"]?.string == "POST" && ($0["path"]?.string ?? "").hasSuffix("/payment-intents")
                }
                #expect(charges.count == 1)
                await stack.stopGateway()
            }
        }

        @Test("shuts down in order on SIGTERM and leaves no lock behind")
        func terminated() async throws {
            try await withAPI { stack, api in
                _ = try await stack.linkedShop(api)
                let gateway = try #require(stack.gateway)
                await stack.stopGateway(SIGTERM)
                #expect(await gateway.wait() == 0)
                #expect(try stack.gatewayLog().contains("Stopped"))
                try await stack.startGateway()
            }
        }
    }
}

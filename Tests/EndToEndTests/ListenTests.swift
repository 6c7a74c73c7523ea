import Foundation
import Gateway
import NIOHTTP1
import Testing

@testable import enlace

extension WholeProduct {
    /// A till behind a router: the gateway can't call it, it asks.
    @Suite("Listening")
    struct ListenTests {
        @Test("hands every event to a program on this machine, signed and in order, through kills of both sides")
        func listening() async throws {
            try await withAPI { stack, api in
                let shop = try await stack.linkedShop(api)
                let secret = "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()
                try PrivateFile(path: stack.file("secret").path()).create(Secret(secret))
                let receiver = try await ShopReceiver()
                receiver.knows(Secret(secret))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await receiver.run() }
                    do { try await Self.test(stack, api, shop, receiver) } catch {
                        await receiver.close()
                        throw error
                    }
                    await receiver.close()
                    try await group.waitForAll()
                }
            }
        }

        private static func test(
            _ stack: LocalStack, _ api: APIClient, _ shop: LinkedShop, _ receiver: ShopReceiver
        ) async throws {
            var listener = try listen(stack, shop, receiver)
            // Everything from the beginning: the linking itself.
            try await arrived(receiver, ["seller.linked"])
            // The program refuses the next one twice; nothing overtakes it.
            receiver.willAnswer([500, 503])
            _ = try await stack.charge(api, shop)
            try await arrived(receiver, ["payment.created", "point.payment_intent.finished"])
            listener.send(SIGKILL)
            _ = await listener.wait()
            _ = try await stack.charge(api, shop)
            try await waiting(for: "the events of the second charge") {
                let events = try await api.call(.GET, "/v1/events", query: [("type", "payment.created")])["data"]?.array
                return events?.count == 2 ? () : nil
            }
            listener = try listen(stack, shop, receiver)
            try await waiting(for: "what came meanwhile") { taken(receiver, "payment.created").count == 2 ? () : nil }
            await stack.stopGateway(SIGKILL)
            try await stack.startGateway()
            _ = try await stack.charge(api, shop)
            try await waiting(for: "what came after the gateway's restart", atMost: .seconds(60)) {
                taken(receiver, "payment.created").count == 3 ? () : nil
            }
            listener.send(SIGTERM)
            _ = await listener.wait()
            #expect(receiver.posts.allSatisfy(receiver.verifies))
            let ids = receiver.posts.filter { $0.status == 200 }.map(\.id)
            #expect(Set(ids).count == ids.count)
            let feed = try await api.call(.GET, "/v1/sellers/\(shop.seller)/feed")["data"]?.array ?? []
            let told = feed.compactMap { $0["id"]?.string }
            #expect(Array(told.prefix(ids.count)) == ids)
            let body = feed.first?["body"]?.string ?? ""
            #expect(Array(body.utf8) == receiver.posts.first?.body)
        }

        private static func listen(
            _ stack: LocalStack, _ shop: LinkedShop, _ receiver: ShopReceiver
        ) throws -> ChildProcess {
            try stack.start(
                [
                    "listen", "--seller", shop.seller, "--forward", receiver.url, "--secret-file", "secret", "--from",
                    "oldest", "--position-file", "position",
                ], log: "listen.log")
        }

        private static func taken(_ receiver: ShopReceiver, _ type: String) -> [ShopReceiver.Post] {
            receiver.posts.filter { $0.status == 200 && $0.type == type }
        }

        private static func arrived(_ receiver: ShopReceiver, _ types: Set<String>) async throws {
            try await waiting(for: "\(types)", atMost: .seconds(60)) {
                types.isSubset(of: receiver.posts.filter { $0.status == 200 }.map(\.type)) ? () : nil
            }
        }
    }
}

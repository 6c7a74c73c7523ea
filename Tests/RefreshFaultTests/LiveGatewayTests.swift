import Foundation
import Gateway
import TestSupport
import Testing

@testable import enlace

extension Refreshing {
    /// `enlace serve` as a program, and what happens to it while the provider keeps its answer back.
    @Suite("and the program that is in the middle of it", .timeLimit(.minutes(5)))
    struct LiveGatewayTests {
        @Test("goes on to the end when the caller hangs up")
        func callerGone() async throws {
            try await LiveGateway.with(shops: 1) { gateway in
                let shop = gateway.shops[0]
                try await gateway.sandbox.arm(["fault": "hold", "after": true], of: shop.account.user)
                let caller = Task { await gateway.refresh(shop) }
                try await gateway.sandbox.waitUntilHeld(of: shop.account.user)
                caller.cancel()
                #expect(await caller.value == false)
                try await gateway.sandbox.release(shop.account.user)
                try await waiting(for: "the answer to be stored") {
                    try await gateway.journal(shop).map(\.state) == [.stored] ? () : nil
                }
                try await Self.expectNewest(shop, in: gateway, posts: 2)
            }
        }

        @Test("stores the answer before it ends on SIGTERM")
        func terminated() async throws {
            try await LiveGateway.with(shops: 1) { gateway in
                let shop = gateway.shops[0]
                try await gateway.sandbox.arm(["fault": "hold", "after": true], of: shop.account.user)
                let program = try #require(gateway.stack.gateway)
                async let refreshed = gateway.refresh(shop)
                try await gateway.sandbox.waitUntilHeld(of: shop.account.user)
                async let stopped: Void = gateway.stack.stopGateway(SIGTERM)
                try await waiting(for: "the gateway to take no more calls") {
                    await gateway.isAccepting() ? nil : ()
                }
                try await gateway.sandbox.release(shop.account.user)
                await stopped
                _ = await refreshed
                #expect(await program.wait() == 0)
                #expect(try await gateway.journal(shop).map(\.state) == [.stored])
                try await gateway.stack.startGateway()
                try await Self.expectNewest(shop, in: gateway, posts: 2)
            }
        }

        @Test("keeps the newest pair whichever comes first at the provider, a refresh or a link made anew")
        func orders() async throws {
            try await LiveGateway.with(shops: 2) { gateway in
                for (shop, isRefreshFirst) in zip(gateway.shops, [true, false]) {
                    let link = try await gateway.api.post(
                        "/v1/sellers/\(shop.seller)/links", body: ["application": .string(gateway.application)])
                    let url = try #require(link["url"]?.string)
                    let owner = ShopOwner(nickname: shop.account.nickname)
                    try await gateway.sandbox.arm(["fault": "hold", "after": true], of: shop.account.user)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        if isRefreshFirst {
                            group.addTask { _ = await gateway.refresh(shop) }
                        } else {
                            group.addTask { _ = try await owner.follow(url) }
                        }
                        try await gateway.sandbox.waitUntilHeld(of: shop.account.user)
                        // The other one comes while the first has its answer on the way.
                        if isRefreshFirst {
                            group.addTask { _ = try await owner.follow(url) }
                        } else {
                            group.addTask { _ = await gateway.refresh(shop) }
                        }
                        for _ in 0..<1_000 { await Task.yield() }
                        try await gateway.sandbox.release(shop.account.user)
                        try await group.waitForAll()
                    }
                    let connection = try await waiting(for: "the new link") {
                        let newest = try await gateway.api.get("/v1/sellers/\(shop.seller)/connections")["data"]?.array?
                            .first
                        return newest?["state"]?.string == "linked"
                            && newest?["id"]?.string != shop.connection.description
                            ? newest?["id"]?.string.flatMap { ConnectionID($0) } : nil
                    }
                    let anew = LiveGateway.Shop(seller: shop.seller, connection: connection, account: shop.account)
                    #expect(await gateway.refresh(anew))
                    #expect(await gateway.call(anew))
                    let ledger = try await gateway.sandbox.ledger(of: shop.account.user)
                    #expect(ledger.calledWith == ledger.newest && !ledger.isRevoked)
                    #expect(ledger.posts.last?.issued == ledger.newest)
                    // No token was posted that the other one had ended.
                    #expect(ledger.posts.allSatisfy { $0.refusal == nil }, "\(ledger.posts)")
                }
            }
        }

        private static func expectNewest(
            _ shop: LiveGateway.Shop, in gateway: LiveGateway, posts: Int
        ) async throws {
            #expect(await gateway.call(shop))
            #expect(try await gateway.sandbox.ledger(of: shop.account.user).calledWith == 2)
            #expect(await gateway.refresh(shop))
            #expect(await gateway.call(shop))
            let ledger = try await gateway.sandbox.ledger(of: shop.account.user)
            #expect(ledger.posts.count == posts)
            let offences = Judge.offences(
                state: try await gateway.state(shop), journal: try await gateway.journal(shop), in: ledger)
            #expect(offences == [])
        }
    }
}

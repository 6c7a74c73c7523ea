import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("A link under attack")
struct LinkHazardTests {
    @Test("goes to one of two browsers that race, and the other is told so")
    func raced() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let walk = try await LinkWalk.make(client, shop)
            let first = try await walk.begin(client)
            let second = try await walk.begin(client)
            async let one = walk.comeBack(client, state: first.state, cookie: first.cookie)
            async let other = walk.comeBack(client, state: second.state, cookie: second.cookie)
            // A link that is used already refuses the `state` itself.
            #expect(Set(try await [one, other]).isSubset(of: [303, 400]))
            let pages = [
                try await LinkWalk.page(client, .get, walk.path + "/done", cookie: first.cookie).html,
                try await LinkWalk.page(client, .get, walk.path + "/done", cookie: second.cookie).html,
            ]
            #expect(pages.count { $0.contains(SpanishCopy().linkedTitle) } == 1)
            let all = try await client.call(.get, "/v1/sellers/\(shop.seller)/connections", key: shop.key)
            #expect(all.body["data"].elements.count == 1)
        }
    }

    @Test("exchanges a code that comes again under a state of its own for nothing, and stays open")
    func codeReplayed() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let victim = try await LinkWalk.make(client, shop, seller: shop.other)
            try await victim.finish(client, query: "code=TG-once")
            let walk = try await LinkWalk.make(client, shop)
            gateway.provider.set { $0.grant = .failure(.refused(code: "invalid_grant", status: 400)) }
            let (html, _) = try await walk.finish(client, query: "code=TG-once")
            #expect(html.contains(SpanishCopy().providerTrouble.title))
            #expect(try await shop.connection(client) == .null)
            #expect(try await LinkWalk.page(client, .get, walk.path).status == 200)
            #expect(
                try await shop.events(client, "seller.link_failed").map { $0["reason"].string } == ["exchange_failed"])
        }
    }

    @Test("takes a state once: a callback that comes twice changes nothing")
    func stateReplayed() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let walk = try await LinkWalk.make(client, shop)
            let (state, cookie) = try await walk.begin(client)
            #expect(try await walk.comeBack(client, state: state, cookie: cookie) == 303)
            let linked = try await shop.connection(client)
            #expect(try await walk.comeBack(client, state: state, cookie: cookie) == 400)
            #expect(try await walk.comeBack(client, state: state, cookie: nil) == 400)
            #expect(try await shop.connection(client) == linked)
        }
    }

    @Test("links nothing where the tokens are of another account than the token endpoint named")
    func otherUser() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            try gateway.logIn(77, "OTRA")
            let named = UpstreamUserID(rawValue: 4242)
            gateway.provider.set {
                $0.grant = .success(
                    TokenGrant(
                        access: Secret("access-token-marker"), refresh: Secret("refresh-token-marker"),
                        lifetime: .seconds(3600), scopes: [], user: named, liveMode: nil))
            }
            let (html, _) = try await LinkWalk.make(client, shop).finish(client)
            #expect(html.contains(SpanishCopy().accountMismatch("Caja Feliz", shop: "Panadería Sol").title))
            #expect(try await shop.connection(client) == .null)
        }
    }
}

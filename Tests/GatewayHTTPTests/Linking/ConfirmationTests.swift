import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("A connection that waits to be confirmed")
struct ConfirmationTests {
    private static let asked = #""confirm": true"#

    @Test("is used for nothing, whoever was passed the whole invitation, and its owner is told so")
    func quarantined() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let walk = try await LinkWalk.make(client, shop, Self.asked)
            let (html, _) = try await walk.finish(client)
            #expect(html.contains(SpanishCopy().awaitingTitle) && !html.contains(SpanishCopy().stepsHeading))
            #expect(html.contains("PANADERIA SOL") && html.contains("Panadería Sol"))
            let connection = try await shop.connection(client)
            #expect(connection["state"].string == "awaiting_confirmation")
            #expect(connection["confirm_until"].string != nil)
            let one = "/v1/sellers/\(shop.seller)/connections/\(connection["id"].string ?? "")"
            for (method, uri) in [
                (HTTPRequest.Method.get, "/v1/sellers/\(shop.seller)/proxy/users/me"), (.post, "\(one)/refresh"),
                (.post, "\(one)/webhook"),
            ] {
                let refused = try await client.call(method, uri, key: shop.key)
                #expect(refused.status == 409, "\(uri)")
                #expect(refused.body["code"].string == "connection_not_confirmed", "\(uri)")
            }
            // Nothing of the gateway itself touches it either.
            let id = try #require(ConnectionID(connection["id"].string ?? ""))
            await #expect(throws: Problem.self) { try await gateway.refresher.token(of: id) }
            gateway.clock.advance(by: .seconds(150 * 86_400))
            _ = await gateway.sweep.sweep()
            _ = await gateway.expiries.look()
            #expect(gateway.provider.refreshes == 0 && gateway.provider.webhooks.isEmpty)
            #expect(try await shop.events(client, "seller.expiring").isEmpty)
            let told = try #require(try await shop.events(client, "seller.awaiting_confirmation").first)
            #expect(told["link_id"].string == walk.id && told["connection_id"] == connection["id"])
            #expect(told["confirm_until"] == connection["confirm_until"])
        }
    }

    @Test("is used once it is confirmed, gets what came meanwhile, and is confirmed once")
    func confirmed() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            try await LinkWalk.make(client, shop, Self.asked).finish(client)
            try await gateway.notify(client, shop, of: 4242)
            let parked = try await client.call(.get, "/v1/events?state=parked", key: shop.key)
            #expect(parked.body["data"].elements.count == 1)
            let id = try await shop.connection(client)["id"].string ?? ""
            let one = "/v1/sellers/\(shop.seller)/connections/\(id)"
            let confirmed = try await client.call(
                .post, "\(one)/confirm", key: try await gateway.key([.linksWrite]))
            #expect(confirmed.status == 200)
            #expect(confirmed.body["state"].string == "configuring")
            let linked = try await client.call(.post, "\(one)/webhook", key: shop.key)
            #expect(linked.body["state"].string == "linked")
            #expect(try await client.call(.post, "\(one)/refresh", key: shop.key).status == 200)
            let types = try await client.call(.get, "/v1/sellers/\(shop.seller)/events", key: shop.key)
            #expect(
                Set(types.body["data"].elements.compactMap { $0["type"].string })
                    == ["payment.updated", "seller.link_opened", "seller.awaiting_confirmation", "seller.linked"])
            let again = try await client.call(.post, "\(one)/confirm", key: shop.key)
            #expect(again.status == 409)
            #expect(again.body["code"].string == "state_conflict")
            let lines = try await client.call(
                .get, "/v1/audit?seller=\(shop.seller)&action=connection.confirmed", key: shop.key)
            #expect(lines.body["data"].elements.map { $0["subject"].string } == [id])
        }
    }

    @Test("is another seller's to nobody: confirmed by a key of its own seller only")
    func others() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            try await LinkWalk.make(client, shop, Self.asked).finish(client)
            let id = try await shop.connection(client)["id"].string ?? ""
            let foreign = try await client.call(
                .post, "/v1/sellers/\(shop.other)/connections/\(id)/confirm", key: shop.key)
            #expect(foreign.status == 404)
            let weak = try await client.call(
                .post, "/v1/sellers/\(shop.seller)/connections/\(id)/confirm", key: try await gateway.key([.read]))
            #expect(weak.body["code"].string == "missing_scope")
            // The account is held meanwhile: no other seller's link takes it.
            try await LinkWalk.make(client, shop, seller: shop.other).finish(client)
            #expect(try await shop.connection(client, of: shop.other) == .null)
            #expect(
                try await shop.events(client, "seller.link_failed", of: shop.other).map { $0["reason"].string }
                    == ["account_taken"])
        }
    }

    @Test("is revoked instead where the account is wrong: its tokens go, the webhook at the provider stays")
    func refused() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            try await LinkWalk.make(client, shop, Self.asked).finish(client)
            let id = try #require(ConnectionID(try await shop.connection(client)["id"].string ?? ""))
            #expect(try await gateway.services.store.tokens(of: id) != nil)
            let revoked = try await client.call(
                .post, "/v1/sellers/\(shop.seller)/connections/\(id)/revoke", key: shop.key)
            #expect(revoked.body["revoked_by"].string == "integrator")
            #expect(revoked.body["revoked_reason"].string == "requested")
            #expect(try await gateway.services.store.tokens(of: id) == nil)
            #expect(gateway.provider.webhooks.isEmpty)
        }
    }

    @Test("is taken back by its shop owner on the last page")
    func undone() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let walk = try await LinkWalk.make(client, shop, Self.asked)
            let (_, cookie) = try await walk.finish(client)
            #expect(try await LinkWalk.page(client, .post, walk.path + "/undo", cookie: cookie).status == 303)
            let connection = try await shop.connection(client)
            #expect(connection["revoked_by"].string == "shop_owner")
            #expect(connection["revoked_reason"].string == "undone")
            let told = try await shop.events(client, "seller.revoked")
            #expect(told.map { $0["by"].string } == ["shop_owner"])
            #expect(told.map { $0["state"].string } == ["revoked"])
        }
    }

    @Test("ends by itself after seven days, and not before")
    func lapsed() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            try await LinkWalk.make(client, shop, Self.asked).finish(client)
            gateway.clock.advance(by: .seconds(7 * 86_400 - 1))
            await gateway.endings.look()
            #expect(try await shop.connection(client)["state"].string == "awaiting_confirmation")
            gateway.clock.advance(by: .seconds(1))
            await gateway.endings.look()
            let connection = try await shop.connection(client)
            #expect(connection["state"].string == "revoked")
            #expect(connection["revoked_by"].string == "gateway")
            #expect(connection["revoked_reason"].string == "not_confirmed")
            let told = try await shop.events(client, "seller.revoked")
            #expect(told.map { $0["reason"].string } == ["not_confirmed"])
            let late = try await client.call(
                .post, "/v1/sellers/\(shop.seller)/connections/\(connection["id"].string ?? "")/confirm", key: shop.key)
            #expect(late.status == 409)
        }
    }

    @Test("is made by an application's links by default, not by a link that says otherwise or names the account")
    func defaults() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let made = try await client.call(
                .post, "/v1/applications", key: shop.key,
                body: """
                    {"name": "Point", "brand": "Caja", "site": "MLA", "mode": "test", "client_id": "77",
                     "client_secret": "client-secret-marker"}
                    """)
            #expect(made.body["confirm"].string == "on")
            let off = try await client.call(
                .patch, "/v1/applications/\(shop.application)", key: shop.key, body: #"{"confirm": "on"}"#)
            #expect(off.body["confirm"].string == "on")
            for (more, state) in [
                (#""expected_user_id": "4242""#, "configuring"), (#""confirm": false"#, "configuring"),
                // Confirmed by the one before it: the same account again.
                ("", "configuring"), (#""confirm": true"#, "configuring"),
            ] {
                try await LinkWalk.make(client, shop, more).finish(client)
                #expect(try await shop.connection(client)["state"].string == state, "\(more)")
            }
            try await client.revokeAll(shop)
            try await LinkWalk.make(client, shop).finish(client)
            #expect(try await shop.connection(client)["state"].string == "awaiting_confirmation")
            // One that nobody confirmed vouches for nothing.
            try await LinkWalk.make(client, shop).finish(client)
            #expect(try await shop.connection(client)["state"].string == "awaiting_confirmation")
            let all = try await client.call(.get, "/v1/sellers/\(shop.seller)/connections", key: shop.key)
            #expect(
                all.body["data"].elements.count { $0["state"].string == "awaiting_confirmation" } == 1)
        }
    }
}

extension TestClientProtocol {
    /// Revokes whatever connection of the shop's seller is active.
    func revokeAll(_ shop: Shop) async throws {
        let all = "/v1/sellers/\(shop.seller)/connections"
        for one in try await call(.get, all, key: shop.key).body["data"].elements {
            _ = try await call(.post, "\(all)/\(one["id"].string ?? "")/revoke", key: shop.key)
        }
    }
}

extension TestGateway {
    /// Lets the provider send a notification about an account to the shop's application.
    func notify(
        _ client: any TestClientProtocol, _ shop: Shop, of user: Int64,
        deauthorization: IncomingNotification.Deauthorization? = nil, proof: Proof = .signature
    ) async throws {
        let account = UpstreamUserID(rawValue: user)
        let id = "\(clock.now.milliseconds)-\(user)"
        provider.set {
            $0.notification = .understood(
                IncomingNotification(
                    topic: deauthorization == nil ? "payment" : "mp-connect", action: "",
                    eventType: deauthorization == nil ? "payment.updated" : "account.deauthorized",
                    upstreamUser: account, clientID: nil, upstreamID: id, resource: "1", identity: "id:\(id)",
                    liveMode: nil, ids: ["id": "1"], deauthorization: deauthorization), proof: proof)
        }
        let application = try #require(ApplicationID(shop.application))
        let path = String(services.address.webhook(of: application).dropFirst(services.address.base.count))
        #expect(try await client.call(.post, path, body: "{}").status == 200)
    }

    /// Lets another account be the one that is logged in at the provider.
    func logIn(_ user: Int64, _ nickname: String) throws {
        let account = try #require(UpstreamUserID(rawValue: user))
        let site = try #require(SiteID("MLA"))
        provider.set {
            $0.account = .success(
                UpstreamAccount(user: account, nickname: nickname, email: nil, site: site, isTestUser: true))
            $0.grant = .success(
                TokenGrant(
                    access: Secret("access-token-of-\(user)"), refresh: Secret("refresh-token-of-\(user)"),
                    lifetime: .seconds(180 * 86_400), scopes: ["offline_access", "read", "write"], user: account,
                    liveMode: nil))
        }
    }
}

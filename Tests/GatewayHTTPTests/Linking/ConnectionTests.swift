import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("A connection")
struct ConnectionTests {
    private static let earlier = "https://till.example.com/mp"

    @Test(
        "takes over on a second link the webhook that stood there before the first, and puts it back",
        arguments: [true, false])
    func previousWebhook(isRegistered: Bool) async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            gateway.provider.set { $0.integrator = .success(Self.record(Self.earlier)) }
            let first = try await Self.connected(shop, client)
            let registered = try await client.call(.post, "\(first)/webhook", key: shop.key)
            #expect(registered.body["webhook_state"].string == "valid")
            let ours = try #require(gateway.provider.webhooks.last)
            gateway.provider.set { $0.integrator = .success(Self.record(ours)) }
            let second = try await Self.connected(shop, client)
            if isRegistered { _ = try await client.call(.post, "\(second)/webhook", key: shop.key) }
            let revoked = try await client.call(.post, "\(second)/revoke", key: shop.key)
            #expect(revoked.body["state"].string == "revoked")
            #expect(gateway.provider.webhooks.last == Self.earlier)
        }
    }

    @Test("is not replaced by one to another account")
    func otherAccount() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let one = try await Self.connected(shop, client)
            let other = try #require(UpstreamUserID(rawValue: 77))
            let site = try #require(SiteID("MLA"))
            gateway.provider.set {
                $0.account = .success(
                    UpstreamAccount(user: other, nickname: "OTRA", email: nil, site: site, isTestUser: true))
            }
            let refused = try await client.call(
                .post, "/v1/sellers/\(shop.seller)/connections", key: shop.key, body: Self.own(shop))
            #expect(refused.status == 409)
            #expect(refused.body["code"].string == "state_conflict")
            let still = try await client.call(.get, one, key: shop.key)
            #expect(still.body["state"].string == "configuring")
        }
    }

    @Test("gets what was parked for its account even if nothing was replayed when it was linked")
    func parked() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let user = try #require(UpstreamUserID(rawValue: 4242))
            gateway.provider.set {
                $0.grant = .success(
                    TokenGrant(
                        access: Secret("access-token-marker"), refresh: nil, lifetime: .seconds(3600), scopes: [],
                        user: user, liveMode: true))
                $0.notification = .understood(Self.flat(user), proof: .signature)
            }
            let application = try #require(ApplicationID(shop.application))
            let address = gateway.services.address
            let path = String(address.webhook(of: application).dropFirst(address.base.count))
            #expect(try await client.call(.post, path, body: "{}").status == 200)
            let one = try await Self.connected(shop, client)
            // As after a crash between the commit of the link and its replay.
            let id = try #require(one.split(separator: "/").last.flatMap { ConnectionID(String($0)) })
            var connection = try #require(try await gateway.services.store.connection(id))
            connection.state = .linked
            try await gateway.services.store.update(connection, event: nil, as: nil)
            await gateway.parked.replayAll()
            let events = try await client.call(.get, "/v1/sellers/\(shop.seller)/events", key: shop.key)
            let event = try #require(events.body["data"].elements.first)
            #expect(event["type"].string == "point.payment_intent.finished")
            #expect(event["state"].string == "routed")
            // The notification said nothing of it; the connection knows.
            #expect(event["live_mode"] == .bool(true))
        }
    }

    private static func connected(_ shop: Shop, _ client: any TestClientProtocol) async throws -> String {
        let all = "/v1/sellers/\(shop.seller)/connections"
        let made = try await client.call(.post, all, key: shop.key, body: own(shop))
        return "\(all)/\(try #require(made.body["id"].string))"
    }

    private static func own(_ shop: Shop) -> String {
        #"{"kind": "own", "application": "\#(shop.application)"}"#
    }

    private static func record(_ webhook: String) -> IntegratorRecord {
        IntegratorRecord(token: Secret("integrator-token-marker"), webhook: webhook, isValid: false)
    }

    private static func flat(_ user: UpstreamUserID) -> IncomingNotification {
        IncomingNotification(
            topic: "point_integration_wh", action: "state_FINISHED", eventType: "point.payment_intent.finished",
            upstreamUser: user, clientID: nil, upstreamID: nil, resource: "intent-1",
            identity: "intent:intent-1:FINISHED", liveMode: nil, ids: ["id": "intent-1"])
    }
}

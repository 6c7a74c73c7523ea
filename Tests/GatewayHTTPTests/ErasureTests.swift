import Foundation
import Gateway
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import GatewayHTTP

@Suite("An erased seller")
struct ErasureTests {
    @Test("is gone for every route, once and for all, and nobody else is")
    func gone() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let one = "/v1/sellers/\(shop.seller)"
            try await Self.fill(shop, client)
            let bound = try await gateway.key(seller: shop.sellerID)
            #expect(try await client.call(.get, one, key: bound).status == 200)
            let events = try await client.call(.get, "\(one)/events", key: shop.key).body["data"]
            let event = try #require(events["0"]["id"].string)

            let first = try await client.call(.delete, one, key: shop.key)
            #expect(first.status == 200)
            #expect(document.misfits(first.body, document.schema("ErasureCertificate")) == [])
            #expect(first.body["checkpoint"].string == "complete")
            #expect(first.body["data_keys"].elements.count == 1)
            #expect(first.body["external_ref_hash"].string?.count == 64)
            #expect(first.body["covers"].strings.contains { $0.contains("no longer opens") })
            #expect(first.body["does_not_cover"].strings.contains { $0.contains("keyring of that time") })

            gateway.clock.advance(by: .seconds(5))
            #expect(try await client.call(.delete, one, key: shop.key).body == first.body)
            for path in ["", "/links", "/connections", "/endpoints", "/events", "/export", "/proxy/users/me"] {
                let answer = try await client.call(.get, one + path, key: shop.key)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.body["code"].string == "seller_not_found", "\(path)")
            }
            #expect(try await client.call(.patch, one, key: shop.key, body: #"{"name": "Otra"}"#).status == 404)
            #expect(try await client.call(.delete, "/v1/sellers/ref:shop-17", key: shop.key).status == 404)
            #expect(try await client.call(.get, one, key: bound).status == 401)
            #expect(try await client.call(.get, "/v1/events/\(event)", key: shop.key).status == 404)
            #expect(try await client.call(.get, "/v1/sellers/\(shop.other)", key: shop.key).status == 200)
            let listed = try await client.call(.get, "/v1/sellers", key: shop.key).body["data"].elements
            #expect(listed.map { $0["id"].string } == [shop.other])
            let erased = try await client.call(.get, "/v1/sellers?state=erased", key: shop.key).body["data"]
            #expect(erased["0"]["id"].string == shop.seller)
            #expect(erased["0"]["name"].string == "")
            // The ref is free for another shop.
            let again = try await client.call(
                .post, "/v1/sellers", key: shop.key, body: #"{"name": "Panadería Sol", "external_ref": "shop-17"}"#)
            #expect(again.status == 201)
        }
    }

    @Test("leaves no sealer in memory, and tells the integrator by its id alone")
    func told() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            try await Self.fill(shop, client)
            _ = try await client.call(.delete, "/v1/sellers/\(shop.seller)", key: shop.key)
            let store = gateway.services.store
            let seller = try #require(shop.sellerID)
            #expect(try await store.dataKeys(of: seller) == [])
            let told = try await client.call(.get, "/v1/events?type=seller.erased", key: shop.key).body["data"]["0"]
            #expect(told["seller"] == .null)
            let id = try #require(told["id"].string)
            let body = try await client.call(.get, "/v1/events/\(id)", key: shop.key).body["body"].string ?? ""
            #expect(try JSONValue(json: body)["data"]["seller_id"].string == shop.seller)
            #expect(!body.contains("Panader") && !body.contains("shop-17"))
            let audit = try await store.auditEntries(AuditFilter(seller: seller), page: Page(limit: 1))
            #expect(audit.map(\.action) == [.sellerErased])
        }
    }

    @Test("can't be made by a change of state, or by a key that is bound to it")
    func refused() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let one = "/v1/sellers/\(shop.seller)"
            let changed = try await client.call(.patch, one, key: shop.key, body: #"{"state": "erased"}"#)
            #expect(changed.status == 400)
            #expect(changed.body["field"].string == "state")
            let bound = try await gateway.key(seller: shop.sellerID)
            #expect(try await client.call(.delete, one, key: bound).status == 403)
            #expect(try await client.call(.get, "\(one)/export", key: bound).status == 403)
            #expect(try await client.call(.get, one, key: shop.key).status == 200)
        }
    }

    @Test("was told before, when an export is asked for, all that is held, a document a line, and no secret")
    func export() async throws {
        let document = try OpenAPIDocument.read()
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let secret = try await Self.fill(shop, client)
            let answer = try await client.executeRequest(
                uri: "/v1/sellers/\(shop.seller)/export", method: .get,
                headers: [.authorization: "Bearer \(shop.key)"], body: nil)
            #expect(answer.headers[.contentType] == "application/x-ndjson")
            let text = String(buffer: answer.body)
            #expect(!text.contains(secret))
            let lines = try text.split(separator: "\n").map { try JSONValue(json: String($0)) }
            for line in lines { #expect(document.misfits(line, document.schema("ExportLine")) == []) }
            let kinds = Set(lines.compactMap { $0["record"].string })
            #expect(
                kinds == [
                    "seller", "connection", "link", "endpoint", "removed_endpoint", "key", "event", "delivery",
                    "audit", "end",
                ])
            #expect(lines.last?["value"]["records"] == .number(Double(lines.count - 1)))
            let events = lines.filter { $0["record"].string == "event" }
            #expect(events.count > 40)
            #expect(events.allSatisfy { $0["value"]["body"].string?.contains(shop.seller) == true })
            let audit = lines.filter { $0["record"].string == "audit" }
            #expect(audit.first?["value"]["action"].string == "seller.exported")
        }
    }

    /// One of everything, and more events than a page has; gives the endpoint's secret.
    @discardableResult
    private static func fill(_ shop: Shop, _ client: any TestClientProtocol) async throws -> String {
        let one = "/v1/sellers/\(shop.seller)"
        let application = #"{"application": "\#(shop.application)"}"#
        _ = try await client.call(.post, "\(one)/links", key: shop.key, body: application)
        _ = try await client.call(
            .post, "\(one)/connections", key: shop.key,
            body: #"{"kind": "own", "application": "\#(shop.application)"}"#)
        _ = try await client.call(
            .post, "/v1/keys", key: shop.key,
            body: #"{"name": "a", "mode": "test", "scopes": ["read"], "seller": "\#(shop.seller)"}"#)
        let endpoint = try await client.call(
            .post, "\(one)/endpoints", key: shop.key, body: #"{"url": "https://a.example.com/hook"}"#)
        let removed = try await client.call(
            .post, "\(one)/endpoints", key: shop.key, body: #"{"url": "https://b.example.com/hook"}"#)
        let old = try #require(removed.body["id"].string)
        _ = try await client.call(.delete, "/v1/endpoints/\(old)", key: shop.key)
        let id = try #require(endpoint.body["id"].string)
        for _ in 0..<40 { _ = try await client.call(.post, "/v1/endpoints/\(id)/test", key: shop.key) }
        return try #require(endpoint.body["secret"].string)
    }
}

import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import GatewayHTTP

@Suite("HEAD through the proxy")
struct ProxyHeadTests {
    @Test(
        "brings the provider's headers and no body, at both addresses",
        arguments: [("17", "/v1/sellers/{seller}/proxy/users/me"), ("0", "/proxy/users/me")])
    func head(length: String, path: String) async throws {
        let provider = Router(context: BasicRequestContext.self)
        provider.on("/users/me", method: .head) { _, _ in
            Response(status: .ok, headers: [.contentType: "application/json", .contentLength: length])
        }
        let running = Hummingbird.Application(
            router: provider, configuration: .init(address: .hostname("127.0.0.1", port: 0)))
        try await running.test(.live) { upstream in
            let port = try #require(upstream.port)
            try await withGateway(upstream: "http://127.0.0.1:\(port)") { gateway, client in
                let shop = try await Shop.open(gateway, client)
                let made = try await client.call(
                    .post, "/v1/sellers/\(shop.seller)/connections", key: shop.key,
                    body: #"{"kind": "own", "application": "\#(shop.application)"}"#)
                #expect(made.status == 201)
                let key = try await gateway.key([.proxyRead], seller: shop.sellerID)
                let answer = try await client.call(
                    .head, path.replacing("{seller}", with: shop.seller), key: key)
                #expect(answer.status == 200)
                #expect(answer.headers[.contentType] == "application/json")
                #expect(answer.headers[.contentLength] == length)
                #expect(answer.body == .null)
            }
        }
    }
}

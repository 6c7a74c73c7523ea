import Gateway
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import GatewayHTTP

@Suite("A request's id")
struct RequestMarkTests {
    @Test("stands in each line that is logged on the request's way, from the core too")
    func lines() async throws {
        try await withGateway { gateway, client in
            let shop = try await Shop.open(gateway, client)
            let application = try await client.call(.get, "/v1/applications/\(shop.application)", key: shop.key)
            let url = try #require(application.body["webhook_url"].string)
            gateway.provider.set { $0.notification = .unverified(reason: "signature_missing") }
            let before = gateway.logs.lines.count
            let answer = try await client.call(
                .post, String(url.dropFirst("http://127.0.0.1:8080".count)), body: "{}")
            #expect(answer.status == 401)
            let id = try #require(answer.headers[HTTPField.Name("Enlace-Request-Id")!])
            let lines = gateway.logs.lines.dropFirst(before)
            for message in ["Notification refused", "Answered"] {
                let line = lines.first { $0.message == message }
                #expect(line?.metadata["request_id"] == id, "\(message)")
            }
            #expect(RequestMark.current == nil)
        }
    }
}

import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import Gateway
@testable import GatewayHTTP

@Suite("The process's own health", .timeLimit(.minutes(1)))
struct LivenessTests {
    @Test("DLV 19: is not ready while something has been due for half a minute and was not sent")
    func late() async throws {
        try await withGateway { gateway, client in
            let key = try await gateway.key()
            // Its test event is due, and nobody sends it here.
            _ = try await client.call(
                .post, "/v1/endpoints", key: key, body: #"{"url": "https://a.example.com/hook"}"#)
            try await Application(router: gateway.router.internalRouter()).test(.router) { inside in
                #expect(try await inside.call(.get, "/readyz").status == 200)
                gateway.clock.advance(by: .seconds(30))
                #expect(try await inside.call(.get, "/readyz").status == 200)
                gateway.clock.advance(by: .seconds(1))
                let late = try await inside.call(.get, "/readyz")
                #expect(late.status == 503)
                #expect(late.body["status"].string == "unavailable")
                #expect(late.body["store"].string == "writable")
                #expect(late.body["oldest_due_seconds"] == .number(31))
            }
        }
    }
}

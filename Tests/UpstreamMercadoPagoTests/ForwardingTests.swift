import Foundation
import Gateway
import Testing

@testable import UpstreamMercadoPago

@Suite("Passing notifications on")
struct ForwardingTests {
    private static let moment = Timestamp(milliseconds: 1_760_000_000_123)
    private static let request = "6f1c2b7e-0a11-4c55-9d3a-0a6f5b8f7a10"

    @Test(
        "signs as the provider does",
        arguments: [
            ("data.id=123456789&type=payment", "e6ec54fb074795428ee0b76dab834381710b14333203c03617efe8b8745553a9"),
            (
                "data.id=ORD01JX0000000000000000000001&type=order",
                "209ab712da4a1463e660ab4bd9e79a110450f011f3f8b16cc7222cc3ae9eb5e1"
            ),
            ("", "5c5bb5d4a650c41edca3efc55bffb5e32d2f72ff19a3cb1af7da64afe6e66774"),
        ])
    func signature(query: String, code: String) {
        let arrived = ArrivedNotification(
            query: query, headers: ["content-type: application/json; charset=utf-8", "x-signature: ts=1,v1=00"],
            body: [])
        let headers = MercadoPagoForwarding().headers(
            of: arrived, id: Self.request, at: Self.moment, secret: Secret("whsec-sim-0001"))
        #expect(headers.map(\.name) == ["content-type", "x-request-id", "x-signature"])
        #expect(headers.map(\.value) == ["application/json; charset=utf-8", Self.request, "ts=1760000000,v1=\(code)"])
    }

    @Test("tries an endpoint with what its own reader takes")
    func test() throws {
        let secret = Secret("whsec_a")
        let test = MercadoPagoForwarding().test(at: Self.moment)
        let headers = MercadoPagoForwarding().headers(of: test, id: Self.request, at: Self.moment, secret: secret)
        let reading = MercadoPagoNotifications().read(
            application: ReceivedRequest(query: test.query, headers: headers, body: test.body, receivedAt: Self.moment),
            secrets: [secret])
        guard case .understood(let notification, .signature) = reading else {
            Issue.record("\(reading)")
            return
        }
        #expect(notification.topic == "test")
    }
}

import Foundation
import Testing

@testable import Sandbox

@Suite("Notifications")
struct NotificationTests {
    @Test("carry a signature over the id of the query")
    func signed() throws {
        var test = try TestWorld()
        test.world.sendEnvelope(
            to: test.key(), topic: "payment", action: "payment.updated", dataID: "60000000001", isLive: true)
        let attempt = try #require(test.world.takeDue().first)
        #expect(attempt.notification.url == "http://127.0.0.1:9/mp?data.id=60000000001&type=payment")
        let headers = Dictionary(attempt.headers) { first, _ in first }
        let manifest = "id:60000000001;request-id:\(headers["X-Request-Id"] ?? "");ts:1760000000;"
        let secret = try #require(test.world.applications[test.clientID]?.webhookSecret)
        #expect(headers["X-Signature"] == "ts=1760000000,v1=\(Signature.v1(manifest, secret: secret))")
        #expect(headers["X-Retry"] == "0")
    }

    @Test("follow the knobs of the signature")
    func knobs() throws {
        var test = try TestWorld()
        test.world.knobs.signatureIDCase = .lower
        test.world.knobs.signatureTSUnit = .milliseconds
        test.world.knobs.duplicateNotifications = true
        test.world.sendEnvelope(to: test.key(), topic: "order", action: "x", dataID: "ORD1", isLive: true)
        #expect(test.world.outbox.map(\.signing?.dataID) == ["ord1", "ord1"])
        let attempts = test.world.takeDue()
        #expect(attempts.count == 2)
        #expect(attempts[0].headers.contains { $0.1.hasPrefix("ts=1760000000000,") })
        #expect(attempts[0].notification.notificationID == attempts[1].notification.notificationID)
    }

    @Test("come again on the diagram until 200 or 201", arguments: [(200, 0), (201, 0), (202, 1), (500, 1)])
    func retries(status: Int, waiting: Int) throws {
        var test = try TestWorld()
        test.world.sendEnvelope(to: test.key(), topic: "payment", action: "x", dataID: "1", isLive: true)
        let attempt = try #require(test.world.takeDue().first)
        test.world.end(attempt.notification, status: status)
        #expect(test.world.outbox.count == waiting)
        guard waiting == 1 else { return }
        #expect(test.world.secondsToNextDue == 900)
        test.world.clockOffset += 900
        let again = try #require(test.world.takeDue().first)
        #expect(again.headers.contains { $0.0 == "X-Retry" && $0.1 == "1" })
    }

    @Test("of the same seed are the same in every run")
    func deterministic() throws {
        var (one, two) = (try TestWorld(), try TestWorld())
        #expect(one.secret == two.secret)
        #expect(try one.authorizedCode() == two.authorizedCode())
    }

    @Test("knobs turn by name and refuse an unknown one")
    func knobNames() throws {
        var test = try TestWorld()
        try test.world.knobs.turn(["reuse_refresh": true, "access_token_ttl": 60, "signature_ts_unit": "ms"])
        #expect(test.world.knobs.reuseRefresh)
        #expect(test.world.knobs.accessTokenTTL == 60)
        #expect(refusal { try test.world.knobs.turn(["no_such_knob": true]) }?.hasPrefix("400") == true)
        #expect(refusal { try test.world.knobs.turn(["reuse_refresh": 3]) }?.hasPrefix("400") == true)
    }
}

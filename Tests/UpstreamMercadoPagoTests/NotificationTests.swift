import Gateway
import Testing

@testable import UpstreamMercadoPago

@Suite("A notification")
struct NotificationTests {
    let reader = MercadoPagoNotifications()

    private func request(
        _ body: String, query: String = "", headers: [(name: String, value: String)] = []
    ) -> ReceivedRequest {
        ReceivedRequest(
            query: query, headers: headers, body: Array(body.utf8), receivedAt: Timestamp(milliseconds: 0))
    }

    private func signed(_ body: String, query: String) -> NotificationReading {
        let code = "e6ec54fb074795428ee0b76dab834381710b14333203c03617efe8b8745553a9"
        return reader.read(
            application: request(
                body, query: query,
                headers: [
                    (name: "x-signature", value: "ts=1760000000,v1=\(code)"),
                    (name: "x-request-id", value: PanelSignatureTests.request),
                ]), secrets: [PanelSignatureTests.secret])
    }

    private func understood(_ reading: NotificationReading) throws -> IncomingNotification {
        guard case .understood(let notification, _) = reading else {
            Issue.record("not understood: \(reading)")
            throw CancellationError()
        }
        return notification
    }

    @Test("in the envelope's form is understood, whatever the types of its members")
    func envelope() throws {
        for user in ["\"200000001\"", "200000001"] {
            let body = """
                {"id":118000000001,"live_mode":true,"type":"payment","date_created":"2026-11-08T12:05:50Z","user_id":\(user),
                "api_version":"v1","action":"payment.updated","application_id":1000000000000001,"data":{"id":"123456789"}}
                """
            let notification = try understood(signed(body, query: "data.id=123456789&type=payment"))
            #expect(notification.eventType == "payment.updated")
            #expect(notification.upstreamUser == UpstreamUserID(rawValue: 200_000_001))
            #expect(notification.clientID == "1000000000000001")
            #expect(notification.identity == "id:118000000001")
            #expect(notification.ids == ["id": "123456789"])
            #expect(notification.liveMode == true)
        }
    }

    @Test("says when a permission was taken back, whatever the offset of its clock")
    func deauthorization() throws {
        func told(_ date: String, action: String = "application.deauthorized") throws
            -> IncomingNotification.Deauthorization?
        {
            try understood(
                signed(
                    """
                    {"id":100000000000,"action":"\(action)","date_created":"\(date)","live_mode":true,
                    "type":"mp-connect","user_id":200000001,"data":{"id":"123456789"}}
                    """, query: "data.id=123456789&type=mp-connect")
            ).deauthorization
        }
        let moment = try #require(Timestamp(rfc3339: "2026-11-08T12:10:00Z"))
        for date in ["2026-11-08T12:10:00Z", "2026-11-08T08:10:00.000-04:00", "2026-11-08T12:10:00+0000"] {
            #expect(try told(date)?.at == moment, "\(date)")
        }
        #expect(try told("yesterday") == .init(at: nil))
        #expect(try told("2026-11-08T12:10:00Z", action: "application.authorized") == nil)
    }

    @Test("whose body names another resource than the signed query is not believed")
    func swapped() {
        guard
            case .unverified("id_mismatch") = signed(
                #"{"type":"payment","action":"payment.updated","user_id":1,"data":{"id":"5"}}"#,
                query: "data.id=123456789&type=payment")
        else {
            Issue.record("believed")
            return
        }
    }

    @Test("without a signature is refused at the application's webhook")
    func unsigned() {
        guard
            case .unverified("signature_missing") = reader.read(
                application: request(#"{"type":"payment","user_id":1,"data":{"id":"5"}}"#),
                secrets: [PanelSignatureTests.secret])
        else {
            Issue.record("believed")
            return
        }
    }

    @Test("of the legacy form, which names no account, is ignored")
    func legacy() {
        guard
            case .ignored("ipn") = reader.read(
                application: request(#"{"resource":"60000000001","topic":"payment"}"#), secrets: [])
        else {
            Issue.record("not ignored")
            return
        }
    }

    @Test("in the flat form is known by intent and state, and passes ids only")
    func flat() throws {
        let body = """
            {"id":"7f25f9aa-0000-4000-8000-a341f71b0001","caller_id":200000001,"client_id":1000000000000001,
            "created_at":"2026-11-08 12:05:42","amount":2500,"state":"FINISHED",
            "payment":{"id":60000000001,"state":"approved","type":"credit_card"}}
            """
        let notification = try understood(reader.read(connection: request(body), secrets: []))
        #expect(notification.eventType == "point.payment_intent.finished")
        #expect(notification.identity == "intent:7f25f9aa-0000-4000-8000-a341f71b0001:FINISHED")
        #expect(
            notification.ids == ["id": "7f25f9aa-0000-4000-8000-a341f71b0001"])
        #expect(notification.upstreamUser == UpstreamUserID(rawValue: 200_000_001))
    }

    @Test("without an id of its own is told apart by what it says")
    func withoutID() throws {
        let body = """
            {"action":"order.processed","type":"order","user_id":"1","date_created":"2026-11-08T12:06:10Z",
            "data":{"id":"ORD1","version":VERSION}}
            """
        let identities = try ["3", "4"].map { version in
            try understood(
                reader.read(connection: request(body.replacing("VERSION", with: version)), secrets: [])
            ).identity
        }
        #expect(identities[0] != identities[1])
    }

    @Test(
        "gets the type that receivers subscribe to",
        arguments: [
            ("mp-connect", "application.deauthorized", "account.deauthorized"),
            ("stop_delivery_op_wh", "Created", "order.stop_delivery"),
            ("topic_chargebacks_wh", "created", "chargeback.created"),
            ("order", "order.refunded", "order.refunded"), ("Ünknown topic", "a b", "__nknown_topic.a_b"),
        ])
    func types(topic: String, action: String, type: String) {
        #expect(NotificationForm.eventType(topic, action) == type)
    }
}

import Foundation
import Gateway
import Testing

@testable import UpstreamMercadoPago

@Suite("What a notification says, beside what the provider says")
struct NotificationEvidenceTests {
    private func judge(
        _ topic: String, _ action: String, _ resource: String, id: String = "7f25f9aa-0000-4000-8000-a341f71b0001"
    ) throws -> NotificationEvidence.Judgement {
        let subject = NotificationSubject(
            topic: topic, action: action, resource: id, account: try #require(UpstreamUserID(rawValue: 200_000_001)))
        let body = Array(resource.utf8)
        return NotificationEvidence.judge(
            subject, FoundResource(body: body, members: try #require(AnswerReading.object(body))))
    }

    @Test(
        "an intent's end is what the provider says it is",
        arguments: [
            ("state_FINISHED", "FINISHED", true), ("state_FINISHED", "CANCELED", false),
            ("state_FINISHED", "ON_TERMINAL", false), ("state_FINISHED", "OPEN", false),
            ("state_CANCELED", "FINISHED", false), ("state_ERROR", "ERROR", true),
            ("state_PROCESSING", "FINISHED", true), ("state_PROCESSING", "OPEN", false), ("state_FINISHED", "", false),
        ])
    func intent(action: String, state: String, isSo: Bool) throws {
        let judgement = try judge("point_integration_wh", action, #"{"id":"7f25f9aa","state":"\#(state)"}"#)
        #expect(judgement == (isSo ? .so(["id": "7f25f9aa-0000-4000-8000-a341f71b0001"]) : .otherwise(state)))
    }

    @Test("an intent's payment is the one that the provider names, not the one that the notification named")
    func payment() throws {
        for payment in ["60000000001", #""60000000001""#] {
            let judgement = try judge(
                "point_integration_wh", "state_FINISHED", #"{"state":"FINISHED","payment":{"id":\#(payment)}}"#)
            #expect(
                judgement
                    == .paid(
                        payment: "60000000001",
                        ["id": "7f25f9aa-0000-4000-8000-a341f71b0001", "payment_id": "60000000001"]))
        }
    }

    @Test(
        "an order's end is what the provider says it is",
        arguments: [
            ("order.processed", "processed", true), ("order.processed", "refunded", true),
            ("order.processed", "created", false), ("order.processed", "failed", false),
            ("order.refunded", "processed", false), ("order.canceled", "canceled", true),
            ("order.updated", "created", true), ("order.processed", "", false),
        ])
    func order(action: String, status: String, isSo: Bool) throws {
        let judgement = try judge("order", action, #"{"user_id":"200000001","status":"\#(status)"}"#, id: "ORD01")
        #expect(judgement == (isSo ? .so(["id": "ORD01"]) : .otherwise(status)))
    }

    @Test("what is another account's is not so")
    func foreign() throws {
        #expect(
            try judge("order", "order.processed", #"{"user_id":7,"status":"processed"}"#)
                == .otherwise("foreign_order"))
        for payment in [#"{"collector_id":7}"#, #"{"collector":{"id":"7"}}"#] {
            #expect(try judge("payment", "payment.updated", payment) == .otherwise("foreign_payment"))
        }
        #expect(try judge("payment", "payment.updated", #"{"collector_id":200000001}"#, id: "1") == .so(["id": "1"]))
    }

    @Test(
        "an id does not choose the path that is called",
        arguments: ["", "../users/me", "1/refunds", "1?x=y", "1%2F", "a b", "ñ", String(repeating: "1", count: 65)])
    func path(id: String) throws {
        let account = try #require(UpstreamUserID(rawValue: 1))
        for topic in ["payment", "order", "point_integration_wh"] {
            let subject = NotificationSubject(topic: topic, action: "", resource: id, account: account)
            #expect(NotificationEvidence.path(of: subject) == nil)
        }
    }

    @Test("is looked up where it is about money")
    func need() {
        #expect(NotificationEvidence.need(of: "payment") == .resource)
        for topic in ["order", "orders", "point_integration_wh"] {
            #expect(NotificationEvidence.need(of: topic) == .claim)
        }
        // A shop must stop handing out goods at once; a false alarm costs a look.
        for topic in ["stop_delivery_op_wh", "mp-connect", "anything"] {
            #expect(NotificationEvidence.need(of: topic) == .nothing)
        }
    }
}

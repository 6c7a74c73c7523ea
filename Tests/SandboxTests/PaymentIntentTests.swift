import Foundation
import Testing

@testable import Sandbox

@Suite("The payment intent")
struct PaymentIntentTests {
    @Test("moves only along the drawn states")
    func stateMachine() {
        var moves: Set<String> = []
        for state in PaymentIntentState.allCases {
            for event in PaymentIntentState.Event.allCases {
                if let next = state.after(event) { moves.insert("\(state.rawValue)>\(next.rawValue)") }
            }
        }
        #expect(
            moves == [
                "OPEN>ON_TERMINAL", "OPEN>CANCELED", "OPEN>ERROR", "OPEN>ABANDONED", "ON_TERMINAL>PROCESSING",
                "ON_TERMINAL>CANCELED", "ON_TERMINAL>ERROR", "ON_TERMINAL>ABANDONED", "PROCESSING>PROCESSED",
                "PROCESSING>ERROR", "PROCESSING>CONFIRMATION_REQUIRED", "PROCESSED>FINISHED", "PROCESSED>ERROR",
                "PROCESSED>CONFIRMATION_REQUIRED",
            ])
    }

    @Test("finds the one slot taken until it ends")
    func oneSlot() throws {
        var test = try TestWorld()
        let (device, caller) = (test.device(), test.caller())
        let first = try create(&test)
        #expect(refusal { _ = try create(&test) } == "409 conflict_error")
        _ = try test.world.cancelIntent(first, on: device.id, by: caller)
        #expect(refusal { _ = try test.world.cancelIntent(first, on: device.id, by: caller) } == "404 101")
        let second = try create(&test)
        _ = try test.world.press(.pull, on: device.id)
        #expect(
            refusal { _ = try test.world.cancelIntent(second, on: device.id, by: caller) } == "409 conflict_error")
    }

    @Test("ends approved with a payment, a panel notification and a flat one")
    func approve() throws {
        var test = try TestWorld()
        try validateWebhook(&test)
        let id = try create(&test)
        let seen = try test.world.press(.approve, on: test.device().id)
        #expect(seen["state"] == "FINISHED")
        let payment = try #require(test.world.payments.values.first)
        #expect(seen["payment"]?["id"] == .string(String(payment.id)))
        #expect(payment.json["transaction_amount"]?.number == 25)
        #expect(payment.json["external_reference"] == "gw-0001")
        #expect(test.world.outbox.map(\.channel) == [.panel, .integrator])
        let flat = JSON(parsing: Array(test.world.outbox[1].body.utf8))
        #expect(flat?["id"] == .string(id))
        #expect(flat?["caller_id"] == .int(test.seller().id))
        #expect(flat?["payment"] == ["id": .int(payment.id), "state": "approved", "type": "credit_card"])
    }

    @Test("ends FINISHED with a rejected payment when the card is refused")
    func reject() throws {
        var test = try TestWorld()
        _ = try create(&test)
        #expect(try test.world.press(.reject, on: test.device().id)["state"] == "FINISHED")
        #expect(test.world.payments.values.first?.status == .rejected)
        // Nothing goes to an integrator webhook that isn't validated.
        #expect(test.world.outbox.map(\.channel) == [.panel])
    }

    @Test("stays OPEN on a terminal that is offline or not restarted into PDV")
    func stuck() throws {
        var test = try TestWorld()
        let device = test.device()
        _ = try create(&test)
        test.world.devices[device.id]?.isOnline = false
        #expect(refusal { _ = try test.world.press(.approve, on: device.id) }?.hasPrefix("409") == true)
        test.world.devices[device.id]?.isOnline = true
        test.world.devices[device.id]?.runningMode = .standalone
        #expect(refusal { _ = try test.world.press(.pull, on: device.id) }?.hasPrefix("409") == true)
        _ = try test.world.press(.restart, on: device.id)
        #expect(try test.world.press(.pull, on: device.id)["state"] == "ON_TERMINAL")
    }

    @Test(
        "is refused with the field's name",
        arguments: [
            (#"{}"#, "PANADERIASOL"), (#"{"amount":15.5}"#, "PANADERIASOL"), (#"{"amount":499}"#, "PANADERIASOL"),
            (#"{"amount":2500,"payment":{"type":"credit_card"}}"#, "PANADERIASOL"),
            (#"{"amount":7000001}"#, "PADARIALUA"),
            (#"{"amount":2500,"payment":{"type":"credit_card","installments":6}}"#, "PADARIALUA"),
            (#"{"amount":2500,"additional_info":{"external_reference":"a b"}}"#, "TIENDALUNA"),
        ])
    func badBodies(body: String, nickname: String) throws {
        var test = try TestWorld()
        let device = test.device(nickname).id
        let caller = test.caller(nickname)
        let json = JSON(parsing: Array(body.utf8))
        #expect(refusal { _ = try test.world.createIntent(on: device, json, by: caller) } == "400 bad_request")
    }

    @Test("of another seller's terminal is refused")
    func foreignDevice() throws {
        var test = try TestWorld()
        let (device, caller) = (test.device().id, test.caller("PADARIALUA"))
        #expect(
            refusal { _ = try test.world.createIntent(on: device, ["amount": 2500], by: caller) }
                == "403 forbidden")
    }

    @Test("is read once a second")
    func limiter() throws {
        var test = try TestWorld()
        test.world.knobs.paymentIntentRPS = 1
        let id = try create(&test)
        _ = try test.world.readIntent(id, by: test.caller())
        let caller = test.caller()
        #expect(refusal { _ = try test.world.readIntent(id, by: caller) } == "429 too_many_requests")
        test.world.clockOffset += 1
        _ = try test.world.readIntent(id, by: caller)
    }

    @Test("refunds need a key, repeat under it, and stop at the amount")
    func refunds() throws {
        var test = try TestWorld()
        _ = try create(&test)
        _ = try test.world.press(.approve, on: test.device().id)
        let id = try #require(test.world.payments.keys.first)
        func refund(_ amount: JSON, _ key: String?) throws -> Reply {
            let payment = try test.world.payment(id, of: test.caller())
            return try test.world.refund(payment, ["amount": amount], key: key)
        }
        #expect(refusal { _ = try refund(10, nil) } == "400 bad_request")
        let first = try refund(10, "k1")
        #expect(try refund(10, "k1").body == first.body)
        #expect(refusal { _ = try refund(15.01, "k2") } == "400 bad_request")
        _ = try refund(.null, "k3")
        #expect(test.world.payments[id]?.status == .refunded)
    }

    private func create(_ test: inout TestWorld) throws -> String {
        let body: JSON = ["amount": 2500, "additional_info": ["external_reference": "gw-0001"]]
        let reply = try test.world.createIntent(on: test.device().id, body, by: test.caller())
        return JSON(parsing: Array(reply.body.utf8))?["id"]?.string ?? ""
    }

    private func validateWebhook(_ test: inout TestWorld) throws {
        try test.world.setWebhook("http://127.0.0.1:9/flat", of: test.key())
        test.world.endCheck(try test.world.beginCheck(of: test.key()), passed: true, of: test.key())
    }
}

extension JSON: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Double) { self = .double(value) }
}

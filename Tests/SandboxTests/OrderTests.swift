import Foundation
import HTTPTypes
import Hummingbird
import Testing

@testable import Sandbox

@Suite("Orders, terminals and refunds of the simulator")
struct OrderTests {
    private static func body(_ test: TestWorld, amount: String = "25.00") -> JSON {
        [
            "type": "point", "external_reference": "gw-1", "transactions": ["payments": [["amount": .string(amount)]]],
            "config": ["point": ["terminal_id": .string(test.device().id)]],
        ]
    }

    private static func call(_ body: JSON, key: String?) -> Call {
        var headers: HTTPFields = [:]
        headers[.idempotencyKey] = key
        return Call(
            method: .post, path: "/v1/orders", query: .none, headers: headers, body: Array(body.text.utf8),
            parameters: Parameters())
    }

    private static func made(_ test: inout TestWorld) throws -> Order {
        let reply = try test.world.createOrder(body(test), by: test.caller())
        let id = JSON(parsing: Array(reply.body.utf8))?["id"]?.string ?? ""
        return try test.world.order(id, of: test.caller())
    }

    @Test("take the terminal's one slot until they end, and another account never sees them")
    func slot() throws {
        var test = try TestWorld()
        let order = try Self.made(&test)
        #expect(order.json["status"] == "created")
        #expect(order.id.wholeMatch(of: /ORD[0-9A-Z]{26}/) != nil)
        let body = Self.body(test)
        #expect(refusal { _ = try test.world.createOrder(body, by: test.caller()) }?.hasPrefix("409") == true)
        let other = test.caller("PADARIALUA")
        #expect(refusal { _ = try test.world.order(order.id, of: other) }?.hasPrefix("404") == true)
        _ = try test.world.cancelOrder(order.id, allowing: nil, by: test.caller())
        #expect(test.world.devices[test.device().id]?.currentIntentID == nil)
        #expect(
            refusal { _ = try test.world.cancelOrder(order.id, allowing: nil, by: test.caller()) }?.hasPrefix("409")
                == true)
    }

    @Test("are processed at the terminal, and given back in parts up to their amount")
    func refunds() throws {
        var test = try TestWorld()
        let order = try Self.made(&test)
        _ = try test.world.press(.pull, on: test.device().id)
        #expect(
            refusal { _ = try test.world.cancelOrder(order.id, allowing: nil, by: test.caller()) }?.hasPrefix("409")
                == true)
        _ = try test.world.press(.approve, on: test.device().id)
        let paid = try test.world.order(order.id, of: test.caller())
        let payment = try test.world.payment(paid.reference, of: test.caller())
        #expect((paid.status, payment.amount) == (.processed, 2500))
        let part: JSON = ["transactions": [["id": .string(order.paymentID), "amount": "10.00"]]]
        _ = try test.world.refundOrder(paid, part)
        let left = try test.world.order(order.id, of: test.caller())
        #expect((left.status, left.refunded) == (.processed, 1000))
        let tooMuch: JSON = ["transactions": [["id": .string(order.paymentID), "amount": "15.01"]]]
        #expect(refusal { _ = try test.world.refundOrder(left, tooMuch) }?.hasPrefix("400") == true)
        _ = try test.world.refundOrder(left, nil)
        #expect(try test.world.payment(paid.reference, of: test.caller()).status == .refunded)
        let refunded = try test.world.order(order.id, of: test.caller())
        #expect(refusal { _ = try test.world.refundOrder(refunded, nil) }?.hasPrefix("409") == true)
    }

    @Test("give the first answer again for a key and its body, and refuse another body for it, for a day")
    func keys() throws {
        var test = try TestWorld()
        let caller = test.caller()
        let call = Self.call(Self.body(test), key: "k1")
        let first = try test.world.once(call, by: caller) { try $0.createOrder(call.json, by: caller) }
        let again = try test.world.once(call, by: caller) { try $0.createOrder(call.json, by: caller) }
        #expect((first.body, first.status) == (again.body, again.status))
        let other = Self.call(Self.body(test, amount: "26.00"), key: "k1")
        #expect(
            refusal { _ = try test.world.once(other, by: caller) { try $0.createOrder(other.json, by: caller) } }?
                .hasPrefix("409") == true)
        let none = Self.call(Self.body(test), key: nil)
        #expect(
            refusal { _ = try test.world.once(none, by: caller) { try $0.createOrder(none.json, by: caller) } }?
                .hasPrefix("400") == true)
        test.world.clockOffset += 86_401
        _ = try test.world.cancelOrder(
            JSON(parsing: Array(first.body.utf8))?["id"]?.string ?? "", allowing: nil, by: caller)
        _ = try test.world.once(other, by: caller) { try $0.createOrder(other.json, by: caller) }
    }

    @Test(
        "refuse a body that lacks something or has it wrong",
        arguments: [
            (["type": "point"], "required_properties"), (["external_reference": "a b"], "property_value"),
            (["transactions": ["payments": []]], "minimum_items"),
            (["transactions": ["payments": [["amount": "4.99"]]]], "property_value"),
            (["transactions": ["payments": [["amount": "25"]]]], "property_value"),
            (["config": [:]], "required_properties"),
        ] as [(JSON, String)])
    func bodies(change: JSON, code: String) throws {
        let test = try TestWorld()
        var members = Self.body(test).members ?? [:]
        if change == ["type": "point"] { members = [:] }
        for (name, value) in change.members ?? [:] { members[name] = value }
        let error = #expect(throws: Refusal.self) { try OrderRequest(.object(members)) }
        let first = error.flatMap { JSON(parsing: Array($0.reply.body.utf8)) }?["errors"]?.array?.first
        #expect(first?["code"]?.string == code)
    }

    @Test("are simulated with test credentials only")
    func simulated() throws {
        var test = try TestWorld()
        let order = try Self.made(&test)
        let body: JSON = ["status": "processed"]
        #expect(
            refusal { _ = try test.world.simulate(body, on: order.id, by: test.caller()) }?.hasPrefix("403") == true)
        let tester = Caller(key: test.key(), isLive: false)
        #expect(try test.world.simulate(body, on: order.id, by: tester).status == 204)
        #expect(try test.world.order(order.id, of: tester).status == .processed)
    }

    @Test("a print blocks the terminal until it is taken or canceled")
    func prints() throws {
        var test = try TestWorld()
        let caller = test.caller()
        let body: JSON = [
            "type": "print", "external_reference": "p1", "content": .string(String(repeating: "x", count: 100)),
            "config": ["point": ["terminal_id": .string(test.device().id)]],
        ]
        let id = JSON(parsing: Array(try test.world.createPrint(body, by: caller).body.utf8))?["id"]?.string ?? ""
        let order = Self.body(test)
        #expect(refusal { _ = try test.world.createOrder(order, by: caller) }?.hasPrefix("409") == true)
        _ = try test.world.cancelPrint(id, by: caller)
        #expect(refusal { _ = try test.world.cancelPrint(id, by: caller) }?.hasPrefix("409") == true)
        _ = try test.world.createPrint(body, by: caller)
        _ = try test.world.press(.pull, on: test.device().id)
        _ = try test.world.createOrder(order, by: caller)
    }

    @Test("a refund on the device is Brazil's, of that device's payment, and ends with the card")
    func deviceRefunds() throws {
        var test = try TestWorld()
        let caller = test.caller("PADARIALUA")
        let device = test.device("PADARIALUA")
        #expect(
            refusal { _ = try test.world.createRefund(on: test.device().id, [:], by: test.caller()) }
                == "400 bad_request")
        _ = try test.world.createIntent(on: device.id, ["amount": 2500, "description": "Pão"], by: caller)
        _ = try test.world.press(.approve, on: device.id)
        let payment = try #require(test.world.payments.values.first)
        let body: JSON = ["payment_id": .string(String(payment.id))]
        let made = try test.world.createRefund(on: device.id, body, by: caller)
        let id = made["id"]?.string ?? ""
        _ = try test.world.cancelRefund(id, on: device.id, by: caller)
        let second = try test.world.createRefund(on: device.id, body, by: caller)["id"]?.string ?? ""
        _ = try test.world.press(.approve, on: device.id)
        #expect(try test.world.refundIntent(second, of: caller).json["state"] == "FINISHED")
        #expect(try test.world.payment(payment.id, of: caller).status == .refunded)
    }
}

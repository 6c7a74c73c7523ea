import HTTPTypes
import Hummingbird

/// `/v1/payments`.
///
/// Source: reference §3.5.
struct PaymentRoutes: Sendable {
    let simulator: Simulator

    /// Mounts the routes on the API listener.
    func add(to router: Router<SandboxContext>) {
        router.answer(.get, "/v1/payments/search") { call in
            try simulator.answer(call, as: .payments) { world, caller in
                .json(try world.paymentPage(of: caller, call.query))
            }
        }
        router.answer(.get, "/v1/payments/:payment") { call in
            try simulator.answer(call, as: .payments) { world, caller in
                .json(try world.payment(call.number("payment"), of: caller).json)
            }
        }
        router.answer(.post, "/v1/payments/:payment/refunds") { call in
            try simulator.answer(call, as: .payments) { world, caller in
                let payment = try world.payment(call.number("payment"), of: caller)
                return try world.refund(payment, call.json, key: call.headers[.idempotencyKey])
            }
        }
        router.answer(.get, "/v1/payments/:payment/refunds") { call in
            try simulator.answer(call, as: .payments) { world, caller in
                let payment = try world.payment(call.number("payment"), of: caller)
                return .json(.array(payment.refunds.map(\.json)))
            }
        }
        router.answer(.get, "/v1/payments/:payment/refunds/:refund") { call in
            try simulator.answer(call, as: .payments) { world, caller in
                let payment = try world.payment(call.number("payment"), of: caller)
                guard let refund = payment.refunds.first(where: { $0.id == call.number("refund") }) else {
                    throw Refusal.payments(404, "not_found", code: 2024, "Refund not found")
                }
                return .json(refund.json)
            }
        }
    }
}

extension HTTPField.Name {
    /// `X-Idempotency-Key`.
    static var idempotencyKey: Self { Self(parsed: "x-idempotency-key") ?? .ifMatch }
}

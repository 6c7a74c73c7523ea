import Hummingbird

extension Payment {
    /// The merchant order that came with it.
    ///
    /// Source: reference §3.5.
    var merchantOrderID: Int64 { id - 29_999_999_999 }

    /// The body of `GET /merchant_orders/{id}`.
    var merchantOrderJSON: JSON {
        let isPaid = status == .approved || status == .refunded
        return [
            "id": .int(merchantOrderID), "status": isPaid ? "closed" : "opened",
            "external_reference": .optional(externalReference), "collector": ["id": .int(owner.userID)],
            "total_amount": Self.decimal(amount), "paid_amount": isPaid ? Self.decimal(amount) : .int(0),
            "refunded_amount": Self.decimal(refunded), "date_created": .string(Timestamp.offset(createdAt)),
            "payments": [
                [
                    "id": .int(id), "transaction_amount": Self.decimal(amount), "status": .string(status.rawValue),
                    "currency_id": .string(currency),
                ]
            ],
        ]
    }
}

/// `/merchant_orders` and `/v1/payment_methods`.
///
/// Source: reference §3.5.
struct MerchantOrderRoutes: Sendable {
    private static let methods: JSON = [
        ["id": "visa", "name": "Visa", "payment_type_id": "credit_card", "status": "active"],
        ["id": "master", "name": "Mastercard", "payment_type_id": "credit_card", "status": "active"],
        ["id": "debvisa", "name": "Visa Débito", "payment_type_id": "debit_card", "status": "active"],
        ["id": "account_money", "name": "Dinero en cuenta", "payment_type_id": "account_money", "status": "active"],
    ]

    let simulator: Simulator

    /// Mounts the routes on the API listener.
    func add(to router: Router<SandboxContext>) {
        router.answer(.get, "/merchant_orders/search") { call in
            try simulator.answer(call, as: .payments) { world, caller in
                let range = try PageRange(call.query, largest: 1000, defaultLimit: 30)
                let reference = call.query.filled("external_reference")
                let found = world.payments.values.filter { payment in
                    payment.owner.userID == caller.userID
                        && (reference.map { $0 == payment.externalReference } ?? true)
                }
                let page = range.cut(found.sorted { $0.id > $1.id })
                return .json([
                    "elements": .array(page.map(\.merchantOrderJSON)), "total": .int(Int64(found.count)),
                    "next_offset": .int(Int64(range.offset + page.count)),
                ])
            }
        }
        router.answer(.get, "/merchant_orders/:order") { call in
            try simulator.answer(call, as: .payments) { world, caller in
                let found = world.payments.values.first {
                    $0.merchantOrderID == call.number("order") && $0.owner.userID == caller.userID
                }
                guard let found else { throw Refusal.upstream(404, "not_found", "Merchant order not found") }
                return .json(found.merchantOrderJSON)
            }
        }
        router.answer(.get, "/v1/payment_methods") { call in
            try simulator.answer(call, as: .payments) { _, _ in .json(Self.methods) }
        }
    }
}

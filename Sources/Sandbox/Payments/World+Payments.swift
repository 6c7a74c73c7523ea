extension World {
    /// Makes the payment of an intent and tells the application's panel webhook.
    mutating func makePayment(for intentID: String, status: Payment.Status) {
        guard let intent = intents[intentID], let user = users[intent.owner.userID] else { return }
        let payment = Payment(
            id: next(.payment), owner: intent.owner, isLive: intent.isLive, currency: user.site.currency,
            amount: intent.request.amount, type: intent.request.payment?["type"]?.string ?? "credit_card",
            installments: intent.request.payment?["installments"]?.int ?? 1,
            externalReference: intent.request.additionalInfo?["external_reference"]?.string,
            deviceID: intent.deviceID, createdAt: now, status: status)
        payments[payment.id] = payment
        intents[intentID]?.paymentID = payment.id
        notify(payment, action: "payment.created")
    }

    /// The caller's payment.
    ///
    /// - Throws: 404 when it is unknown or another account's.
    func payment(_ id: Int64?, of caller: Caller) throws -> Payment {
        guard let payment = id.flatMap({ payments[$0] }), payment.owner.userID == caller.userID else {
            throw Refusal.payments(404, "not_found", code: 2000, "Payment not found")
        }
        return payment
    }

    /// A page of the caller's payments, newest first, by `external_reference`, `status` and `id`.
    ///
    /// - Throws: 400 for a bad limit or offset.
    func paymentPage(of caller: Caller, _ query: FormFields) throws -> JSON {
        let range = try PageRange(query, largest: 1000, defaultLimit: 30)
        let found = payments.values.filter { payment in
            payment.owner.userID == caller.userID
                && (query.filled("external_reference").map { $0 == payment.externalReference } ?? true)
                && (query.filled("status").map { $0 == payment.status.rawValue } ?? true)
                && (query.filled("id").map { $0 == String(payment.id) } ?? true)
        }
        let page = range.cut(found.sorted { $0.id > $1.id })
        return ["paging": range.json(total: found.count), "results": .array(page.map(\.json))]
    }

    /// Gives money back; the same key gives the first answer again.
    ///
    /// - Throws: 400 without a key (cause 4292), for a payment that isn't approved, or for more than is left.
    mutating func refund(_ payment: Payment, _ body: JSON?, key: String?) throws -> Reply {
        guard let key, (1...64).contains(key.utf8.count) else {
            throw Refusal.payments(400, "bad_request", code: 4292, "Header X-Idempotency-Key can't be null")
        }
        if let earlier = payment.refunds.first(where: { $0.idempotencyKey == key }) {
            return .json(earlier.json, status: 201)
        }
        guard payment.status == .approved else {
            throw Refusal.payments(400, "bad_request", code: 2063, "The action requested is not valid")
        }
        let left = payment.amount - payment.refunded
        var amount = left
        if let wanted = body?["amount"] {
            // Bounded before the conversion, which would trap outside Int64.
            guard let number = wanted.number, number > 0, number < 1e12 else {
                throw Refusal.payments(400, "bad_request", code: 2040, "invalid amount")
            }
            amount = Int64((number * 100).rounded())
        }
        guard amount <= left else {
            throw Refusal.payments(400, "bad_request", code: 2085, "Invalid amount for a refund operation")
        }
        let refund = PaymentRefund(
            id: next(.refund), paymentID: payment.id, amount: amount, idempotencyKey: key, createdAt: now)
        var payment = payment
        payment.refunds.append(refund)
        if payment.refunded == payment.amount { payment.status = .refunded }
        payments[payment.id] = payment
        notify(payment, action: "payment.updated")
        return .json(refund.json, status: 201)
    }
}

import Foundation

extension World {
    /// Puts an order into a terminal's one slot.
    ///
    /// - Throws: 400 for a bad body or a site without Orders, 403 for another's terminal, 409 when the slot is taken.
    mutating func createOrder(_ body: JSON?, by caller: Caller) throws -> Reply {
        let request = try OrderRequest(body)
        guard let site = users[caller.userID]?.site, site.hasOrders else {
            throw Refusal.orders(400, "unsupported_site", "Orders are not offered in this country.")
        }
        let device = try terminal(request.terminalID, of: caller)
        guard device.currentIntentID == nil else {
            throw Refusal.orders(
                409, "already_queued_order_on_terminal", "There is already a queued order on the terminal.")
        }
        let order = Order(
            id: generator.ulid("ORD"), paymentID: generator.ulid("PAY"), owner: caller.key, isLive: caller.isLive,
            site: site, request: request, createdAt: now, updatedAt: now)
        orders[order.id] = order
        devices[device.id]?.currentIntentID = order.id
        return .json(order.json, status: 201)
    }

    /// The caller's order, for three months.
    ///
    /// - Throws: 404 for another's, an older or an unknown one.
    func order(_ id: String, of caller: Caller) throws -> Order {
        guard let order = orders[id], order.owner.userID == caller.userID,
            now.timeIntervalSince(order.createdAt) < 90 * 86_400
        else { throw Refusal.orders(404, "order_not_found", "Order not found.") }
        return order
    }

    /// Cancels an order; one that is on the terminal only where the caller says so in a header.
    ///
    /// - Throws: 409 for one that is canceled already, or that can't be any more.
    mutating func cancelOrder(_ id: String, allowing status: String?, by caller: Caller) throws -> Reply {
        let order = try order(id, of: caller)
        switch order.status {
        case .created: return .json(end(order, .canceled, "canceled_by_api").json)
        case .atTerminal where status == Order.Status.atTerminal.rawValue:
            return .json(end(order, .canceled, "canceled_by_api").json, status: 202)
        case .canceled:
            throw Refusal.orders(409, "order_already_canceled", "The order is already canceled.")
        default: throw Refusal.orders(409, "cannot_cancel_order", "The order can't be canceled in this state.")
        }
    }

    /// Lets happen to an order what a terminal would do, with credentials that move no money.
    ///
    /// - Throws: 400 for another status, 403 for a live account, 409 for an order that is over.
    mutating func simulate(_ body: JSON?, on id: String, by caller: Caller) throws -> Reply {
        let order = try order(id, of: caller)
        guard !caller.isLive else {
            throw Refusal.orders(403, "forbidden", "Events are simulated with test credentials only.")
        }
        let wanted: [String: Order.Status] = [
            "processed": .processed, "canceled": .canceled, "expired": .expired, "failed": .failed,
            "refunded": .refunded, "action_required": .actionRequired,
        ]
        guard let status = body?["status"]?.string.flatMap({ wanted[$0] }) else {
            throw Refusal.orders(400, "property_value", "A property has a value that is not allowed.", ["status"])
        }
        if status == .refunded {
            _ = try refundOrder(order, nil)
        } else {
            guard !order.status.isFinal else {
                throw Refusal.orders(409, "action_not_allowed_for_current_state", "The order is over.")
            }
            _ = end(order, status, body?["status_detail"]?.string)
        }
        return .noContent
    }

    /// Gives money of a processed order back: all of it, or what the body names.
    ///
    /// - Throws: 400 for an amount that is none or too large, 409 for an order that has nothing to give back.
    mutating func refundOrder(_ order: Order, _ body: JSON?) throws -> Reply {
        guard order.status != .refunded else {
            throw Refusal.orders(409, "order_already_refunded", "The order is already refunded.")
        }
        guard order.status == .processed, let reference = order.reference, var payment = payments[reference] else {
            throw Refusal.orders(409, "cannot_refund_order", "The order can't be refunded in this state.")
        }
        let left = order.request.amount - order.refunded
        var amount = left
        if let transactions = body?["transactions"]?.array {
            guard transactions.count == 1, transactions[0]["id"]?.string == order.paymentID,
                let part = transactions[0]["amount"]?.string.flatMap(OrderRequest.minorUnits), part > 0
            else {
                throw Refusal.orders(
                    400, "property_value", "A property has a value that is not allowed.", ["transactions"])
            }
            amount = part
        }
        guard amount <= left else {
            throw Refusal.orders(400, "refund_amount_exceeds", "The amount is more than is left of the payment.")
        }
        var order = order
        order.refunded += amount
        if order.refunded == order.request.amount {
            order.status = .refunded
            order.statusDetail = "refunded"
            payment.status = .refunded
        }
        order.updatedAt = now
        orders[order.id] = order
        payment.refunds.append(
            PaymentRefund(
                id: next(.refund), paymentID: reference, amount: amount, idempotencyKey: generator.uuid(),
                createdAt: now))
        payments[reference] = payment
        notify(order)
        return .json(order.json, status: 201)
    }

    /// The terminal takes an order, or is done with it.
    ///
    /// - Throws: 409 when the button does nothing in this state.
    mutating func press(_ command: TerminalCommand, onOrder id: String) throws -> JSON {
        guard let order = orders[id], !order.status.isFinal else {
            throw Refusal.admin("the order is over", status: 409)
        }
        switch command {
        case .pull, .process: return move(order, to: .atTerminal, "waiting_payment").json
        case .approve: return end(order, .processed, "accredited").json
        case .reject: return end(order, .failed, "rejected_by_issuer").json
        case .error: return end(order, .failed, "processing_error").json
        case .confirm: return end(order, .actionRequired, "check_on_terminal").json
        case .cancel: return end(order, .canceled, "canceled_on_terminal").json
        case .abandon: return end(order, .expired, "expired").json
        case .restart, .place: return order.json
        }
    }

    /// Brings an order to its end, which frees the terminal; a processed one has a payment then.
    private mutating func end(_ order: Order, _ status: Order.Status, _ detail: String?) -> Order {
        var order = order
        if status == .processed {
            let payment = Payment(
                id: next(.payment), owner: order.owner, isLive: order.isLive, currency: order.site.currency,
                amount: order.request.amount, type: "credit_card", installments: 1,
                externalReference: order.request.externalReference, deviceID: order.request.terminalID,
                createdAt: now, status: .approved)
            payments[payment.id] = payment
            order.reference = payment.id
            notify(payment, action: "payment.created")
        }
        if devices[order.request.terminalID]?.currentIntentID == order.id {
            devices[order.request.terminalID]?.currentIntentID = nil
        }
        return move(order, to: status, detail ?? (status == .processed ? "accredited" : status.rawValue))
    }

    private mutating func move(_ order: Order, to status: Order.Status, _ detail: String) -> Order {
        var order = order
        order.status = status
        order.statusDetail = detail
        order.updatedAt = now
        orders[order.id] = order
        notify(order)
        return order
    }

    /// Tells the application's panel webhook about an order.
    ///
    /// Source: reference §4.3.2.
    private mutating func notify(_ order: Order) {
        guard applications[order.owner.clientID]?.topics.contains("order") ?? false else { return }
        sendEnvelope(
            to: order.owner, topic: "order", action: "order.\(order.status.rawValue)", dataID: order.id,
            isLive: order.isLive)
    }

    /// The caller's terminal, in the words of generation B.
    ///
    /// - Throws: 403 when it is unknown or someone else's.
    func terminal(_ id: String, of caller: Caller) throws -> Device {
        guard let device = devices[id], device.ownerID == caller.userID else {
            throw Refusal.orders(
                403, "forbidden_checking_terminal_owner", "The terminal does not belong to this account.")
        }
        return device
    }
}

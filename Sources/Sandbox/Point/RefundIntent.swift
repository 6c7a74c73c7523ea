import Foundation

/// An order to a terminal to give a payment back, as Brazil has it.
///
/// Source: reference §2.7.
struct RefundIntent: Sendable {
    enum State: String, Sendable {
        case open = "OPEN"
        case finished = "FINISHED"
        case canceled = "CANCELED"
    }

    let id: String
    let owner: GrantKey
    let deviceID: String
    let paymentID: Int64
    let additionalInfo: JSON?
    var state = State.open

    /// The answer to its creation.
    var createdJSON: JSON { .object(fields) }

    /// The answer of `GET …/refund/{id}`.
    var json: JSON {
        var members = fields
        members["state"] = .string(state.rawValue)
        return .object(members)
    }

    private var fields: [String: JSON] {
        var members: [String: JSON] = [
            "id": .string(id), "payment_id": .string(String(paymentID)), "device_id": .string(deviceID),
        ]
        if let additionalInfo { members["additional_info"] = additionalInfo }
        return members
    }
}

extension World {
    /// Puts a refund into the slot of the terminal that took the payment.
    ///
    /// - Throws: 400 outside Brazil or for a payment that is not this terminal's, 403 for another's terminal, 409 when
    ///   the slot is taken.
    mutating func createRefund(on deviceID: String, _ body: JSON?, by caller: Caller) throws -> JSON {
        let device = try device(deviceID, of: caller)
        guard users[caller.userID]?.site == .brazil else {
            throw Refusal.upstream(400, "bad_request", "Refunds on the device are not available for this site")
        }
        guard let id = body?["payment_id"]?.string.flatMap({ Int64($0) }), let payment = payments[id],
            payment.owner.userID == caller.userID, payment.deviceID == deviceID, payment.status == .approved
        else { throw Refusal.upstream(400, "bad_request", "payment_id is not a payment of this device") }
        guard device.currentIntentID == nil else {
            throw Refusal.upstream(409, "conflict_error", "There is already a queued intent for the device")
        }
        let refund = RefundIntent(
            id: generator.uuid(), owner: caller.key, deviceID: deviceID, paymentID: id,
            additionalInfo: body?["additional_info"])
        refundIntents[refund.id] = refund
        devices[deviceID]?.currentIntentID = refund.id
        return refund.createdJSON
    }

    /// The caller's refund.
    ///
    /// - Throws: 404 for another's or an unknown one.
    func refundIntent(_ id: String, of caller: Caller) throws -> RefundIntent {
        guard let refund = refundIntents[id], refund.owner.userID == caller.userID else {
            throw Refusal.upstream(404, "not_found", "That refund intent doesn't exist!")
        }
        return refund
    }

    /// Cancels a refund that no terminal has finished.
    ///
    /// - Throws: 404 on another device, 409 for one that is over.
    mutating func cancelRefund(_ id: String, on deviceID: String, by caller: Caller) throws -> JSON {
        let refund = try refundIntent(id, of: caller)
        guard refund.deviceID == deviceID else {
            throw Refusal.upstream(404, "not_found", "That refund intent doesn't exist!")
        }
        guard refund.state == .open else {
            throw Refusal.upstream(409, "conflict_error", "Can't update Refund Intent ID \(id) due to a conflict error")
        }
        end(refund, .canceled)
        return ["id": .string(id)]
    }

    /// The card is presented again, or the red key is pressed.
    ///
    /// - Throws: 409 for a button that means nothing here.
    mutating func press(_ command: TerminalCommand, onRefund id: String) throws -> JSON {
        guard let refund = refundIntents[id], var payment = payments[refund.paymentID] else { return .null }
        switch command {
        case .approve:
            payment.refunds.append(
                PaymentRefund(
                    id: next(.refund), paymentID: payment.id, amount: payment.amount - payment.refunded,
                    idempotencyKey: refund.id, createdAt: now))
            payment.status = .refunded
            payments[payment.id] = payment
            notify(payment, action: "payment.updated")
            end(refund, .finished)
        case .cancel: end(refund, .canceled)
        default: throw Refusal.admin("approve or cancel ends a refund", status: 409)
        }
        return refundIntents[id]?.json ?? .null
    }

    private mutating func end(_ refund: RefundIntent, _ state: RefundIntent.State) {
        refundIntents[refund.id]?.state = state
        if devices[refund.deviceID]?.currentIntentID == refund.id { devices[refund.deviceID]?.currentIntentID = nil }
    }
}

import Foundation

/// An order to a terminal to take a payment.
///
/// Source: reference §2.3 and §2.5.
struct PaymentIntent: Sendable {
    let id: String
    let owner: GrantKey
    let deviceID: String
    let isLive: Bool
    let request: PaymentIntentRequest
    let createdAt: Date
    private(set) var state = PaymentIntentState.open
    private(set) var history: [(state: PaymentIntentState, at: Date)]
    var paymentID: Int64?
    /// Moments of the latest reads, for the limiter.
    var reads: [Date] = []

    /// A new intent, still OPEN.
    init(
        id: String, owner: GrantKey, deviceID: String, isLive: Bool, request: PaymentIntentRequest, createdAt: Date
    ) {
        self.id = id
        self.owner = owner
        self.deviceID = deviceID
        self.isLive = isLive
        self.request = request
        self.createdAt = createdAt
        history = [(.open, createdAt)]
    }

    /// Lets an event happen; false when it can't in this state.
    mutating func happen(_ event: PaymentIntentState.Event, at moment: Date) -> Bool {
        guard let next = state.after(event) else { return false }
        state = next
        history.append((next, moment))
        return true
    }

    /// The answer to its creation.
    var createdJSON: JSON {
        var members = fields
        if let payment = request.payment { members["payment"] = payment }
        members["payment_mode"] = "card"
        return .object(members)
    }

    /// The answer of `GET …/payment-intents/{id}`.
    var json: JSON {
        var members = fields
        var payment = request.payment?.members ?? [:]
        if let paymentID { payment["id"] = .string(String(paymentID)) }
        if !payment.isEmpty { members["payment"] = .object(payment) }
        return .object(members)
    }

    /// The latest event, without naming the intent.
    ///
    /// Source: reference §2.5.
    var eventJSON: JSON {
        let last = history.last ?? (state, createdAt)
        return ["status": .string(last.state.rawValue), "created_on": .string(Timestamp.offset(last.at))]
    }

    private var fields: [String: JSON] {
        var members: [String: JSON] = [
            "id": .string(id), "device_id": .string(deviceID), "amount": .int(request.amount),
            "state": .string(state.rawValue),
        ]
        if let description = request.description { members["description"] = .string(description) }
        if let info = request.additionalInfo { members["additional_info"] = info }
        return members
    }
}

import Foundation

extension World {
    /// Puts an intent into a device's one slot.
    ///
    /// Source: reference §2.3.
    ///
    /// - Throws: 400 for a bad body, 403 for another's device or a site without the Integrations API, 409 when
    ///   the slot is taken.
    mutating func createIntent(on deviceID: String, _ body: JSON?, by caller: Caller) throws -> Reply {
        let device = try device(deviceID, of: caller)
        guard let site = users[caller.userID]?.site, var amounts = site.intentAmounts else {
            throw Refusal.upstream(403, "forbidden", "Integrator isn't registered")
        }
        if knobs.minimumAmount > 0 { amounts = min(knobs.minimumAmount, amounts.upperBound)...amounts.upperBound }
        let request = try PaymentIntentRequest(body, site: site, amounts: amounts)
        guard device.mode == .pdv || !knobs.refuseStandaloneIntents else {
            throw Refusal.upstream(400, "bad_request", "The device is not in PDV mode")
        }
        guard device.currentIntentID == nil else { throw occupied }
        let intent = PaymentIntent(
            id: generator.uuid(), owner: caller.key, deviceID: deviceID, isLive: caller.isLive, request: request,
            createdAt: now)
        intents[intent.id] = intent
        devices[deviceID]?.currentIntentID = intent.id
        return .json(intent.createdJSON, status: knobs.intentCreateStatus)
    }

    /// Cancels an intent that no terminal pulled yet.
    ///
    /// Source: reference §2.4.
    ///
    /// - Throws: 403 for another's device, 409 once it is on the terminal, the knob's 404 or 409 when unknown.
    mutating func cancelIntent(_ id: String, on deviceID: String, by caller: Caller) throws -> JSON {
        _ = try device(deviceID, of: caller)
        guard let intent = intents[id], intent.owner.userID == caller.userID, intent.deviceID == deviceID,
            intent.state != .canceled
        else {
            throw Refusal.upstream(knobs.unknownCancelStatus, "101", "That payment intent doesn't exist!")
        }
        guard apply(.canceledByCaller, to: id) else {
            throw Refusal.upstream(
                409, "conflict_error", "Can't update Payment Intent ID \(id) due to a conflict error")
        }
        return ["id": .string(id)]
    }

    /// Reads an intent, at most as often as the limiter allows.
    ///
    /// Source: reference §2.5.
    ///
    /// - Throws: 404 for another's or one older than three months, 429 beyond the limit.
    mutating func readIntent(_ id: String, by caller: Caller) throws -> PaymentIntent {
        guard var intent = intents[id], intent.owner.userID == caller.userID,
            now.timeIntervalSince(intent.createdAt) < 90 * 86_400
        else { throw Refusal.upstream(404, "not_found", "That payment intent doesn't exist!") }
        guard knobs.paymentIntentRPS > 0 else { return intent }
        let window = max(1, 1 / knobs.paymentIntentRPS)
        intent.reads.removeAll { now.timeIntervalSince($0) >= window }
        guard Double(intent.reads.count) < max(1, knobs.paymentIntentRPS) else {
            throw Refusal.upstream(429, "too_many_requests", "Too many requests for the payment intent")
        }
        intent.reads.append(now)
        intents[id] = intent
        return intent
    }

    /// Lists the latest events of a span of at most 30 days.
    ///
    /// Source: reference §2.5.
    ///
    /// - Throws: 400 for missing, malformed or too distant dates.
    func intentEvents(_ query: FormFields, of caller: Caller) throws -> JSON {
        let missing = ["startDate", "endDate"].filter { query.filled($0) == nil }
        guard missing.isEmpty, let first = query.filled("startDate"), let last = query.filled("endDate") else {
            throw Refusal.upstream(
                400, "bad_request", missing.map { "\($0) query param is required" }.joined(separator: ", "))
        }
        guard let start = Timestamp.day(first), let end = Timestamp.day(last), start <= end,
            end.timeIntervalSince(start) <= 30 * 86_400
        else { throw Refusal.upstream(400, "bad_request", "startDate and endDate must span at most 30 days") }
        let found = intents.values.filter { intent in
            intent.owner.userID == caller.userID && intent.createdAt >= start
                && intent.createdAt < end.addingTimeInterval(86_400)
        }
        let events = found.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }.map { intent in
            var members = intent.eventJSON.members ?? [:]
            members["payment_intent_id"] = .string(intent.id)
            return JSON.object(members)
        }
        return ["events": .array(events)]
    }

    /// Lets an event happen to an intent; a final state frees the terminal and is notified.
    mutating func apply(_ event: PaymentIntentState.Event, to id: String) -> Bool {
        guard var intent = intents[id], intent.happen(event, at: now) else { return false }
        intents[id] = intent
        guard intent.state.isFinal else { return true }
        if devices[intent.deviceID]?.currentIntentID == id { devices[intent.deviceID]?.currentIntentID = nil }
        if intent.state != .abandoned || knobs.notifyAbandoned { notify(intent, state: intent.state) }
        return true
    }

    private var occupied: Refusal {
        // Both texts were seen; the body never says which intent blocks (reference §2.3).
        knobs.occupiedTerminalError == "2205"
            ? .upstream(409, "2205", "There is already a queued intent for the device")
            : .upstream(
                409, knobs.occupiedTerminalError, "There is already a queued payment intent for the device")
    }
}

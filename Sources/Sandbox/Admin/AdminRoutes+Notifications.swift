import Hummingbird

extension AdminRoutes {
    /// Notifications on demand.
    func addNotifications(to router: Router<SandboxContext>) {
        router.answer(.post, "/_sim/notify") { call in
            let body = try object(call)
            let overrides = try NotificationOverrides(body)
            return try simulator.change { world in
                let key = try key(in: body, world)
                guard world.applications[key.clientID]?.webhookURL != nil else {
                    throw Refusal.admin("the application has no webhook_url", status: 409)
                }
                let topic = body["topic"]?.string ?? "payment"
                world.sendEnvelope(
                    to: key, topic: topic, action: body["action"]?.string ?? "payment.updated",
                    dataID: body["data_id"]?.loose ?? key.clientID, isLive: true, overrides)
                return .json(["queued": .int(Int64(world.outbox.count))], status: 202)
            }
        }
        router.answer(.post, "/_sim/notify-flat") { call in
            let body = try object(call)
            guard let intentID = body["intent_id"]?.string,
                let state = PaymentIntentState(rawValue: body["state"]?.string ?? "FINISHED")
            else { throw Refusal.admin("intent_id and a state are required") }
            return try simulator.change { world in
                let key = try key(in: body, world)
                world.sendFlat(world.flatBody(of: intentID, key, state), intentID: intentID, state: state, to: key)
                return .json(["queued": .int(Int64(world.outbox.count))], status: 202)
            }
        }
    }
}

extension NotificationOverrides {
    /// Reads `wrong_secret`, `id_case`, `ts_unit`, `duplicate` and `delay_ms`.
    ///
    /// - Throws: 400 for an unknown case or unit.
    fileprivate init(_ body: JSON) throws {
        usesWrongSecret = body["wrong_secret"]?.bool ?? false
        isDuplicated = body["duplicate"]?.bool
        delayMS = body["delay_ms"]?.int
        idCase = try body["id_case"].map { value in
            guard let idCase = value.string.flatMap(Signature.IDCase.init(rawValue:)) else {
                throw Refusal.admin("id_case must be raw or lower")
            }
            return idCase
        }
        unit = try body["ts_unit"].map { value in
            guard let unit = value.string.flatMap(Signature.TimeUnit.init(rawValue:)) else {
                throw Refusal.admin("ts_unit must be s or ms")
            }
            return unit
        }
    }
}

extension World {
    /// The flat body of an intent that may never have existed.
    fileprivate func flatBody(of intentID: String, _ key: GrantKey, _ state: PaymentIntentState) -> JSON {
        if let intent = intents[intentID] { return flatBody(of: intent, state: state) }
        var members: [String: JSON] = [
            "id": .string(intentID), "created_at": .string(Timestamp.plain(now)), "amount": 1500,
            "state": .string(state.rawValue),
        ]
        if knobs.flatWithCaller { addCaller(key, to: &members) }
        return .object(members)
    }
}

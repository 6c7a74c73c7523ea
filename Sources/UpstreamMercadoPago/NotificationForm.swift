import Gateway

/// Brings the provider's two forms into the gateway's words.
enum NotificationForm {
    /// The envelope of REF §4.2, types floating; `nil` where nothing says what it is about.
    static func envelope(_ body: [String: Any]) -> IncomingNotification? {
        let text = AnswerReading.text
        guard let topic = text(body["type"]) ?? text(body["topic"]) else { return nil }
        let data = body["data"] as? [String: Any] ?? [:]
        let action = text(body["action"]) ?? text(body["actions"]) ?? ""
        let resource = text(data["id"]) ?? text(data["payment_id"]) ?? text(body["resource"]) ?? ""
        let upstreamID = text(body["id"]) ?? text(body["_id"])
        let described = [
            topic, resource, action, text(data["version"]) ?? text(body["version"]) ?? "",
            text(body["date_created"]) ?? text(body["sent"]) ?? "",
        ]
        var ids: [String: String] = [:]
        for name in ["id", "payment_id", "merchant_order"] { ids[name] = text(data[name]) }
        if ids.isEmpty, !resource.isEmpty { ids["id"] = resource }
        return IncomingNotification(
            topic: topic, action: action, eventType: eventType(topic, action),
            upstreamUser: text(body["user_id"]).flatMap { UpstreamUserID($0) },
            clientID: text(body["application_id"]), upstreamID: upstreamID, resource: resource,
            identity: upstreamID.map { "id:\($0)" } ?? described.joined(separator: "|"),
            liveMode: body["live_mode"] as? Bool, ids: ids,
            deauthorization: topic == "mp-connect" && action == "application.deauthorized"
                ? .init(at: text(body["date_created"]).flatMap { moment($0) }) : nil)
    }

    /// Reads RFC 3339 with `Z` or an offset; the provider writes both (REF §2.5, §4.3).
    static func moment(_ text: String) -> Timestamp? {
        if let moment = Timestamp(rfc3339: text) { return moment }
        guard let match = text.wholeMatch(of: #/(.{19}(?:\.\d{1,3})?)([+-])(\d\d):?(\d\d)/#),
            let local = Timestamp(rfc3339: "\(match.1)Z"), let hours = Int(match.3), let minutes = Int(match.4)
        else { return nil }
        let offset = Duration.seconds((hours * 60 + minutes) * 60)
        return match.2 == "+" ? local - offset : local + offset
    }

    /// The flat form of REF §2.8, by either channel.
    static func flat(_ body: [String: Any]) -> IncomingNotification? {
        let text = AnswerReading.text
        guard let intent = text(body["id"]), let state = text(body["state"]), !state.isEmpty else { return nil }
        // Which payment it was is for the provider to say: another one, of another sale, may well have been approved.
        let ids = ["id": intent]
        return IncomingNotification(
            topic: "point_integration_wh", action: "state_\(state)",
            eventType: "point.payment_intent.\(word(state))",
            upstreamUser: text(body["caller_id"]).flatMap { UpstreamUserID($0) }, clientID: text(body["client_id"]),
            upstreamID: nil, resource: intent, identity: "intent:\(intent):\(state)", liveMode: nil, ids: ids)
    }

    /// What receivers subscribe to.
    static func eventType(_ topic: String, _ action: String) -> String {
        switch topic {
        case "payment", "order", "orders": action.isEmpty ? word(topic) : word(action)
        case "mp-connect": "account.\(word(action.split(separator: ".").last.map(String.init) ?? "changed"))"
        case "stop_delivery_op_wh": "order.stop_delivery"
        case "topic_chargebacks_wh", "chargebacks": "chargeback.\(action.isEmpty ? "updated" : word(action))"
        case "topic_claims_integration_wh", "claim": "claim.updated"
        case "topic_merchant_order_wh", "merchant_order": "merchant_order.updated"
        default: action.isEmpty ? word(topic) : "\(word(topic)).\(word(action))"
        }
    }

    // Hostile text becomes a word of the types' own alphabet.
    private static func word(_ text: String) -> String {
        let kept = text.lowercased().utf8.prefix(64).map { byte -> UInt8 in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || "._-".utf8.contains(byte)
                ? byte : UInt8(ascii: "_")
        }
        return kept.isEmpty ? "unknown" : String(decoding: kept, as: UTF8.self)
    }
}

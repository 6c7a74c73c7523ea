import Foundation

/// Deviations of one notification from what the knobs say, for `/_sim/notify`.
struct NotificationOverrides: Sendable {
    var usesWrongSecret = false
    var idCase: Signature.IDCase?
    var unit: Signature.TimeUnit?
    var isDuplicated: Bool?
    var delayMS: Int64?
}

extension World {
    /// Tells an application's panel webhook about a payment.
    ///
    /// Source: reference §4.2.
    mutating func notify(_ payment: Payment, action: String) {
        guard applications[payment.owner.clientID]?.topics.contains("payment") ?? false else { return }
        sendEnvelope(
            to: payment.owner, topic: "payment", action: action, dataID: String(payment.id), isLive: payment.isLive)
    }

    /// Tells an application's panel webhook about a link.
    ///
    /// Source: reference §4.3.3.
    mutating func notifyConnection(_ key: GrantKey, action: String) {
        guard applications[key.clientID]?.topics.contains("mp-connect") ?? false else { return }
        let dataID = knobs.mpConnectDataID == "grant" ? "\(key.clientID)-\(key.userID)" : key.clientID
        sendEnvelope(to: key, topic: "mp-connect", action: action, dataID: dataID, isLive: true)
    }

    /// Queues a signed envelope; nothing happens for an application without a webhook.
    mutating func sendEnvelope(
        to key: GrantKey, topic: String, action: String, dataID: String, isLive: Bool,
        _ overrides: NotificationOverrides = NotificationOverrides()
    ) {
        guard let application = applications[key.clientID], let webhook = application.webhookURL else { return }
        let id = next(.notification)
        let body: JSON = [
            "id": .int(id), "live_mode": .bool(isLive), "type": .string(topic),
            "date_created": .string(Timestamp.utc(now)), "user_id": .string(String(key.userID)),
            "api_version": "v1", "action": .string(action),
            "application_id": Int64(key.clientID).map(JSON.int) ?? .string(key.clientID),
            "data": ["id": .string(dataID)],
        ]
        let signing = signing(application, dataID: dataID, overrides)
        enqueue(
            .panel, url: FormFields.appending([("data.id", dataID), ("type", topic)], to: webhook), topic: topic,
            notificationID: String(id), body: body, signing: signing, overrides)
    }

    /// Tells the integrator webhook of an intent's caller about its state.
    ///
    /// Source: reference §2.8.
    mutating func notify(_ intent: PaymentIntent, state: PaymentIntentState) {
        sendFlat(flatBody(of: intent, state: state), intentID: intent.id, state: state, to: intent.owner)
    }

    /// Queues a flat notification to the integrator webhook, and to the panel's where the knob wants it.
    mutating func sendFlat(_ body: JSON, intentID: String, state: PaymentIntentState, to key: GrantKey) {
        let topic = "point_integration_wh"
        let notificationID = "\(intentID):\(state.rawValue)"
        let overrides = NotificationOverrides()
        let integrator = integrators[recordKey(of: key)]
        if let integrator, !integrator.webhook.isEmpty, integrator.isValidWebhook || knobs.deliverBeforeValid {
            let signer = knobs.flatSigned ? applications[key.clientID] : nil
            let signing = signer.map { self.signing($0, dataID: nil, overrides) }
            enqueue(
                .integrator, url: integrator.webhook, topic: topic, notificationID: notificationID, body: body,
                signing: signing, overrides)
        }
        guard knobs.sendTopicPointIntegrationWH, let application = applications[key.clientID],
            let webhook = application.webhookURL
        else { return }
        enqueue(
            .panel, url: FormFields.appending([("data.id", intentID), ("type", topic)], to: webhook), topic: topic,
            notificationID: notificationID, body: body,
            signing: signing(application, dataID: intentID, overrides), overrides)
    }

    /// The flat body of an intent in a state.
    ///
    /// Source: reference §2.8.
    func flatBody(of intent: PaymentIntent, state: PaymentIntentState) -> JSON {
        var members: [String: JSON] = [
            "id": .string(intent.id), "created_at": .string(Timestamp.plain(now)),
            "amount": .int(intent.request.amount), "state": .string(state.rawValue),
        ]
        if let info = intent.request.additionalInfo { members["additional_info"] = info }
        if knobs.flatWithCaller { addCaller(intent.owner, to: &members) }
        let payment = intent.paymentID.flatMap { payments[$0] }
        switch state {
        case .finished:
            members["payment"] = payment.map {
                ["id": .int($0.id), "state": .string($0.status.rawValue), "type": .string($0.type)]
            }
        case .confirmationRequired:
            members["payment"] = payment.map { ["id": .int($0.id), "state": "", "type": ""] }
        default: break
        }
        return .object(members)
    }

    /// Adds the fields that name seller and application.
    func addCaller(_ key: GrantKey, to members: inout [String: JSON]) {
        members["caller_id"] = .int(key.userID)
        members["client_id"] = Int64(key.clientID).map(JSON.int) ?? .string(key.clientID)
    }

    private func signing(
        _ application: Application, dataID: String?, _ overrides: NotificationOverrides
    ) -> OutgoingNotification.Signing {
        let idCase = overrides.idCase ?? knobs.signatureIDCase
        return OutgoingNotification.Signing(
            secret: overrides.usesWrongSecret ? application.webhookSecret + "-wrong" : application.webhookSecret,
            dataID: idCase == .lower ? dataID?.lowercased() : dataID, unit: overrides.unit ?? knobs.signatureTSUnit,
            keepsFirst: knobs.retriesKeepSignature)
    }

    private mutating func enqueue(
        _ channel: OutgoingNotification.Channel, url: String, topic: String, notificationID: String, body: JSON,
        signing: OutgoingNotification.Signing?, _ overrides: NotificationOverrides
    ) {
        let delay = overrides.delayMS ?? Int64(knobs.notificationDelayMS)
        let copies = overrides.isDuplicated ?? knobs.duplicateNotifications ? 2 : 1
        for _ in 0..<copies {
            outbox.append(
                OutgoingNotification(
                    id: next(.attempt), channel: channel, url: url, topic: topic, notificationID: notificationID,
                    body: body.text, signing: signing, dueAt: now.addingTimeInterval(Double(delay) / 1000)))
        }
    }
}

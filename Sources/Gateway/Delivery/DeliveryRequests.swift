/// Makes the requests of deliveries: opens, and signs for this attempt.
public struct DeliveryRequests: Sendable {
    private let vault: Vault
    private let forwarder: any NotificationForwarder

    /// Takes what it uses.
    public init(vault: Vault, forwarder: any NotificationForwarder) {
        self.vault = vault
        self.forwarder = forwarder
    }

    /// The request of an attempt that is made now.
    ///
    /// - Throws: ``VaultError`` where body or secrets don't open.
    func request(of claimed: ClaimedDelivery, at moment: Timestamp) async throws(VaultError) -> WebhookRequest {
        let signers = claimed.endpoint.seller.map { DataKeyOwner.seller($0) } ?? .installation
        var secrets: [SigningSecret] = []
        for secret in claimed.secrets {
            secrets.append(
                .symmetric(try await vault.open(secret.sealed, .endpointSecret, row: secret.id.ulid, owner: signers)))
        }
        var request = Draft(url: claimed.endpoint.url, body: [])
        switch claimed.endpoint.format {
        case .envelope:
            let body = try await vault.open(
                claimed.body.sealed, claimed.body.purpose, row: claimed.event.ulid, owner: Self.owner(of: claimed))
            request.body = body.reveal { $0 }
            request.headers = [("content-type", "application/json")]
        case .passthrough: request = try await passedOn(claimed, secrets.first, at: moment)
        }
        let id = claimed.event.description
        let signature = DeliverySigner.signature(of: request.body, id: id, timestamp: moment.seconds, secrets: secrets)
        let headers =
            request.headers + Self.about(claimed) + [
                ("webhook-id", id), ("webhook-timestamp", String(moment.seconds)), ("webhook-signature", signature),
            ]
        return WebhookRequest(
            url: request.url, headers: headers, body: request.body, deadline: claimed.endpoint.timeout)
    }

    private struct Draft {
        var url: String
        var headers: [(name: String, value: String)] = []
        var body: [UInt8]
    }

    /// Query, body and headers as they came; the newest secret signs, since the provider's form has one signature.
    private func passedOn(
        _ claimed: ClaimedDelivery, _ secret: SigningSecret?, at moment: Timestamp
    ) async throws(VaultError) -> Draft {
        let arrived: ArrivedNotification
        if let received = claimed.received {
            let packed = try await vault.open(
                received.sealed, .notification, row: received.id.ulid, owner: Self.owner(of: claimed))
            guard let notification = packed.reveal({ ReceivedForm.notification($0) }) else {
                throw VaultError.doesNotOpen
            }
            arrived = notification
        } else {
            arrived = forwarder.test(at: moment)
        }
        let url = claimed.endpoint.url
        let separator = arrived.query.isEmpty ? "" : url.contains("?") ? "&" : "?"
        let headers = forwarder.headers(
            of: arrived, id: claimed.event.description, at: moment, secret: secret?.text ?? Secret(""))
        return Draft(url: url + separator + arrived.query, headers: headers, body: arrived.body)
    }

    private static func about(_ claimed: ClaimedDelivery) -> [(name: String, value: String)] {
        var headers = [
            ("enlace-delivery-id", claimed.id.description), ("enlace-event-type", claimed.eventType),
            ("enlace-attempt", String(claimed.attempt)), ("enlace-resource-sequence", String(claimed.place)),
        ]
        if claimed.isReplay { headers.append(("enlace-replay", "true")) }
        if claimed.hasOvertaken { headers.append(("enlace-overtook", "true")) }
        return headers.map { (name: $0.0, value: $0.1) }
    }

    private static func owner(of claimed: ClaimedDelivery) -> DataKeyOwner {
        claimed.seller.map { .seller($0) } ?? .installation
    }
}

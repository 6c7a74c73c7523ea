/// Makes the event of a notification: sealed as it arrived, with the body that receivers will get.
public struct NotificationDrafts: Sendable {
    private let sellers: any SellerStore
    private let vault: Vault
    private let reader: any NotificationReader
    private let ids: IdentifierSource

    /// Takes what it uses.
    public init(sellers: any SellerStore, vault: Vault, reader: any NotificationReader, ids: IdentifierSource) {
        self.sellers = sellers
        self.vault = vault
        self.reader = reader
        self.ids = ids
    }

    /// The event of a notification that just came; without a connection it is parked.
    func draft(
        _ notification: IncomingNotification, _ request: ReceivedRequest, proof: Proof,
        channel: NotificationChannel, application: ApplicationID, connection: Connection?,
        contradicting path: ConnectionID?
    ) async throws(Problem) -> EventDraft {
        let identity = lengthPrefixed([
            Array((path?.description ?? "").utf8),
            Array(Self.scope(of: notification, connection).utf8), Array(notification.identity.utf8),
        ])
        return try await draft(
            Parts(
                event: ids.next(), notification: ids.next(), topic: notification.topic, action: notification.action,
                type: notification.eventType,
                // One that contradicts its path names nobody, so that it is never routed later.
                upstreamUser: path == nil ? notification.upstreamUser : nil,
                upstreamID: notification.upstreamID, resource: notification.resource,
                liveMode: notification.liveMode, proof: proof, channel: channel,
                // Keyed, so that ids can't be guessed back from the database.
                identityHash: vault.keyRing.hashing.mac("notification-identity", identity),
                packed: ReceivedForm.pack(
                    request,
                    ReceivedForm.Understood(
                        ids: notification.ids, upstreamID: notification.upstreamID, liveMode: notification.liveMode)),
                ids: notification.ids, receivedAt: request.receivedAt, routedAt: request.receivedAt),
            application: application, connection: connection)
    }

    /// What an event is made of, whether it just came or was parked before.
    struct Parts: Sendable {
        let event: EventID
        let notification: NotificationID
        let topic: String
        let action: String
        let type: String
        let upstreamUser: UpstreamUserID?
        let upstreamID: String?
        let resource: String
        let liveMode: Bool?
        let proof: Proof
        let channel: NotificationChannel
        let identityHash: [UInt8]
        let packed: [UInt8]
        let ids: [String: String]
        let receivedAt: Timestamp
        /// When its seller was known.
        let routedAt: Timestamp
    }

    func draft(
        _ parts: Parts, application: ApplicationID, connection: Connection?
    ) async throws(Problem) -> EventDraft {
        let seller: Seller?
        let sealer: Sealer
        let received: SealedSecret
        do {
            seller = if let connection { try await sellers.seller(.id(connection.seller)) } else { nil }
            sealer = try await vault.sealer(for: connection.map { .seller($0.seller) } ?? .installation)
            received = try sealer.seal(parts.packed, .notification, row: parts.notification.ulid)
        } catch let error as StoreError {
            throw Problem(error)
        } catch VaultError.missingDataKey {
            // Its seller was erased between two steps; when it comes again it is parked.
            throw Problem(StoreError.notFound)
        } catch let error as VaultError {
            throw Problem(error)
        } catch {
            throw Problem(.internalError, "The operator has to look.")
        }
        // What the notification does not say, its connection knows; nobody gets a parked one.
        let liveMode = parts.liveMode ?? connection?.liveMode ?? false
        let body = EventBody(
            id: parts.event, type: parts.type, createdAt: parts.receivedAt, seller: seller, liveMode: liveMode,
            topic: parts.topic, action: parts.action,
            notificationID: parts.upstreamID ?? parts.notification.description, proof: parts.proof, data: parts.ids)
        return EventDraft(
            id: parts.event, seller: connection?.seller, connection: connection?.id, application: application,
            type: parts.type, state: connection == nil ? .parked : .routed, liveMode: liveMode,
            proof: parts.proof,
            origin: EventDraft.Origin(
                notification: parts.notification, channel: parts.channel, topic: parts.topic, action: parts.action,
                upstreamUser: parts.upstreamUser, identityHash: parts.identityHash, received: received),
            resource: parts.resource, createdAt: parts.receivedAt,
            demand: connection == nil ? nil : ProofDemand(reader.need(of: parts.topic), since: parts.routedAt)
        ) { sequence throws(VaultError) in
            try sealer.seal(body.bytes(sequence: sequence), .eventBody, row: body.id.ulid)
        }
    }

    // A flat intent says nothing unique about its sender, so its seller is part of what makes it the same one; an
    // account has one active connection per application, so its number serves for both channels.
    private static func scope(of notification: IncomingNotification, _ connection: Connection?) -> String {
        guard notification.identity.hasPrefix("intent:") else { return "" }
        return (connection?.upstreamUser ?? notification.upstreamUser)?.description ?? ""
    }
}

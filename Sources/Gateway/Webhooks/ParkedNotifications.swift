public import Logging

/// Hands a seller, once linked, what came for its account before (REF §4.5: it may arrive before the callback ends).
public struct ParkedNotifications: Sendable {
    /// What is older stays parked.
    static let longestWait = Duration.seconds(14 * 86_400)

    private let store: any EventStore
    private let vault: Vault
    private let drafts: NotificationDrafts
    private let clock: WallClock
    private let deliveries: Wakeup
    private let logger: Logger

    /// Takes what it uses; `deliveries` rings when there is something to send.
    public init(
        store: any EventStore, vault: Vault, drafts: NotificationDrafts, clock: WallClock, deliveries: Wakeup,
        logger: Logger
    ) {
        self.store = store
        self.vault = vault
        self.drafts = drafts
        self.clock = clock
        self.deliveries = deliveries
        self.logger = logger
    }

    /// Routes what is parked for the connection's account and application, oldest first.
    func replay(for connection: Connection) async throws(Problem) {
        do {
            while true {
                let parked = try await store.parked(
                    for: connection.upstreamUser, application: connection.application,
                    since: clock.now - Self.longestWait)
                guard !parked.isEmpty else { return }
                for notification in parked { try await route(notification, connection) }
                deliveries.ring()
                logger.note(
                    "Parked notifications routed", [.connection: connection.id, .count: parked.count])
            }
        } catch let error as StoreError {
            throw Problem(error)
        } catch let error as VaultError {
            throw Problem(error)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.internalError, "The operator has to look.")
        }
    }

    private func route(_ parked: ParkedNotification, _ connection: Connection) async throws {
        guard let event = try await store.event(parked.event) else { return }
        let packed = try await vault.open(
            parked.received, .notification, row: parked.notification.ulid, owner: .installation)
        let plain = packed.reveal { $0 }
        let draft = try await drafts.draft(
            NotificationDrafts.Parts(
                event: parked.event, notification: parked.notification, topic: event.topic ?? "",
                action: event.action ?? "", type: event.type, upstreamUser: connection.upstreamUser,
                upstreamID: nil, resource: event.resource, liveMode: event.liveMode, proof: event.proof,
                channel: parked.channel, identityHash: parked.identityHash, packed: plain,
                ids: ReceivedForm.ids(plain), receivedAt: parked.receivedAt),
            application: connection.application, connection: connection)
        _ = try await store.route(parked: parked.event, as: draft)
    }
}

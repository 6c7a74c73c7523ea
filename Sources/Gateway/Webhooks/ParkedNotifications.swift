public import Logging

/// Hands a seller, once linked, what came for its account before (REF §4.5: it may arrive before the callback ends).
public struct ParkedNotifications: Sendable {
    /// What is older stays parked.
    static let longestWait = Duration.seconds(14 * 86_400)

    private let store: any EventStore & ConnectionStore
    private let vault: Vault
    private let drafts: NotificationDrafts
    private let clock: WallClock
    private let deliveries: Wakeup
    private let logger: Logger

    /// Takes what it uses; `deliveries` rings when there is something to send.
    public init(
        store: any EventStore & ConnectionStore, vault: Vault, drafts: NotificationDrafts, clock: WallClock,
        deliveries: Wakeup, logger: Logger
    ) {
        self.store = store
        self.vault = vault
        self.drafts = drafts
        self.clock = clock
        self.deliveries = deliveries
        self.logger = logger
    }

    /// Routes what is parked for connections that are linked, whatever kept it from being routed before.
    ///
    /// One that came while its account was being linked may have been parked after the replay that a link does.
    func replayAll() async {
        do {
            for connection in try await store.connections(parkedSince: oldest) { await replay(for: connection) }
        } catch {
            logger.note("Parked notifications not looked for: the store does not answer", at: .error)
        }
    }

    /// Routes what is parked for the connection's account and application, oldest first.
    ///
    /// What can't be routed now stays parked, and ``replayAll()`` tries it again.
    func replay(for connection: Connection) async {
        do {
            var last: EventID?
            while true {
                let parked = try await store.parked(
                    for: connection.upstreamUser, application: connection.application, since: oldest, after: last)
                guard let newest = parked.last else { return }
                last = newest.event
                let count = try await route(parked, connection)
                guard count > 0 else { continue }
                deliveries.ring()
                logger.note("Parked notifications routed", [.connection: connection.id, .count: count])
            }
        } catch {
            logger.note(
                "Parked notifications not routed: the store does not answer", at: .error,
                [.connection: connection.id])
        }
    }

    private var oldest: Timestamp { clock.now - Self.longestWait }

    /// How many were routed; one that can't be opened holds up no other.
    private func route(
        _ parked: [ParkedNotification], _ connection: Connection
    ) async throws(StoreError) -> Int {
        var count = 0
        for notification in parked {
            do {
                try await route(notification, connection)
                count += 1
            } catch {
                let code = AccountLinker.problem(error).code
                if code == .storageUnavailable { throw .unavailable }
                logger.note(
                    "Parked notification not routed", at: .warning,
                    [.connection: connection.id, .event: notification.event, .code: code.rawValue])
            }
        }
        return count
    }

    private func route(_ parked: ParkedNotification, _ connection: Connection) async throws {
        guard let event = try await store.event(parked.event) else { return }
        let packed = try await vault.open(
            parked.received, .notification, row: parked.notification.ulid, owner: .installation)
        let plain = packed.reveal { $0 }
        let understood = ReceivedForm.understood(plain)
        let draft = try await drafts.draft(
            NotificationDrafts.Parts(
                event: parked.event, notification: parked.notification, topic: event.topic ?? "",
                action: event.action ?? "", type: event.type, upstreamUser: connection.upstreamUser,
                upstreamID: understood.upstreamID, resource: event.resource, liveMode: understood.liveMode,
                proof: event.proof, channel: parked.channel, identityHash: parked.identityHash, packed: plain,
                ids: understood.ids, receivedAt: parked.receivedAt, routedAt: clock.now),
            application: connection.application, connection: connection)
        _ = try await store.route(parked: parked.event, as: draft)
    }
}

public import Logging

/// What came of a notification, for the listener to answer.
public enum Receipt: Hashable, Sendable {
    /// Durable, with a delivery row per matching endpoint: 200.
    case accepted
    /// The same one is durable already: 200.
    case duplicate
    /// Durable, but its seller is not known (yet): 200.
    case parked
    /// Of a form that is dropped by design: 200.
    case ignored
    /// Signature missing or wrong: 401.
    case unverified
    /// Not to be understood: 400.
    case malformed
    /// No such path: 404.
    case unknownPath
}

/// Takes the provider's notifications: verify, understand, dedup, route, and one transaction before the answer.
public struct NotificationReceiver: Sendable {
    /// The headers that the listener hands over, in lower case.
    public var keptHeaders: Set<String> { reader.keptHeaders }

    private let store: any EventStore & ConnectionStore & SellerStore & ApplicationStore
    private let vault: Vault
    private let applications: Applications
    private let address: PublicAddress
    private let reader: any NotificationReader
    private let drafts: NotificationDrafts
    private let deliveries: Wakeup
    private let proofs: Wakeup
    private let arrivals: Arrivals
    private let endings: Wakeup
    private let logger: Logger

    /// Takes what it uses; `deliveries`, `proofs` and `arrivals` ring when something came, `endings` when a
    /// connection may be over.
    public init(
        store: any EventStore & ConnectionStore & SellerStore & ApplicationStore, vault: Vault,
        applications: Applications, address: PublicAddress, reader: any NotificationReader,
        drafts: NotificationDrafts, deliveries: Wakeup, proofs: Wakeup, arrivals: Arrivals, endings: Wakeup,
        logger: Logger
    ) {
        self.store = store
        self.vault = vault
        self.applications = applications
        self.address = address
        self.reader = reader
        self.drafts = drafts
        self.deliveries = deliveries
        self.proofs = proofs
        self.arrivals = arrivals
        self.endings = endings
        self.logger = logger
    }

    /// Takes a notification that came to an application's webhook.
    ///
    /// - Throws: ``Problem/Code/storageUnavailable``: nothing is durable, the provider has to send it again.
    public func receive(application opaque: String, _ request: ReceivedRequest) async throws(Problem) -> Receipt {
        guard let id = address.application(opaque: opaque), let application = try await application(id) else {
            return .unknownPath
        }
        let secrets = try await applications.opened(.webhook, of: id)
        switch reader.read(application: request, secrets: secrets) {
        case .understood(let notification, let proof):
            let holder = try await connection(of: notification, with: id)
            if let holder { try await note(notification, proof, request.receivedAt, of: holder) }
            // What comes for an account that nobody has confirmed is kept until somebody has.
            let connection = holder.flatMap { $0.state.isUsable ? $0 : nil }
            return try await record(request, notification, proof, .application, application, connection)
        case .ignored: return .ignored
        case .unverified(let reason): return refused(.unverified, reason, id.description)
        case .malformed(let reason): return refused(.malformed, reason, id.description)
        }
    }

    /// Takes a notification that came to one connection's webhook.
    ///
    /// - Throws: ``Problem/Code/storageUnavailable``: nothing is durable, the provider has to send it again.
    public func receive(connection opaque: String, _ request: ReceivedRequest) async throws(Problem) -> Receipt {
        guard let connection = try await connection(opaque: opaque),
            let application = try await application(connection.application)
        else { return .unknownPath }
        let secrets = try await applications.opened(.webhook, of: application.id)
        switch reader.read(connection: request, secrets: secrets) {
        case .understood(let notification, let proof):
            // A path and a caller that disagree: parked apart, so that it suppresses nothing (DESIGN §8).
            let isForeign = notification.upstreamUser.map { $0 != connection.upstreamUser } ?? false
            let target = isForeign || !connection.state.isUsable ? nil : connection
            return try await record(
                request, notification, proof, .connection, application, target,
                contradicting: isForeign ? connection : nil)
        case .ignored: return .ignored
        case .unverified(let reason): return refused(.unverified, reason, connection.id.description)
        case .malformed(let reason): return refused(.malformed, reason, connection.id.description)
        }
    }

    /// The answer to the provider's challenge, or `nil` where there is nothing to answer with.
    public func challenge(connection opaque: String, code: String) async throws(Problem) -> String? {
        guard let connection = try await connection(opaque: opaque), let sealed = connection.integratorToken else {
            return nil
        }
        do {
            let token = try await vault.open(
                sealed, .integratorToken, row: connection.id.ulid, owner: .seller(connection.seller))
            return reader.answer(challenge: code, token: token.text)
        } catch {
            throw Problem(error)
        }
    }

    private func record(
        _ request: ReceivedRequest, _ notification: IncomingNotification, _ proof: Proof,
        _ channel: NotificationChannel, _ application: Application, _ connection: Connection?,
        contradicting path: Connection? = nil
    ) async throws(Problem) -> Receipt {
        let draft = try await drafts.draft(
            notification, request, proof: proof, channel: channel, application: application.id,
            connection: connection, contradicting: path?.id)
        let outcome: RecordOutcome
        do { outcome = try await store.record(draft) } catch { throw Problem(error) }
        switch outcome {
        case .duplicate: return .duplicate
        case .recorded(let count):
            if count > 0 { deliveries.ring() }
            if draft.demand != nil { proofs.ring() }
            if let seller = draft.seller { arrivals.ring(seller) }
            logger.note(
                "Notification recorded", at: .debug,
                [.event: draft.id, .topic: notification.topic, .count: count, .state: draft.state.rawValue])
            return draft.state == .parked ? .parked : .accepted
        }
    }

    /// Writes down, before it is answered, that the shop owner took the permission back (REF §4.3.3).
    ///
    /// It is believed only with a signature, and only after the access token was tried.
    private func note(
        _ notification: IncomingNotification, _ proof: Proof, _ receivedAt: Timestamp, of connection: Connection
    ) async throws(Problem) {
        guard let deauthorization = notification.deauthorization, proof == .signature else { return }
        do {
            try await store.noteDeauthorization(of: connection.id, at: deauthorization.at ?? receivedAt)
        } catch { throw Problem(error) }
        endings.ring()
    }

    private func refused(_ receipt: Receipt, _ reason: String, _ subject: String) -> Receipt {
        logger.note("Notification refused", at: .warning, [.reason: reason, .route: subject])
        return receipt
    }

    private func application(_ id: ApplicationID) async throws(Problem) -> Application? {
        do { return try await store.application(id) } catch { throw Problem(error) }
    }

    private func connection(opaque: String) async throws(Problem) -> Connection? {
        guard let id = address.connection(opaque: opaque) else { return nil }
        do { return try await store.connection(id) } catch { throw Problem(error) }
    }

    private func connection(
        of notification: IncomingNotification, with application: ApplicationID
    ) async throws(Problem) -> Connection? {
        guard let user = notification.upstreamUser else { return nil }
        do { return try await store.activeConnection(of: user, with: application) } catch { throw Problem(error) }
    }
}

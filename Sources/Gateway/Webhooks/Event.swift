/// What sellers receive: made from a notification or by Enlace itself.
///
/// One row holds both.
public struct Event: Identified, Hashable, Sendable {
    /// The letters that its ids begin with.
    public static let idPrefix = "evt_"

    /// Whether its seller is known.
    public enum State: String, Sendable, CaseIterable {
        /// Belongs to a seller, or to the installation.
        case routed
        /// Names an account that is not linked (yet), or contradicts itself; kept, delivered to nobody.
        case parked
        /// Says something of money that the provider denies; kept, delivered to nobody any more.
        case contradicted
    }

    /// The event's id, sent as `webhook-id`.
    public let id: EventID
    /// Rises with every event of the installation; gaps are possible.
    public let sequence: Int64
    /// Whose event; `nil` while parked and for what concerns the installation.
    public let seller: SellerID?
    /// Through which connection it came.
    public let connection: ConnectionID?
    /// What happened: `payment.updated`, `seller.linked`.
    public let type: String
    /// Whether its seller is known.
    public let state: State
    /// Whether it is about real money.
    public let liveMode: Bool
    /// What vouches for it.
    public let proof: Proof
    /// The provider's topic; `nil` for what Enlace itself says.
    public let topic: String?
    /// The provider's action.
    public let action: String?
    /// The id of what it is about.
    public let resource: String
    /// The id of the notification that it was made from.
    public let notification: NotificationID?
    /// When it was recorded.
    public let createdAt: Timestamp
    /// What stays of its payload, if that is no longer kept.
    public let forgotten: Forgotten?

    /// What stays of a payload.
    public struct Forgotten: Hashable, Sendable {
        /// When it was forgotten.
        public let at: Timestamp
        /// SHA-256 of the bytes that receivers got; `nil` where nobody could open them any more.
        public let sha256: [UInt8]?
        /// How many bytes they were.
        public let size: Int?

        /// Takes what was read.
        public init(at moment: Timestamp, sha256: [UInt8]?, size: Int?) {
            at = moment
            self.sha256 = sha256
            self.size = size
        }
    }

    /// Takes the fields as they were read.
    public init(
        id: EventID, sequence: Int64, seller: SellerID?, connection: ConnectionID?, type: String, state: State,
        liveMode: Bool, proof: Proof, topic: String?, action: String?, resource: String,
        notification: NotificationID?, createdAt: Timestamp, forgotten: Forgotten? = nil
    ) {
        self.id = id
        self.sequence = sequence
        self.seller = seller
        self.connection = connection
        self.type = type
        self.state = state
        self.liveMode = liveMode
        self.proof = proof
        self.topic = topic
        self.action = action
        self.resource = resource
        self.notification = notification
        self.createdAt = createdAt
        self.forgotten = forgotten
    }

    /// What is in the order of one resource: the same for all events of it, of one family of types (DLV 12).
    public static func line(of type: String, about resource: String) -> Int64 {
        let family = type.prefix { $0 != "." }
        return sha256("\(family) \(resource)").prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }

    /// Whether events of a type go before all others and wait for none: the shop is about to hand out what must not be.
    public static func isUrgent(_ type: String) -> Bool { type == "order.stop_delivery" }
}

/// The id of an event: `evt_…`.
public typealias EventID = Identifier<Event>

/// The kind of thing that a `ntf_…` id names: one thing the provider told us.
public enum Notification: Identified {
    /// The letters that its ids begin with.
    public static let idPrefix = "ntf_"
}

/// The id of a notification: `ntf_…`.
public typealias NotificationID = Identifier<Notification>

/// An event about to be recorded; its body is made inside the transaction, when its sequence is known.
public struct EventDraft: Sendable {
    /// The event's id.
    public let id: EventID
    /// Whose event; `nil` parks a notification and addresses the integrator's endpoints otherwise.
    public let seller: SellerID?
    /// Through which connection it came.
    public let connection: ConnectionID?
    /// The application it came for.
    public let application: ApplicationID?
    /// What happened.
    public let type: String
    /// Whether its seller is known.
    public let state: Event.State
    /// Whether it is about real money.
    public let liveMode: Bool
    /// What vouches for it.
    public let proof: Proof
    /// The notification it was made from; `nil` for what Enlace itself says.
    public let origin: Origin?
    /// The id of what it is about.
    public let resource: String
    /// When it is recorded.
    public let createdAt: Timestamp
    /// What is looked up before receivers are told; `nil` for what is told as it came.
    public let demand: ProofDemand?
    /// The only endpoint it goes to, as a test event does; `nil` goes to all that match.
    public let onlyEndpoint: EndpointID?
    /// Makes the sealed body once the sequence is known; called once, in the transaction.
    public let body: @Sendable (_ sequence: Int64) throws(VaultError) -> SealedSecret

    /// What an event keeps of the notification it was made from.
    public struct Origin: Sendable {
        /// The notification's id.
        public let notification: NotificationID
        /// Through which door it came.
        public let channel: NotificationChannel
        /// The provider's topic.
        public let topic: String
        /// The provider's action.
        public let action: String
        /// The account it names, by which a parked one is found again.
        public let upstreamUser: UpstreamUserID?
        /// SHA-256 over what makes it the same as another one; unique per application.
        public let identityHash: [UInt8]
        /// Query, kept headers and body as they arrived, sealed.
        public let received: SealedSecret

        /// Takes the fields as they were made.
        public init(
            notification: NotificationID, channel: NotificationChannel, topic: String, action: String,
            upstreamUser: UpstreamUserID?, identityHash: [UInt8], received: SealedSecret
        ) {
            self.notification = notification
            self.channel = channel
            self.topic = topic
            self.action = action
            self.upstreamUser = upstreamUser
            self.identityHash = identityHash
            self.received = received
        }
    }

    /// Takes the fields as they were made.
    public init(
        id: EventID, seller: SellerID?, connection: ConnectionID?, application: ApplicationID?, type: String,
        state: Event.State = .routed, liveMode: Bool, proof: Proof, origin: Origin? = nil, resource: String,
        createdAt: Timestamp, demand: ProofDemand? = nil, onlyEndpoint: EndpointID? = nil,
        body: @escaping @Sendable (_ sequence: Int64) throws(VaultError) -> SealedSecret
    ) {
        self.id = id
        self.seller = seller
        self.connection = connection
        self.application = application
        self.type = type
        self.state = state
        self.liveMode = liveMode
        self.proof = proof
        self.origin = origin
        self.resource = resource
        self.createdAt = createdAt
        self.demand = demand
        self.onlyEndpoint = onlyEndpoint
        self.body = body
    }
}

/// What became of an event that was to be recorded.
public enum RecordOutcome: Hashable, Sendable {
    /// Durable, with one delivery row per matching endpoint.
    case recorded(deliveries: Int)
    /// The same notification was recorded before; nothing was written.
    case duplicate
}

/// Keeps what is to be looked up at the provider before receivers are told.
///
/// Every method is one transaction.
public protocol ProofStore: Sendable {
    /// When somebody is to be asked next; `nil` when nobody is.
    func nextProof() async throws(StoreError) -> Timestamp?
    /// Takes up to `limit` events whose turn it is; if nothing is heard of one it is taken again from `lease` on.
    func takeProofs(at moment: Timestamp, lease: Timestamp, limit: Int) async throws(StoreError) -> [OpenProof]
    /// Writes down what came of it, and lets the deliveries go that waited, or ends them.
    ///
    /// - Returns: Whether deliveries have become due; `false` too where somebody else has settled it.
    func settle(_ proof: OpenProof, _ outcome: ProofOutcome, at moment: Timestamp) async throws(StoreError) -> Bool
}

/// An event that has something to be looked up.
public struct OpenProof: Sendable {
    /// The event.
    public let event: EventID
    /// Its type.
    public let type: String
    /// Whose event.
    public let seller: SellerID
    /// Through which connection it came.
    public let connection: ConnectionID
    /// What the notification said.
    public let subject: NotificationSubject
    /// Its body with ids alone, sealed.
    public let body: SealedSecret
    /// Whether it says itself how something about money went.
    public let isClaim: Bool
    /// Whether the provider has said otherwise before.
    public let isDisputed: Bool
    /// Whether a delivery waits that is not made without proof.
    public let isAwaited: Bool
    /// How often the provider was asked, this time included.
    public let tries: Int
    /// Since when the proof is wanted.
    public let since: Timestamp

    /// Takes the fields as they were read.
    public init(
        event: EventID, type: String, seller: SellerID, connection: ConnectionID, subject: NotificationSubject,
        body: SealedSecret, isClaim: Bool, isDisputed: Bool, isAwaited: Bool, tries: Int, since: Timestamp
    ) {
        self.event = event
        self.type = type
        self.seller = seller
        self.connection = connection
        self.subject = subject
        self.body = body
        self.isClaim = isClaim
        self.isDisputed = isDisputed
        self.isAwaited = isAwaited
        self.tries = tries
        self.since = since
    }
}

/// What came of asking the provider.
public enum ProofOutcome: Sendable {
    /// It is so: receivers get this body, unless they were told with ids alone meanwhile.
    case fetched(expanded: SealedSecret)
    /// It can't be looked up: receivers get ids alone, and those that get the notification as it came get nothing.
    case unproved
    /// It was not this account's turn: nobody was asked.
    case postponed(until: Timestamp)
    /// It could not be looked up now; it is told with ids alone when its time comes.
    case again(at: Timestamp)
    /// The provider says otherwise, which may change: nobody is told until then, and nothing waits for it.
    case disputed(again: Timestamp)
    /// The provider goes on saying otherwise: nobody is told but for the operators, by this event.
    case contradicted(alarm: EventDraft)
}

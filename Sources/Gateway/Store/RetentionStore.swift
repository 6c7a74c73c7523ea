/// Forgets what has been kept for long enough.
///
/// Every method is one transaction, short enough that no other writer waits for it. What belongs to a delivery that has
/// not ended is never touched (DLV 18).
public protocol RetentionStore: Sendable {
    /// Events from before a time whose payloads are kept and whose deliveries have all ended before it too, oldest
    /// first; parked ones from before `parked` only, since until then they may be routed.
    func oldPayloads(
        before moment: Timestamp, parked: Timestamp, after: OldPayload?, limit: Int
    ) async throws(StoreError) -> [OldPayload]
    /// Forgets payloads, leaving what is given of each; one that has a delivery again that has not ended stays.
    ///
    /// - Returns: How many were forgotten.
    func forget(_ payloads: [PayloadRemains], at moment: Timestamp) async throws(StoreError) -> Int
    /// Looks at up to `limit` rows of one kind that were made before a time, and forgets those that may be: what belongs
    /// to a delivery once that has ended before the time too.
    func forget(
        _ kind: RetainedKind, before moment: Timestamp, after position: Int64, limit: Int
    ) async throws(StoreError) -> Forgetting
    /// Gives up to `most` pages that hold nothing any more back to the file system; answers whether there may be more.
    func giveBack(pages most: Int) async throws(StoreError) -> Bool
}

/// What is kept, each kind for a time of its own.
public enum RetainedKind: String, Sendable, CaseIterable {
    /// What makes a notification the same as another one.
    case identities
    /// Attempts of deliveries.
    case attempts
    /// What became of deliveries.
    case deliveries
    /// Events that no delivery points at any more.
    case events
}

/// What came of a look.
public struct Forgetting: Hashable, Sendable {
    /// How many rows were forgotten.
    public let count: Int
    /// Where to go on; `nil` when there is nothing older than the time behind it.
    public let next: Int64?

    /// Takes what was done.
    public init(count: Int, next: Int64?) {
        self.count = count
        self.next = next
    }
}

/// A payload that may be forgotten.
public struct OldPayload: Sendable {
    /// Whose body it is.
    public let event: EventID
    /// Whose event; `nil` for the installation.
    public let seller: SellerID?
    /// Whether its seller was erased, so that nothing opens it any more.
    public let isErased: Bool
    /// The body, sealed.
    public let body: SealedBody
    /// When the event was recorded.
    public let createdAt: Timestamp

    /// Takes what was read.
    public init(event: EventID, seller: SellerID?, isErased: Bool, body: SealedBody, createdAt: Timestamp) {
        self.event = event
        self.seller = seller
        self.isErased = isErased
        self.body = body
        self.createdAt = createdAt
    }
}

/// What stays of a payload that is forgotten: enough to tell whether one that somebody else has kept is the same.
public struct PayloadRemains: Hashable, Sendable {
    /// Whose body it was.
    public let event: EventID
    /// SHA-256 of the bytes that receivers got; `nil` where they could not be opened any more.
    public let sha256: [UInt8]?
    /// How many bytes they were.
    public let size: Int?

    /// Takes what was found.
    public init(event: EventID, sha256: [UInt8]?, size: Int?) {
        self.event = event
        self.sha256 = sha256
        self.size = size
    }
}

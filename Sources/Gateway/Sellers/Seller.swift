/// One merchant, the unit of isolation.
public struct Seller: Identified, Hashable, Sendable {
    /// The letters that its ids begin with.
    public static let idPrefix = "sel_"

    /// Whether a seller may be served.
    public enum State: String, Sendable, CaseIterable {
        /// Served as its connections allow.
        case active
        /// Switched off by the operator: the proxy refuses, notifications are kept.
        case disabled
        /// Erased for good (invariant 9): its row stays for the sake of what points at it, and says nothing.
        case erased
    }

    /// The seller's id.
    public let id: SellerID
    /// The integrator's own id for it, unique.
    public var externalRef: ExternalRef?
    /// The shop's name as pages show it; hostile input, 1 to 120 characters; empty once it is erased.
    public var name: String
    /// Whether it may be served.
    public var state: State
    /// When it was created.
    public let createdAt: Timestamp

    /// Takes the fields as they were read or made.
    public init(id: SellerID, externalRef: ExternalRef?, name: String, state: State, createdAt: Timestamp) {
        self.id = id
        self.externalRef = externalRef
        self.name = name
        self.state = state
        self.createdAt = createdAt
    }
}

/// The id of a seller: `sel_…`.
public typealias SellerID = Identifier<Seller>

/// What of a seller is to be changed; `nil` leaves it.
public struct SellerChanges: Sendable {
    /// The shop's name as pages show it.
    public var name: String?
    /// The integrator's own id for it; `.some(nil)` takes it away.
    public var externalRef: ExternalRef??
    /// Whether it may be served.
    public var state: Seller.State?

    /// Changes nothing until told.
    public init(name: String? = nil, externalRef: ExternalRef?? = nil, state: Seller.State? = nil) {
        self.name = name
        self.externalRef = externalRef
        self.state = state
    }
}

/// Which sellers are cut off from the provider, until an operator says that all is well again (SEC C8.3).
public struct Quarantine: Sendable {
    /// Whom it is about.
    public enum Scope: Hashable, Sendable, CustomStringConvertible {
        /// One seller.
        case seller(SellerID)
        /// Every seller, those to come included.
        case all

        /// What the audit calls it.
        public var description: String {
            switch self {
            case .seller(let id): id.description
            case .all: "all"
            }
        }
    }

    /// How far it goes, erased sellers left out.
    public struct Reach: Hashable, Sendable {
        /// How many sellers.
        public let sellers: Int
        /// How many of them have an active connection, and so tokens.
        public let affectedSellers: Int
        /// How many active connections they have.
        public let affectedConnections: Int

        /// Takes the counts as they were read.
        public init(sellers: Int, affectedSellers: Int, affectedConnections: Int) {
            self.sellers = sellers
            self.affectedSellers = affectedSellers
            self.affectedConnections = affectedConnections
        }
    }

    /// Since when it holds for every seller; `nil` where it does not.
    public let allSince: Timestamp?
    /// Those for whom it holds by themselves, and since when.
    public let sellers: [SellerID: Timestamp]
    /// Those for whom it was lifted while it holds for every other.
    public let exempt: Set<SellerID>

    /// Takes what the store holds; by default nobody is quarantined.
    public init(allSince: Timestamp? = nil, sellers: [SellerID: Timestamp] = [:], exempt: Set<SellerID> = []) {
        self.allSince = allSince
        self.sellers = sellers
        self.exempt = exempt
    }

    /// Since when a seller is quarantined; `nil` for one that is not.
    public func since(_ seller: SellerID) -> Timestamp? {
        if let own = sellers[seller] { return own }
        return exempt.contains(seller) ? nil : allSince
    }

    /// Whether nobody is.
    public var isEmpty: Bool { allSince == nil && sellers.isEmpty }
}

extension Problem {
    /// The answer on every path to the provider.
    static let sellerQuarantined = Problem(
        .sellerQuarantined,
        "The operator has cut this seller off for safety: its tokens are neither used nor renewed. Nothing was sent. "
            + "Wait until the operator lifts it.")
}

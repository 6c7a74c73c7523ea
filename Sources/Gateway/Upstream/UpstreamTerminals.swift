/// What the gateway asks of the provider about a seller's terminals and the places they stand in.
public protocol UpstreamTerminals: Sendable {
    /// The first 50 terminals that are paired with the token's account.
    func terminals(with token: Secret<String>) async throws(UpstreamError) -> [Terminal]
    /// Sets a terminal to take its charges by API; the terminal follows after a restart.
    ///
    /// - Throws: ``UpstreamError/refused(code:status:)`` also where it has no point of sale, or the point of sale has
    ///   another terminal in that mode.
    func setPDV(_ terminal: TerminalID, with token: Secret<String>) async throws(UpstreamError)
    /// Whether the account has a store.
    func hasStore(_ user: UpstreamUserID, with token: Secret<String>) async throws(UpstreamError) -> Bool
    /// Whether the token's account has a point of sale.
    func hasPointOfSale(with token: Secret<String>) async throws(UpstreamError) -> Bool
}

/// A terminal as the provider lists it.
public struct Terminal: Hashable, Sendable {
    /// How a terminal takes its work.
    public enum Mode: String, Sendable, CaseIterable {
        /// It pulls charges that the API sent; the mode that the integrator needs.
        case pdv
        /// It works alone; charges sent by API stay where they are.
        case standalone
    }

    /// Its id at the provider.
    public let id: TerminalID
    /// The mode that the provider shows; `nil` where it does not say.
    public let mode: Mode?
    /// The store it is assigned to; `nil` for none.
    public let store: String?
    /// The point of sale it is assigned to; `nil` for none.
    public let pointOfSale: String?
    /// The integrator's own id for the point of sale.
    public let externalPointOfSale: String?

    /// Takes the fields as they were read.
    public init(
        id: TerminalID, mode: Mode?, store: String?, pointOfSale: String?, externalPointOfSale: String? = nil
    ) {
        self.id = id
        self.mode = mode
        self.store = store
        self.pointOfSale = pointOfSale
        self.externalPointOfSale = externalPointOfSale
    }

    /// Whether it stands at a point of sale of a store.
    public var isAssigned: Bool { store != nil && pointOfSale != nil }

    /// The same terminal in another mode.
    func inMode(_ mode: Mode) -> Terminal {
        Terminal(
            id: id, mode: mode, store: store, pointOfSale: pointOfSale, externalPointOfSale: externalPointOfSale)
    }
}

/// A terminal's id at the provider: its type and its serial number.
///
/// Shape: 1 to 64 of `A-Z a-z 0-9 _ -`, so that it can stand in a path as it is.
public struct TerminalID: Hashable, Sendable, LosslessStringConvertible {
    /// The id as the provider writes it; safe to log.
    public let description: String

    /// Accepts text of that shape; anything else gives `nil`.
    public init?(_ text: String) {
        guard (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ byte in
                (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            })
        else { return nil }
        description = text
    }
}

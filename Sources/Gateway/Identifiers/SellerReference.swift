/// How a caller names a seller in a path: `sel_…` or `ref:<external_ref>`.
public enum SellerReference: Hashable, Sendable, LosslessStringConvertible {
    case id(SellerID)
    case external(ExternalRef)

    /// Reads either form; anything else gives `nil`.
    public init?(_ text: String) {
        if text.hasPrefix("ref:") {
            guard let ref = ExternalRef(String(text.dropFirst(4))) else { return nil }
            self = .external(ref)
        } else {
            guard let id = SellerID(text) else { return nil }
            self = .id(id)
        }
    }

    /// The text as it stands in a path.
    public var description: String {
        switch self {
        case .id(let id): id.description
        case .external(let ref): "ref:\(ref)"
        }
    }
}

extension Seller {
    /// Whether `reference` names this seller.
    func isNamed(by reference: SellerReference) -> Bool {
        switch reference {
        case .id(let id): self.id == id
        case .external(let ref): externalRef == ref
        }
    }
}

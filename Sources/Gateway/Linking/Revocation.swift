/// Who ended a connection, and why.
public struct Revocation: Hashable, Sendable {
    /// Whose doing it was.
    public enum Party: String, Sendable, CaseIterable {
        /// By a key or a command.
        case integrator
        /// The shop's owner, on a page or at the provider.
        case shopOwner = "shop_owner"
        /// By itself.
        case gateway
    }

    /// What ended it.
    public enum Reason: String, Sendable, CaseIterable {
        /// Somebody asked for it.
        case requested
        /// The shop owner took it back on the last page.
        case undone
        /// The shop owner took the permission back at the provider.
        case deauthorized
        /// Nobody confirmed it in time.
        case notConfirmed = "not_confirmed"
        /// Another connection of the seller took its place.
        case replaced
    }

    /// Whose doing it was.
    public let party: Party
    /// What ended it.
    public let reason: Reason

    /// Takes both.
    public init(by party: Party, _ reason: Reason) {
        self.party = party
        self.reason = reason
    }
}

extension Actor {
    /// The same as receivers and pages are told.
    public var party: Revocation.Party {
        switch self {
        case .key, .command: .integrator
        case .shopOwner, .statusPage: .shopOwner
        case .gateway: .gateway
        }
    }
}

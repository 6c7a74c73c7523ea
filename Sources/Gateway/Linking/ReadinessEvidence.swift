/// What was seen of a seller when its readiness was asked for.
public struct ReadinessEvidence: Sendable {
    /// Why something at the provider could not be looked at.
    public enum Gap: Error, Hashable, Sendable {
        /// There is no account to look at it with.
        case notLinked
        /// The gateway has no token that it may use.
        case tokenUnavailable
        /// The provider did not accept the token.
        case tokenRefused
        /// It could not be reached, or gave no answer in time.
        case unreachable
        /// It asked for a pause, now or shortly before.
        case limited
        /// It refused in so many words.
        case refused

        /// What an error of the provider leaves open.
        init(_ error: UpstreamError) {
            self =
                switch error {
                case .notWritten, .unanswered: .unreachable
                case .limited: .limited
                case .refused: .refused
                case .unauthorized: .tokenRefused
                }
        }
    }

    /// The connection whose readiness it is.
    public struct Link: Hashable, Sendable {
        /// Which one.
        public let connection: ConnectionID
        /// Where it stands.
        public let state: Connection.State
        /// Whether the system that it was imported from may still answer at its webhook.
        public let isHeld: Bool

        /// Takes the fields as they were read.
        public init(connection: ConnectionID, state: Connection.State, isHeld: Bool) {
            self.connection = connection
            self.state = state
            self.isHeld = isHeld
        }
    }

    /// What the account has of places for terminals.
    public struct Places: Hashable, Sendable {
        /// Whether it has a store.
        public let hasStore: Bool
        /// Whether it has a point of sale.
        public let hasPointOfSale: Bool

        /// Takes both.
        public init(hasStore: Bool, hasPointOfSale: Bool) {
            self.hasStore = hasStore
            self.hasPointOfSale = hasPointOfSale
        }
    }

    /// What the provider says of the connection's webhook.
    public struct Webhook: Hashable, Sendable {
        /// Whether it is the gateway's own address.
        public let isOurs: Bool
        /// Whether the provider has seen it answer a challenge.
        public let isValid: Bool

        /// Takes both.
        public init(isOurs: Bool, isValid: Bool) {
            self.isOurs = isOurs
            self.isValid = isValid
        }
    }

    /// The connection; `nil` where the seller was never linked.
    public var link: Link?
    /// The terminals of the account.
    public var terminals: Result<[Terminal], Gap>
    /// What the account has of places; looked at only where no terminal is assigned to one.
    public var places: Result<Places, Gap>
    /// When each terminal was last set to another mode through the gateway.
    public var modeChanges: [TerminalID: Timestamp]
    /// The connection's webhook.
    public var webhook: Result<Webhook, Gap>
    /// The endpoints that get the seller's events.
    public var endpoints: [EndpointSign]
    /// When payments were first and last told of.
    public var payments: EventSpan?

    /// Of a seller of whom nothing was seen, unless told otherwise.
    public init(
        link: Link? = nil, terminals: Result<[Terminal], Gap> = .failure(.notLinked),
        places: Result<Places, Gap> = .failure(.notLinked), modeChanges: [TerminalID: Timestamp] = [:],
        webhook: Result<Webhook, Gap> = .failure(.notLinked), endpoints: [EndpointSign] = [],
        payments: EventSpan? = nil
    ) {
        self.link = link
        self.terminals = terminals
        self.places = places
        self.modeChanges = modeChanges
        self.webhook = webhook
        self.endpoints = endpoints
        self.payments = payments
    }
}

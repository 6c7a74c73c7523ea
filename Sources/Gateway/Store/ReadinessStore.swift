/// Reads what a seller's readiness is judged by.
///
/// Every method is one transaction.
public protocol ReadinessStore: Sendable {
    /// How deliveries end at the endpoints that get a seller's events: its own first, then the integrator's; 20 at most.
    ///
    /// Each is judged by its newest 20 deliveries.
    func endpointSigns(of seller: SellerID) async throws(StoreError) -> [EndpointSign]
    /// When events of one of these types were first and last recorded for a seller's account with an application.
    ///
    /// `nil` when none was.
    func span(
        of types: Set<String>, seller: SellerID, application: ApplicationID
    ) async throws(StoreError) -> EventSpan?
    /// When each of a seller's terminals was last set to another mode through the gateway, by the audit.
    func modeChanges(of seller: SellerID) async throws(StoreError) -> [TerminalID: Timestamp]
}

/// What is to be seen of an endpoint's health by its newest deliveries.
public struct EndpointSign: Hashable, Sendable {
    /// The endpoint.
    public let endpoint: EndpointID
    /// Whether it is the seller's own; otherwise it is the integrator's and gets every seller's events.
    public let isSellersOwn: Bool
    /// Whether deliveries are sent.
    public let state: Endpoint.State
    /// Whether the newest delivery that was tried has arrived; `nil` where none was tried.
    public let lastArrived: Bool?
    /// When the newest delivery that arrived did so.
    public let lastDeliveredAt: Timestamp?

    /// Takes the fields as they were read.
    public init(
        endpoint: EndpointID, isSellersOwn: Bool, state: Endpoint.State, lastArrived: Bool?,
        lastDeliveredAt: Timestamp?
    ) {
        self.endpoint = endpoint
        self.isSellersOwn = isSellersOwn
        self.state = state
        self.lastArrived = lastArrived
        self.lastDeliveredAt = lastDeliveredAt
    }
}

/// The first and the last of some events.
public struct EventSpan: Hashable, Sendable {
    /// When the first was recorded.
    public let first: Timestamp
    /// When the last was.
    public let last: Timestamp

    /// Takes both.
    public init(first: Timestamp, last: Timestamp) {
        self.first = first
        self.last = last
    }
}

/// Keeps notifications and the events made from them.
///
/// Every method is one transaction.
public protocol EventStore: Sendable {
    /// Records an event with one delivery row per matching endpoint, durable when it returns (invariant 1).
    ///
    /// An endpoint that is pending, paused or disabled matches too; its rows wait.
    ///
    /// - Throws: ``StoreError/unavailable`` when nothing was written.
    func record(_ event: EventDraft) async throws(StoreError) -> RecordOutcome
    /// The event with this id, or `nil`.
    func event(_ id: EventID) async throws(StoreError) -> Event?
    /// One page of events, newest first.
    func events(_ filter: EventFilter, page: Page) async throws(StoreError) -> [Event]
    /// The sealed body of an event as receivers get it; `nil` where it is not kept.
    func body(of event: EventID) async throws(StoreError) -> SealedBody?
    /// What an event's notification looked like when it came, sealed; `nil` where it is not kept, and for what Enlace
    /// itself says.
    func received(of event: EventID) async throws(StoreError) -> SealedSecret?
    /// A seller's events in the order in which they became the seller's, behind one of them, at most `limit`.
    ///
    /// Test events of endpoints are left out, events whose payload is forgotten, and what the provider denies; what is being looked up at `moment` holds
    /// up those behind it.
    ///
    /// - Throws: ``StoreError/notFound`` for a seller, or for an event that is not the seller's;
    ///   ``StoreError/conflict(rule:)`` with `payloadForgotten` where the next event's body is no longer kept.
    func feed(
        of seller: SellerID, after: EventID?, limit: Int, at moment: Timestamp
    ) async throws(StoreError) -> [FeedEntry]
    /// A seller's newest event, or `nil`.
    func newestEvent(of seller: SellerID) async throws(StoreError) -> EventID?
    /// Parked notifications of an account for an application, oldest first, at most 100, received since `since`.
    ///
    /// With `after` those that were recorded after that event, for the next hundred.
    func parked(
        for user: UpstreamUserID, application: ApplicationID, since: Timestamp, after: EventID?
    ) async throws(StoreError) -> [ParkedNotification]
    /// Replaces a parked row by a routed event with its deliveries; a row no longer parked is left alone.
    func route(parked: EventID, as event: EventDraft) async throws(StoreError) -> RecordOutcome
}

/// An event with its body, as somebody reads it who can't be called.
public struct FeedEntry: Sendable {
    /// The event.
    public let event: Event
    /// Its body, sealed for its seller.
    public let body: SealedBody

    /// Takes what was read.
    public init(event: Event, body: SealedBody) {
        self.event = event
        self.body = body
    }
}

/// An event's body as it is stored.
public struct SealedBody: Hashable, Sendable {
    /// The body, sealed for the event's seller or the installation.
    public let sealed: SealedSecret
    /// Whether it holds what the provider said, beside what its notification said.
    public let isProven: Bool
    /// What it is sealed for.
    public var purpose: SealPurpose { isProven ? .provenBody : .eventBody }

    /// Takes what was read.
    public init(sealed: SealedSecret, isProven: Bool) {
        self.sealed = sealed
        self.isProven = isProven
    }
}

/// A notification that could not be routed when it came.
public struct ParkedNotification: Sendable {
    /// The parked row's event id.
    public let event: EventID
    /// The notification's id.
    public let notification: NotificationID
    /// Through which door it came.
    public let channel: NotificationChannel
    /// What makes it the same as another one.
    public let identityHash: [UInt8]
    /// Query, kept headers and body, sealed for the installation.
    public let received: SealedSecret
    /// When it came.
    public let receivedAt: Timestamp

    /// Takes the fields as they were read.
    public init(
        event: EventID, notification: NotificationID, channel: NotificationChannel, identityHash: [UInt8],
        received: SealedSecret, receivedAt: Timestamp
    ) {
        self.event = event
        self.notification = notification
        self.channel = channel
        self.identityHash = identityHash
        self.received = received
        self.receivedAt = receivedAt
    }
}

/// Which events a list shows; `nil` does not narrow it.
public struct EventFilter: Hashable, Sendable {
    /// Only this seller's.
    public var seller: SellerID?
    /// Only of this type.
    public var type: String?
    /// Only in this state.
    public var state: Event.State?

    /// Narrows nothing until told.
    public init(seller: SellerID? = nil, type: String? = nil, state: Event.State? = nil) {
        self.seller = seller
        self.type = type
        self.state = state
    }
}

/// Keeps endpoints and their secrets.
///
/// Every method is one transaction.
public protocol EndpointStore: Sendable {
    /// Adds an endpoint with its secret and records the test event that will activate it.
    func add(
        _ endpoint: Endpoint, secret: EndpointSecret, test: EventDraft, as change: Change
    ) async throws(StoreError)
    /// The endpoint with this id, or `nil`.
    func endpoint(_ id: EndpointID) async throws(StoreError) -> Endpoint?
    /// One page of a seller's endpoints, newest first; `nil` lists the integrator's.
    func endpoints(of seller: SellerID?, page: Page) async throws(StoreError) -> [Endpoint]
    /// One page of a seller's removed endpoints, newest first; they send nothing, but their rows are held.
    func removedEndpoints(of seller: SellerID, page: Page) async throws(StoreError) -> [Endpoint]
    /// Writes what was given and nothing else, records the test event, and answers the endpoint as it now is.
    ///
    /// Another URL makes the endpoint pending, whatever it was; but for that its state is left alone.
    ///
    /// - Throws: ``StoreError/notFound``.
    @discardableResult
    func update(
        _ endpoint: EndpointID, _ changes: EndpointChanges, test: EventDraft?, as change: Change
    ) async throws(StoreError) -> Endpoint
    /// Moves an endpoint that is in one of these states to another one, and answers it as it now is.
    ///
    /// - Throws: ``StoreError/notFound``; ``StoreError/conflict(rule:)`` with `state` when it is in none of them.
    @discardableResult
    func move(
        _ endpoint: EndpointID, to state: Endpoint.State, from states: Set<Endpoint.State>, as change: Change
    ) async throws(StoreError) -> Endpoint
    /// Removes an endpoint: its open deliveries become `canceled`, the row stays for their sake and matches nothing.
    ///
    /// - Throws: ``StoreError/notFound``.
    func remove(_ endpoint: EndpointID, as change: Change) async throws(StoreError)
    /// The secrets that sign at `moment`, newest first, at most 3.
    ///
    /// - Throws: ``StoreError/notFound``.
    func secrets(of endpoint: EndpointID, at moment: Timestamp) async throws(StoreError) -> [EndpointSecret]
    /// Adds a secret; those that are current expire at `othersExpireAt`; at most 3 stay live (DLV 9).
    func add(_ secret: EndpointSecret, othersExpireAt: Timestamp, as change: Change) async throws(StoreError)
}

/// Which deliveries a list shows; `nil` does not narrow it.
public struct DeliveryFilter: Hashable, Sendable {
    /// Only of this seller's events.
    public var seller: SellerID?
    /// Only to this endpoint.
    public var endpoint: EndpointID?
    /// Only to endpoints of this seller.
    public var endpointSeller: SellerID?
    /// Only of this event.
    public var event: EventID?
    /// Only in this state.
    public var state: Delivery.State?
    /// Only those created at this time or later.
    public var since: Timestamp?

    /// Narrows nothing until told.
    public init(
        seller: SellerID? = nil, endpoint: EndpointID? = nil, endpointSeller: SellerID? = nil, event: EventID? = nil,
        state: Delivery.State? = nil, since: Timestamp? = nil
    ) {
        self.seller = seller
        self.endpoint = endpoint
        self.endpointSeller = endpointSeller
        self.event = event
        self.state = state
        self.since = since
    }
}

/// What waits, for metrics and readiness; read without counting.
public struct QueueDepth: Hashable, Sendable {
    /// How many deliveries there are in each state; together they are all that ever fanned out, less what was forgotten.
    public let counts: [Delivery.State: Int]
    /// Since when the endpoint waits that has waited longest for its turn; `nil` when none does.
    public let oldestDueAt: Timestamp?

    /// Deliveries that have not ended.
    public var open: Int { counts[.pending, default: 0] + counts[.sending, default: 0] }

    /// Takes the counts as they were read.
    public init(counts: [Delivery.State: Int], oldestDueAt: Timestamp?) {
        self.counts = counts
        self.oldestDueAt = oldestDueAt
    }
}

/// Keeps deliveries and attempts.
///
/// Every method is one transaction.
public protocol DeliveryStore: Sendable {
    /// Claims due deliveries of endpoints that send, dealt out by `share`.
    ///
    /// Each becomes `sending` under a claim token until `leaseUntil`, and its attempt row is inserted (DLV 3). To a
    /// pending endpoint only test events are claimed; an endpoint that waits (`Retry-After`), whose rate is used up or
    /// whose health allows no more is passed over (DLV 6, 10, 14). Never two of one line at a time, and none while an
    /// earlier one of its line is open, unless its endpoint's ordering says otherwise (DLV 12).
    func claim(
        _ share: FairShare, at moment: Timestamp, leaseUntil: Timestamp, tokens: RandomSource
    ) async throws(StoreError) -> [ClaimedDelivery]
    /// Records an attempt and what follows, if the claim still holds; `false` keeps it as a late observation only.
    ///
    /// What the answer says of the endpoint counts only while the endpoint has the URL that was claimed: an answer from
    /// elsewhere neither activates nor disables it. A 410 disables an active endpoint; a pending one stays pending, so
    /// that no endpoint is paused or disabled that never answered its test.
    func finish(_ claimed: ClaimedDelivery, _ result: AttemptResult) async throws(StoreError) -> Bool
    /// Gives a claim back unsent: the attempt row goes, nothing counts; for a shutdown.
    func release(_ claimed: ClaimedDelivery) async throws(StoreError)
    /// Makes pending and due again whatever is `sending` under a lease that ends before `end`; answers how many.
    func rescue(leasesBefore end: Timestamp, at moment: Timestamp) async throws(StoreError) -> Int
    /// Lets what waits behind a delivery that has failed since `since` or longer overtake it, where its endpoint's
    /// ordering is `relaxed` and the endpoint answers others: an outage changes no order; answers how many were looked at for the first time, 500 at most.
    func overtake(failingSince since: Timestamp, at moment: Timestamp) async throws(StoreError) -> Int
    /// Gives up what has been due since before `since` and waits still, with `expired_held`; answers how many, 500 at most.
    func expire(dueBefore since: Timestamp, at moment: Timestamp) async throws(StoreError) -> Int
    /// What waits.
    func queueDepth(at moment: Timestamp) async throws(StoreError) -> QueueDepth
    /// The delivery with this id, or `nil`.
    func delivery(_ id: DeliveryID) async throws(StoreError) -> Delivery?
    /// One page of deliveries, newest first.
    func deliveries(_ filter: DeliveryFilter, page: Page) async throws(StoreError) -> [Delivery]
    /// A delivery's attempts, oldest first.
    func attempts(of delivery: DeliveryID) async throws(StoreError) -> [Attempt]
    /// Makes a delivery that is pending, exhausted or canceled due now, with a fresh schedule.
    ///
    /// One that was given up for want of proof waits for the provider, which is asked again.
    ///
    /// - Throws: ``StoreError/notFound``; ``StoreError/conflict(rule:)`` with `state` when it is being sent, was
    ///   delivered, or its endpoint is gone, with `payloadForgotten` when there is nothing left to be sent.
    func retry(_ delivery: DeliveryID, at moment: Timestamp, as change: Change) async throws(StoreError)
    /// Sends an event again, now, to each endpoint that matches it, whenever the endpoint was made (DLV 16).
    ///
    /// A delivery that ended or is pending is due now with a fresh schedule; one that is being sent is left alone; where
    /// there was none, one is made. What comes later of the resource does not wait for what had ended.
    ///
    /// - Parameters:
    ///   - event: What is sent.
    ///   - endpoint: The only one it goes to, whatever its topics; `nil` goes to all that match.
    ///   - owner: Only endpoints of this seller; `nil` does not narrow.
    ///   - moment: When it is due.
    ///   - change: Goes into the same transaction.
    /// - Throws: ``StoreError/notFound`` for the event, or where the one endpoint may not get it;
    ///   ``StoreError/conflict(rule:)`` with `state` for a test, what is parked, and what an erased seller left.
    func replay(
        _ event: EventID, to endpoint: EndpointID?, of owner: SellerID?, at moment: Timestamp, as change: Change
    ) async throws(StoreError)
    /// Ends a pending delivery as `canceled`.
    ///
    /// - Throws: ``StoreError/notFound``; ``StoreError/conflict(rule:)`` with `state` unless it is pending.
    func cancel(_ delivery: DeliveryID, at moment: Timestamp, as change: Change) async throws(StoreError)
}

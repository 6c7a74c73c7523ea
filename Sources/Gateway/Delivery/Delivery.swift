/// One event on its way to one endpoint.
public struct Delivery: Identified, Hashable, Sendable {
    /// The letters that its ids begin with.
    public static let idPrefix = "dlv_"

    /// What has failed for so long is overtaken, so that a refund is not hidden behind an approval (DLV 12).
    public static let longestBlock = Duration.seconds(15 * 60)

    /// Where a delivery stands; shown as `held` while pending and its endpoint is not sending.
    public enum State: String, Sendable, CaseIterable {
        case pending, sending, delivered, exhausted, canceled
    }

    /// The delivery's id.
    public let id: DeliveryID
    /// What is delivered.
    public let event: EventID
    /// The event's type.
    public let eventType: String
    /// Where it goes.
    public let endpoint: EndpointID
    /// Whose endpoint that is; `nil` for the integrator's.
    public let endpointSeller: SellerID?
    /// Whose event; `nil` for what concerns the installation.
    public let seller: SellerID?
    /// Where it stands.
    public let state: State
    /// Whether it waits for its endpoint to send again.
    public let isHeld: Bool
    /// Which one it is of its resource's deliveries to this endpoint, from 1 without a gap (DLV 12).
    public let place: Int
    /// Whether it waits for an earlier one of its resource.
    public let isBlocked: Bool
    /// Whether it waits for the provider to say what its notification said.
    public let awaitsProof: Bool
    /// Whether it went before an earlier one that had failed for too long.
    public let hasOvertaken: Bool
    /// Why it was given up; `nil` where it was not.
    public let reason: ExhaustionReason?
    /// How many attempts were started.
    public let attempts: Int
    /// The status of the last answer.
    public let lastStatus: Int?
    /// Why the last attempt failed.
    public let lastFailure: AttemptFailure?
    /// When the next attempt is due; `nil` when there will be none.
    public let dueAt: Timestamp?
    /// When it was created.
    public let createdAt: Timestamp
    /// When it ended; `nil` while it has not.
    public let closedAt: Timestamp?

    /// Takes the fields as they were read.
    public init(
        id: DeliveryID, event: EventID, eventType: String, endpoint: EndpointID, endpointSeller: SellerID?,
        seller: SellerID?, state: State, isHeld: Bool, place: Int, isBlocked: Bool, awaitsProof: Bool,
        hasOvertaken: Bool, reason: ExhaustionReason?, attempts: Int, lastStatus: Int?, lastFailure: AttemptFailure?,
        dueAt: Timestamp?, createdAt: Timestamp, closedAt: Timestamp?
    ) {
        self.id = id
        self.event = event
        self.eventType = eventType
        self.endpoint = endpoint
        self.endpointSeller = endpointSeller
        self.seller = seller
        self.state = state
        self.isHeld = isHeld
        self.place = place
        self.isBlocked = isBlocked
        self.awaitsProof = awaitsProof
        self.hasOvertaken = hasOvertaken
        self.reason = reason
        self.attempts = attempts
        self.lastStatus = lastStatus
        self.lastFailure = lastFailure
        self.dueAt = dueAt
        self.createdAt = createdAt
        self.closedAt = closedAt
    }
}

/// Why a delivery was given up; each can be retried.
public enum ExhaustionReason: String, Sendable, CaseIterable {
    /// The schedule's last attempt failed.
    case schedule
    /// Its endpoint was not sending for 30 days.
    case expiredHeld = "expired_held"
    /// The provider says otherwise than the notification did; nobody was told.
    case contradicted
    /// The provider could not be asked for three days, and the endpoint gets no notification that is not proven.
    case unproved
}

/// The id of a delivery: `dlv_…`.
public typealias DeliveryID = Identifier<Delivery>

/// Why an attempt failed.
///
/// Source: DLV 6.
public enum AttemptFailure: String, Sendable, CaseIterable {
    case dns, connect, tls, timeout, reset
    case blockedAddress = "blocked_address"
    case status, `protocol`
    /// Ours: the worker went away; the attempt's outcome is not known.
    case unknown
}

/// One HTTP try of a delivery, kept as evidence (DLV 15).
public struct Attempt: Hashable, Sendable {
    /// Counts from 1.
    public let number: Int
    /// When it was claimed.
    public let startedAt: Timestamp
    /// When its outcome was known; `nil` while it is not.
    public let endedAt: Timestamp?
    /// The answer's status; `nil` where none came.
    public let status: Int?
    /// Why it failed; `nil` for success and while unknown.
    public let failure: AttemptFailure?
    /// At most 4 KiB of the answer, sealed for the event's seller or the installation.
    public let excerpt: SealedSecret?
    /// The address that was dialled; operators only.
    public let address: String?
    /// Whether it came after its lease was lost: kept, but it decided nothing.
    public let isLate: Bool

    /// Takes the fields as they were read.
    public init(
        number: Int, startedAt: Timestamp, endedAt: Timestamp?, status: Int?, failure: AttemptFailure?,
        excerpt: SealedSecret?, address: String?, isLate: Bool
    ) {
        self.number = number
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.status = status
        self.failure = failure
        self.excerpt = excerpt
        self.address = address
        self.isLate = isLate
    }
}

/// A delivery that a worker holds for the length of a lease, with all it needs to send.
public struct ClaimedDelivery: Sendable {
    /// The delivery.
    public let id: DeliveryID
    /// 128 random bits; every write about this claim names them (DLV 4).
    public let claim: [UInt8]
    /// Which attempt this is, from 1.
    public let attempt: Int
    /// Failed attempts that counted so far.
    public let failures: Int
    /// Which one it is of its resource's deliveries to this endpoint, from 1.
    public let place: Int
    /// Whether it goes before an earlier one that has failed for too long.
    public let hasOvertaken: Bool
    /// Whether it is the one that tries an endpoint whose breaker is open.
    public let isProbe: Bool
    /// Whether it was that before; only then does its failure count in its own schedule.
    public let wasProbe: Bool
    /// Whether it is sent again because somebody asked.
    public let isReplay: Bool
    /// Until when the claim holds.
    public let leaseUntil: Timestamp
    /// What is delivered.
    public let event: EventID
    /// The event's type.
    public let eventType: String
    /// Whose event.
    public let seller: SellerID?
    /// The event's body, sealed for its seller or the installation.
    public let body: SealedBody
    /// The notification it was made from, as it came, with its id; `nil` for what Enlace itself says.
    public let received: (id: NotificationID, sealed: SealedSecret)?
    /// Where it goes.
    public let endpoint: Endpoint
    /// The endpoint's secrets that sign now, newest first.
    public let secrets: [EndpointSecret]

    /// Takes the fields as they were claimed.
    public init(
        id: DeliveryID, claim: [UInt8], attempt: Int, failures: Int, place: Int, hasOvertaken: Bool, isProbe: Bool,
        wasProbe: Bool, isReplay: Bool, leaseUntil: Timestamp, event: EventID, eventType: String,
        seller: SellerID?, body: SealedBody, received: (id: NotificationID, sealed: SealedSecret)?,
        endpoint: Endpoint, secrets: [EndpointSecret]
    ) {
        self.id = id
        self.claim = claim
        self.attempt = attempt
        self.failures = failures
        self.place = place
        self.hasOvertaken = hasOvertaken
        self.isProbe = isProbe
        self.wasProbe = wasProbe
        self.isReplay = isReplay
        self.leaseUntil = leaseUntil
        self.event = event
        self.eventType = eventType
        self.seller = seller
        self.body = body
        self.received = received
        self.endpoint = endpoint
        self.secrets = secrets
    }
}

/// What an attempt brought and what follows from it; written in one fenced transaction.
public struct AttemptResult: Sendable {
    /// What becomes of the delivery.
    public enum Next: Hashable, Sendable {
        case delivered
        /// Tried again at this time, or when its endpoint sends again.
        case retry(at: Timestamp)
        case exhausted
    }

    /// When the outcome was known.
    public let endedAt: Timestamp
    /// The answer's status.
    public let status: Int?
    /// Why it failed; `nil` for success.
    public let failure: AttemptFailure?
    /// The kept part of the answer.
    public let excerpt: SealedSecret?
    /// The address that was dialled.
    public let address: String?
    /// What becomes of the delivery.
    public let next: Next
    /// Whether the attempt counts as a failure in the schedule.
    public let countsAsFailure: Bool
    /// What the answer says about the endpoint: a 2xx to a test event activates it, 410 disables it.
    public let endpointState: Endpoint.State?
    /// What it says about the endpoint's health.
    public let outcome: EndpointHealth.Outcome
    /// The whole endpoint waits until then (`Retry-After`, DLV 6).
    public let endpointWaitsUntil: Timestamp?
    /// Makes what is told where the endpoint's state or health changes by this; called in the transaction.
    public let notice: @Sendable (EndpointNotice) -> EventDraft?

    /// Takes the fields as they were decided.
    public init(
        endedAt: Timestamp, status: Int?, failure: AttemptFailure?, excerpt: SealedSecret?, address: String?,
        next: Next, countsAsFailure: Bool, outcome: EndpointHealth.Outcome, endpointState: Endpoint.State? = nil,
        endpointWaitsUntil: Timestamp? = nil, notice: @escaping @Sendable (EndpointNotice) -> EventDraft? = { _ in nil }
    ) {
        self.endedAt = endedAt
        self.status = status
        self.failure = failure
        self.excerpt = excerpt
        self.address = address
        self.next = next
        self.countsAsFailure = countsAsFailure
        self.outcome = outcome
        self.endpointState = endpointState
        self.endpointWaitsUntil = endpointWaitsUntil
        self.notice = notice
    }
}

/// What is told of an endpoint to those that share it.
public enum EndpointNotice: Hashable, Sendable {
    /// Its breaker opened: deliveries wait until probes succeed.
    case suspended
    /// Nothing has succeeded for so many days.
    case warned(days: Int)
    /// Deliveries flow again.
    case recovered
    /// It is sent nothing more before a person resumes it.
    case disabled(Endpoint.DisablingReason)
}

/// Long work that a person began, that shows how far it is, and that goes on where it was after a restart.
///
/// All of it replays deliveries so far (DLV 16).
public struct Job: Identified, Hashable, Sendable {
    /// The letters that its ids begin with.
    public static let idPrefix = "job_"

    /// Where it stands.
    public enum State: String, Sendable, CaseIterable {
        case running
        /// All that it was to replay is on its way again.
        case finished
        /// By a person, or its endpoint was removed; what was on its way stays so.
        case canceled
    }

    /// The job's id.
    public let id: JobID
    /// Where it stands.
    public let state: State
    /// What it replays.
    public let filter: ReplayFilter
    /// Whose endpoint that is; `nil` for the integrator's.
    public let seller: SellerID?
    /// How many deliveries it has made due again.
    public let replayed: Int
    /// How many it found when it began, at most ``ReplayFilter/mostCounted``.
    public let estimate: Int
    /// When it began.
    public let createdAt: Timestamp
    /// When it ended; `nil` while it runs.
    public let endedAt: Timestamp?

    /// Takes the fields as they were read or made.
    public init(
        id: JobID, state: State, filter: ReplayFilter, seller: SellerID?, replayed: Int, estimate: Int,
        createdAt: Timestamp, endedAt: Timestamp?
    ) {
        self.id = id
        self.state = state
        self.filter = filter
        self.seller = seller
        self.replayed = replayed
        self.estimate = estimate
        self.createdAt = createdAt
        self.endedAt = endedAt
    }
}

/// The id of a job: `job_…`.
public typealias JobID = Identifier<Job>

/// Which deliveries are replayed.
public struct ReplayFilter: Hashable, Sendable {
    /// Counting ends here; there may be more.
    public static let mostCounted = 100_000
    /// The states that deliveries can be replayed in; what is being sent is left alone.
    public static let states: Set<Delivery.State> = [.pending, .delivered, .exhausted, .canceled]

    /// To this endpoint.
    public let endpoint: EndpointID
    /// Of events from then on.
    public let since: Timestamp
    /// Of events before that.
    public let until: Timestamp
    /// In one of these states when their turn comes.
    public let states: Set<Delivery.State>
    /// Only of this payment, intent or order.
    public let resource: String?

    /// Takes the conditions.
    public init(
        endpoint: EndpointID, since: Timestamp, until: Timestamp, states: Set<Delivery.State>, resource: String? = nil
    ) {
        self.endpoint = endpoint
        self.since = since
        self.until = until
        self.states = states
        self.resource = resource
    }
}

/// How many deliveries a filter finds.
public struct ReplayCount: Hashable, Sendable {
    /// At most ``ReplayFilter/mostCounted``.
    public let count: Int
    /// Whether counting ended before all was seen.
    public let isMore: Bool

    /// Takes what was counted.
    public init(count: Int, isMore: Bool) {
        self.count = count
        self.isMore = isMore
    }
}

import GRDB
import Gateway

/// What of an event decides where it goes, and in which line it stands there.
struct FanOut {
    /// The event's row.
    let event: Int64
    let type: String
    let resource: String
    let seller: SellerID?
    /// Whether it came from the provider, so that it can be passed on as it came.
    let wasReceived: Bool
    /// When its deliveries are due, but for those that wait for proof.
    let at: Timestamp
    /// What is looked up before receivers are told.
    let demand: ProofDemand?
    /// Whether it says something of money that the provider could not be asked about.
    var isUnproven = false

    /// The same for all events of a resource, of one family of types (DLV 12).
    var line: Int64 { Event.line(of: type, about: resource) }

    /// A test goes first, since nothing else may go before it was answered; then what is urgent.
    var rank: Int { type == Endpoint.testEventType ? 0 : Event.isUrgent(type) ? 1 : 2 }
}

extension Database {
    /// Inserts a delivery for each endpoint that matches; answers how many.
    func fanOut(_ event: EventDraft, seq: Int64, ids: IdentifierSource) throws -> Int {
        guard event.state == .routed else { return 0 }
        let fanOut = FanOut(
            event: seq, type: event.type, resource: event.resource, seller: event.seller,
            wasReceived: event.origin != nil, at: event.createdAt, demand: event.demand)
        let endpoints =
            try event.onlyEndpoint.map {
                try rows("SELECT seq, ordering, format, expand FROM endpoint WHERE id = ?", [$0.blob])
            } ?? endpoints(for: fanOut).filter { try $0.topics("topics").matches(event.type) }
        for endpoint in endpoints { try add(fanOut, to: endpoint, ids: ids) }
        return endpoints.count
    }

    /// The endpoints that may get an event, whatever their topics.
    func endpoints(for fanOut: FanOut) throws -> [Row] {
        try rows(
            """
            SELECT p.seq, p.id, p.seller, p.topics, p.format, p.expand,
                iif(p.ordering = 'relaxed' AND NOT (\(answersCondition)), 'strict', p.ordering) AS ordering
            FROM endpoint p
            WHERE removed_at IS NULL AND (seller IS NULL OR seller = (SELECT seq FROM seller WHERE id = ?))
                AND (format = 'envelope' OR ?)
            ORDER BY seq
            """, [fanOut.seller?.blob, fanOut.wasReceived])
    }

    /// Adds a delivery at the end of its line at an endpoint.
    func add(_ fanOut: FanOut, to endpoint: Row, ids: IdentifierSource) throws {
        let id: DeliveryID = ids.next()
        let ordering: Endpoint.Ordering = fanOut.rank == 2 ? try endpoint.value("ordering") : .none
        let proofDue = fanOut.demand?.due(at: try endpoint.value("format"), expand: endpoint["expand"])
        let due = proofDue ?? fanOut.at
        let place = try nextPlace(at: endpoint["seq"], line: fanOut.line, ordering, at: fanOut.at)
        try run(
            """
            INSERT INTO delivery
                (id, event, endpoint, line, place, rank, is_blocked, has_overtaken, awaits_proof, state, due_at,
                 created_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'pending', ?10, ?11)
            """,
            [
                id.blob, fanOut.event, endpoint["seq"] as Int64, fanOut.line, place.place, fanOut.rank,
                place.isBlocked, place.hasOvertaken, proofDue != nil, due.milliseconds, fanOut.at.milliseconds,
            ])
        if !place.isBlocked { try wake(endpoint["seq"], at: due) }
    }
}

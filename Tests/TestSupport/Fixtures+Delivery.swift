public import Gateway

extension Fixtures {
    /// An endpoint; the integrator's, if no seller is named.
    public func endpoint(
        of seller: SellerID?, topics: [String] = ["*"], state: Endpoint.State = .active,
        format: Endpoint.Format = .envelope
    ) -> Endpoint {
        Endpoint(
            id: ids.next(), seller: seller, url: "https://example.com/hook", description: "till",
            topics: TopicFilter(topics)!, state: state, format: format,
            timeout: .seconds(15), createdAt: clock.now)
    }

    /// A secret of an endpoint.
    public func secret(of endpoint: EndpointID, expiresAt: Timestamp? = nil) -> EndpointSecret {
        EndpointSecret(
            id: ids.next(), endpoint: endpoint, sealed: sealed(), createdAt: clock.now, expiresAt: expiresAt)
    }

    /// An event that Enlace itself tells.
    public func notice(
        of seller: SellerID?, type: String = "seller.linked", about resource: String? = nil,
        only endpoint: EndpointID? = nil
    ) -> EventDraft {
        EventDraft(
            id: ids.next(), seller: seller, connection: nil, application: nil, type: type, liveMode: true,
            proof: .gateway, resource: resource ?? ids.ulid().description, createdAt: clock.now, onlyEndpoint: endpoint
        ) { sequence throws(VaultError) in SealedSecret(bytes: Array("body \(sequence)".utf8)) }
    }

    /// The body that fixtures of events have.
    public func body(_ sequence: Int64) -> SealedBody {
        SealedBody(sealed: SealedSecret(bytes: Array("body \(sequence)".utf8)), isProven: false)
    }

    /// The test event of an endpoint.
    public func test(_ endpoint: Endpoint) -> EventDraft {
        notice(of: endpoint.seller, type: Endpoint.testEventType, only: endpoint.id)
    }

    /// A notification's event, routed to a connection's seller.
    public func event(
        of connection: Connection, type: String = "payment.updated", about resource: String? = nil,
        identity: String? = nil, need: ProofNeed = .nothing
    ) -> EventDraft {
        draft(
            ids.next(), seller: connection.seller, connection: connection.id, application: connection.application,
            type: type, state: .routed, user: connection.upstreamUser, identity: identity, about: resource, need: need)
    }

    /// A notification's event that names an account nobody has linked.
    public func parked(
        for user: UpstreamUserID, application: ApplicationID, identity: String? = nil
    ) -> EventDraft {
        draft(
            ids.next(), seller: nil, connection: nil, application: application, type: "payment.updated",
            state: .parked, user: user, identity: identity)
    }

    /// The parked event as it is once its seller is known.
    public func routed(_ parked: EventDraft, to connection: Connection) -> EventDraft {
        draft(
            parked.id, seller: connection.seller, connection: connection.id, application: connection.application,
            type: parked.type, state: .routed, user: connection.upstreamUser, identity: nil)
    }

    private func draft(
        _ id: EventID, seller: SellerID?, connection: ConnectionID?, application: ApplicationID, type: String,
        state: Event.State, user: UpstreamUserID, identity: String?, about resource: String? = nil,
        need: ProofNeed = .nothing
    ) -> EventDraft {
        EventDraft(
            id: id, seller: seller, connection: connection, application: application, type: type, state: state,
            liveMode: true, proof: .signature,
            origin: EventDraft.Origin(
                notification: ids.next(), channel: .application, topic: "payment", action: "payment.updated",
                upstreamUser: user, identityHash: sha256(identity ?? ids.ulid().description), received: sealed()),
            resource: resource ?? ids.ulid().description, createdAt: clock.now,
            demand: ProofDemand(need, since: clock.now)
        ) { sequence throws(VaultError) in SealedSecret(bytes: Array("body \(sequence)".utf8)) }
    }

    /// What an attempt brought: a 200 unless told otherwise.
    public func result(
        _ next: AttemptResult.Next = .delivered, status: Int? = 200, failure: AttemptFailure? = nil,
        outcome: EndpointHealth.Outcome? = nil, endpointState: Endpoint.State? = nil,
        endpointWaitsUntil: Timestamp? = nil,
        notice: @escaping @Sendable (EndpointNotice) -> EventDraft? = { _ in nil }
    ) -> AttemptResult {
        AttemptResult(
            endedAt: clock.now, status: status, failure: failure, excerpt: sealed(), address: "203.0.113.7",
            next: next, countsAsFailure: failure != nil,
            outcome: outcome ?? (failure == nil ? .success : .failure(isOverload: false)), endpointState: endpointState,
            endpointWaitsUntil: endpointWaitsUntil, notice: notice)
    }
}

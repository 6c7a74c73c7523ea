/// Makes the events that Enlace itself tells: `seller.linked`, `seller.needs_relink`, `endpoint.disabled` and so on.
public struct SellerNotices: Sendable {
    let store: any SellerStore
    let vault: Vault
    let ids: IdentifierSource
    let clock: WallClock

    /// Takes what it uses.
    public init(store: any SellerStore, vault: Vault, ids: IdentifierSource, clock: WallClock) {
        self.store = store
        self.vault = vault
        self.ids = ids
        self.clock = clock
    }

    /// `seller.linked`: the account is linked and its webhook was tried; says whether its tokens can be renewed.
    func linked(_ connection: Connection) async throws(Problem) -> EventDraft {
        try await notice(
            .sellerLinked, connection,
            [
                "webhook_state": connection.webhookState.rawValue,
                // SEC C1.13: a shop that nobody can renew is told of when it is linked, not when it ends.
                "refreshable": String(connection.refreshable),
            ])
    }

    /// `seller.not_refreshable`: it was linked without what renews it, and ends with its access token.
    func notRefreshable(_ connection: Connection, until end: Timestamp) async throws(Problem) -> EventDraft {
        try await notice(.sellerNotRefreshable, connection, ["works_until": end.description])
    }

    /// `seller.expiring`: it ends soon and nothing renews it; `days` is 30, 14, 7 or 1.
    func expiring(_ connection: Connection, _ warning: ExpiryWarning) async throws(Problem) -> EventDraft {
        try await notice(
            .sellerExpiring, connection,
            [
                "days": String(warning.daysLeft), "works_until": warning.endsAt.description,
                "reason": warning.reason.rawValue,
            ])
    }

    /// `seller.needs_relink`: the shop owner has to allow the link again; `end` is until when calls work, where a probe
    /// has just shown that they do.
    func needsRelink(
        _ connection: Connection, _ reason: Connection.RelinkReason, until end: Timestamp?
    ) async throws(Problem) -> EventDraft {
        try await notice(
            .sellerNeedsRelink, connection,
            ["reason": reason.rawValue].merging(end.map { ["works_until": $0.description] } ?? [:]) { $1 })
    }

    /// `seller.repaired`: what `seller.needs_relink` asked for is no longer needed.
    func repaired(_ connection: Connection) async throws(Problem) -> EventDraft {
        try await notice(.sellerRepaired, connection, [:])
    }

    /// `application.credentials_failing`: the provider refuses the application itself; an operator has to look.
    func credentialsFailing(_ application: Application, _ reason: String) async throws(Problem) -> EventDraft {
        try await draft(
            .applicationCredentialsFailing, seller: nil, connection: nil, application: application.id,
            liveMode: application.mode == .live, resource: application.id.description,
            data: ["application_id": application.id.description, "reason": reason], only: nil)
    }

    /// `seller.revoked`: the tokens are gone.
    func revoked(_ connection: Connection, _ revocation: Revocation) async throws(Problem) -> EventDraft {
        var revoked = connection
        revoked.state = .revoked
        return try await notice(
            .sellerRevoked, revoked, ["by": revocation.party.rawValue, "reason": revocation.reason.rawValue])
    }

    /// `seller.link_requested`: a shop owner opened a link that can't be used any more, and asks for another one.
    func linkRequested(_ page: LinkPage) async throws(Problem) -> EventDraft {
        try await draft(
            .sellerLinkRequested, seller: page.seller, connection: nil, application: page.application.id,
            liveMode: page.application.mode == .live, resource: page.link.id.description,
            data: [
                "link_id": page.link.id.description, "application_id": page.application.id.description,
                "link_state": page.state.rawValue,
            ], only: nil)
    }

    /// `seller.erased`: goes to the integrator's endpoints and carries the id alone.
    func erased(_ seller: SellerID) async throws(Problem) -> EventDraft {
        try await draft(
            .sellerErased, seller: nil, connection: nil, application: nil, liveMode: false,
            resource: seller.description, data: ["seller_id": seller.description], only: nil)
    }

    /// `notification.contradicted`: goes to the integrator's endpoints; somebody forges notifications, or the provider
    /// has gone on denying what it sent.
    func contradicted(_ proof: OpenProof) async throws(Problem) -> EventDraft {
        try await draft(
            .notificationContradicted, seller: nil, connection: nil, application: nil, liveMode: false,
            resource: proof.subject.resource,
            data: [
                "event_id": proof.event.description, "event_type": proof.type, "seller_id": proof.seller.description,
                "connection_id": proof.connection.description, "topic": proof.subject.topic,
                "action": proof.subject.action, "resource": proof.subject.resource,
            ], only: nil)
    }

    /// `endpoint.test`: goes to one endpoint only; a 2xx answer activates one that is pending.
    func test(_ endpoint: Endpoint) async throws(Problem) -> EventDraft {
        let seller: Seller? = if let id = endpoint.seller { try await self.seller(id) } else { nil }
        return try await draft(
            .endpointTest, seller: seller, connection: nil, application: nil, liveMode: false,
            resource: endpoint.id.description, data: ["endpoint_id": endpoint.id.description], only: endpoint.id)
    }

    func notice(
        _ type: NoticeType, _ connection: Connection, _ more: [String: String]
    ) async throws(Problem) -> EventDraft {
        var data = [
            "connection_id": connection.id.description, "application_id": connection.application.description,
            "upstream_user_id": connection.upstreamUser.description, "state": connection.state.rawValue,
        ]
        data.merge(more) { $1 }
        return try await draft(
            type, seller: try await seller(connection.seller), connection: connection.id,
            application: connection.application, liveMode: connection.liveMode,
            resource: connection.id.description, data: data, only: nil)
    }

    func draft(
        _ type: NoticeType, seller: Seller?, connection: ConnectionID?, application: ApplicationID?, liveMode: Bool,
        resource: String, data: [String: String], only endpoint: EndpointID?
    ) async throws(Problem) -> EventDraft {
        draft(
            try await sealer(for: seller), type, seller: seller, connection: connection, application: application,
            liveMode: liveMode, resource: resource, data: data, only: endpoint)
    }

    func sealer(for seller: Seller?) async throws(Problem) -> Sealer {
        do {
            return try await vault.sealer(for: seller.map { .seller($0.id) } ?? .installation)
        } catch {
            throw Problem(error)
        }
    }

    /// With a sealer at hand, so that it can be made inside a transaction.
    func draft(
        _ sealer: Sealer, _ type: NoticeType, seller: Seller?, connection: ConnectionID?, application: ApplicationID?,
        liveMode: Bool, resource: String, data: [String: String], only endpoint: EndpointID?
    ) -> EventDraft {
        let body = EventBody(
            id: ids.next(), type: type.rawValue, createdAt: clock.now, seller: seller, liveMode: liveMode, topic: nil,
            action: nil, notificationID: nil, proof: .gateway, data: data)
        return EventDraft(
            id: body.id, seller: seller?.id, connection: connection, application: application, type: type.rawValue,
            liveMode: liveMode, proof: .gateway, resource: resource, createdAt: body.createdAt,
            onlyEndpoint: endpoint
        ) { sequence throws(VaultError) in
            try sealer.seal(body.bytes(sequence: sequence), .eventBody, row: body.id.ulid)
        }
    }

    func seller(_ id: SellerID) async throws(Problem) -> Seller {
        let seller: Seller?
        do { seller = try await store.seller(.id(id)) } catch { throw Problem(error) }
        guard let seller else { throw .sellerNotFound }
        return seller
    }
}

extension Endpoint {
    /// The type of the event that activates an endpoint.
    public static let testEventType = NoticeType.endpointTest.rawValue
}

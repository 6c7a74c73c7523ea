import Gateway
import Hummingbird

/// `/v1/panic`.
struct PanicRoutes: Sendable {
    let panic: Panic

    func add(to api: APIRoutes) {
        api.get("/panic") { call in PanicResource(try await panic.status(for: call.principal)) }
        api.get("/panic/sellers") { call in
            let page = try call.page()
            let affected = try await panic.affected(page: page, for: call.principal)
            return ListResource(affected, page: page, id: \.seller.id.description) { AffectedResource($0) }
        }
        api.post("/panic") { _, call in
            PanicResource(try await panic.status(for: call.principal))
        } _: { call in
            let body = try PanicPayload.read(call.body)
            return PanicResource(
                try await panic.begin(try body.reference(), isDrill: body.drill ?? false, by: call.caller))
        }
        api.post("/panic/end") { _, call in
            PanicResource(try await panic.status(for: call.principal))
        } _: { call in
            let body = try PanicEndPayload.read(call.body)
            return PanicResource(try await panic.end(try panicScope(body.seller, body.all), by: call.caller))
        }
        api.post("/panic/relink") { _, _ in
            throw Problem(
                .idempotencyKeyReused, "The links of that request were shown once. Ask with a new key for new ones.")
        } _: { call in
            let body = try RelinkPayload.read(call.body)
            let made = try await panic.invite(page: try body.page(), by: call.caller)
            return InvitationPage(
                data: made.invitations.map { InvitationResource($0) }, next: made.next?.description)
        }
    }
}

/// One seller by name, or every one by `all`, never both and never neither.
private func panicScope(_ seller: String?, _ all: Bool?) throws(Problem) -> SellerReference? {
    guard (seller == nil) == (all ?? false) else {
        throw .invalid("seller", "Name one seller, or say `\"all\": true`.")
    }
    guard let seller else { return nil }
    guard let reference = SellerReference(seller) else { throw .sellerNotFound }
    return reference
}

/// Body of `POST /v1/panic`.
struct PanicPayload: RequestPayload {
    let seller: String?
    let all, drill: Bool?

    enum CodingKeys: String, CodingKey, CaseIterable { case seller, all, drill }
    typealias Fields = CodingKeys

    func reference() throws(Problem) -> SellerReference? { try panicScope(seller, all) }
}

/// Body of `POST /v1/panic/end`.
struct PanicEndPayload: RequestPayload {
    let seller: String?
    let all: Bool?

    enum CodingKeys: String, CodingKey, CaseIterable { case seller, all }
    typealias Fields = CodingKeys
}

/// Body of `POST /v1/panic/relink`.
struct RelinkPayload: RequestPayload {
    let limit: Int?
    let after: String?

    enum CodingKeys: String, CodingKey, CaseIterable { case limit, after }
    typealias Fields = CodingKeys

    func page() throws(Problem) -> Page {
        guard (1...200).contains(limit ?? 50) else { throw .invalid("limit", "Give 1 to 200.") }
        guard let after else { return Page(limit: limit ?? 50) }
        let seller: SellerID = try shaped(after, "after", "the `next` of a page")
        return Page(limit: limit ?? 50, after: seller.ulid)
    }
}

/// How things stand, as the API shows it.
struct PanicResource: Encodable {
    /// The key that wraps data keys, and what became of it.
    struct Key: Encodable {
        let current, outcome: String
        let detail: String?
    }

    let drill: Bool
    let allSince: String?
    let quarantined, affectedSellers, affectedConnections: Int
    let keyring: Key

    init(_ report: Panic.Report) {
        drill = report.isDrill
        allSince = report.allSince?.description
        quarantined = report.reach.sellers
        affectedSellers = report.reach.affectedSellers
        affectedConnections = report.reach.affectedConnections
        keyring =
            switch report.keyChange {
            case .changed(let id): Key(current: id, outcome: "changed", detail: nil)
            case .untouched(let id): Key(current: id, outcome: "untouched", detail: nil)
            case .refused(let id, let reason): Key(current: id, outcome: "refused", detail: reason)
            }
    }
}

/// A seller that has to be linked anew.
struct AffectedResource: Encodable {
    /// One of its connections.
    struct Connection: Encodable {
        let id, application, state, nickname: String
        let relinked: Bool
    }

    let id: String
    let externalRef: String?
    let name, quarantinedSince: String
    let connections: [Connection]

    init(_ affected: Panic.Affected) {
        id = affected.seller.id.description
        externalRef = affected.seller.externalRef?.description
        name = affected.seller.name
        quarantinedSince = affected.since.description
        connections = affected.connections.map { connection in
            Connection(
                id: connection.id.description, application: connection.application.description,
                state: connection.state.rawValue, nickname: connection.nickname,
                relinked: affected.isRelinked(connection))
        }
    }
}

/// New links, with the cursor of the next.
struct InvitationPage: Encodable {
    let data: [InvitationResource]
    let next: String?

    enum CodingKeys: CodingKey { case data, next }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(data, forKey: .data)
        try container.encode(next, forKey: .next)
    }
}

/// A new link and what to send with it.
struct InvitationResource: Encodable {
    let seller: String
    let externalRef: String?
    let name, connection, application, link, expiresAt, url, message: String

    init(_ invitation: Panic.Invitation) {
        seller = invitation.seller.id.description
        externalRef = invitation.seller.externalRef?.description
        name = invitation.seller.name
        connection = invitation.connection.id.description
        application = invitation.application.id.description
        link = invitation.link.id.description
        expiresAt = invitation.link.expiresAt.description
        let url = invitation.url.reveal { $0 }
        self.url = url
        message = RelinkMessage.text(
            brand: invitation.application.brand, shop: invitation.seller.name, site: invitation.connection.site,
            url: url)
    }
}

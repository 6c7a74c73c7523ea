import Gateway
import HTTPTypes
import Hummingbird

/// `/v1/sellers/{seller}/connections/import`: a grant that a shop gave to another system.
struct ImportRoutes: Sendable {
    let imports: GrantImports
    let sellers: Sellers
    let connections: Connections
    let clock: WallClock

    func add(to api: APIRoutes) {
        api.post("/sellers/{seller}/connections/import") { id, call in
            guard let id = ConnectionID(id) else { throw Problem.unknown(.connectionNotFound) }
            let connection = try await connections.connection(id, of: try await seller(call))
            return ImportResource(connection, .imported)
        } _: { call in
            let seller = try await seller(call)
            let grant = try ImportedGrantPayload.read(call.body).grant(at: clock.now)
            let brought = try await imports.bring(grant, to: seller, by: call.caller)
            return ImportResource(brought.connection, brought.outcome)
        }
    }

    private func seller(_ call: APICall) async throws(Problem) -> Seller {
        try call.principal.require(.sellersAdmin)
        guard let reference = call.context.parameters.get("seller").flatMap({ SellerReference($0) }) else {
            throw .sellerNotFound
        }
        return try await sellers.seller(reference, for: call.principal)
    }
}

/// A grant as another system hands it over; the names are those of the token endpoint's answer.
struct ImportedGrantPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case application, scope
        case accessToken = "access_token"
        case refreshToken = "refresh_token"
        case userID = "user_id"
        case expiresAt = "expires_at"
        case expiresIn = "expires_in"
        case issuedAt = "issued_at"
    }
    typealias Fields = CodingKeys
    let application, accessToken: String
    let refreshToken, scope, userID, expiresAt, issuedAt: String?
    let expiresIn: Int?

    func grant(at now: Timestamp) throws(Problem) -> ImportedGrant {
        let user: UpstreamUserID? = try userID.map { text throws(Problem) in
            guard let user = UpstreamUserID(text) else {
                throw .invalid("user_id", "Give the account's number as text.")
            }
            return user
        }
        return try ImportedGrant(
            application: try shaped(application, "application", "an application's id"), access: Secret(accessToken),
            refresh: refreshToken.map { Secret($0) },
            scopes: scope?.split(separator: " ").map { String($0) } ?? [], expectedUser: user,
            issuedAt: try Self.moment(issuedAt, "issued_at"), expiresAt: try Self.moment(expiresAt, "expires_at"),
            lifetime: expiresIn.map { .seconds($0) }, at: now)
    }

    private static func moment(_ text: String?, _ field: String) throws(Problem) -> Timestamp? {
        guard let text else { return nil }
        guard let moment = Timestamp(rfc3339: text) else {
            throw .invalid(field, "Give a time in UTC as 2026-01-31T12:00:00Z.")
        }
        return moment
    }
}

/// What came of an import; never a token.
struct ImportResource: Encodable {
    let outcome: String
    let connection: ConnectionResource

    init(_ connection: Connection, _ outcome: GrantImports.Outcome) {
        self.outcome = outcome.rawValue
        self.connection = ConnectionResource(connection)
    }
}

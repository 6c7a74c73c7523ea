import Gateway
import HTTPTypes
import Hummingbird

/// `/v1/keys`.
struct KeyRoutes: Sendable {
    let keys: APIKeys

    func add(to api: APIRoutes) {
        api.post("/keys", status: .created) { id, call in
            guard let id = APIKeyID(id) else { throw Problem.unknown(.keyNotFound) }
            return KeyResource(try await keys.key(id, for: call.principal), isRepeated: true)
        } _: { call in
            let new = try NewKeyPayload.read(call.body)
            var scopes: Set<Scope> = []
            for text in new.scopes { scopes.insert(try word(text, "scopes")) }
            var expiresAt: Timestamp?
            if let text = new.expiresAt {
                guard let moment = Timestamp(rfc3339: text) else {
                    throw Problem.invalid("expires_at", "Give a time in UTC as of RFC 3339.")
                }
                expiresAt = moment
            }
            let made = try await keys.create(
                name: new.name, mode: try word(new.mode, "mode"), scopes: scopes,
                seller: try new.seller.map { try shaped($0, "seller", "a seller's id") }, expiresAt: expiresAt,
                by: call.caller)
            return KeyResource(made.key, text: made.text)
        }
        api.get("/keys") { call in
            let page = try call.page()
            let found = try await keys.list(page: page, for: call.principal)
            return ListResource(found, page: page, id: \.id.description) { KeyResource($0) }
        }
        api.get("/keys/{key}") { call in KeyResource(try await keys.key(try id(call), for: call.principal)) }
        api.delete("/keys/{key}") { call in try await keys.revoke(try id(call), by: call.caller) }
    }

    private func id(_ call: APICall) throws(Problem) -> APIKeyID {
        try call.id("key", orThrow: .unknown(.keyNotFound))
    }
}

/// What a key is created from.
struct NewKeyPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, mode, scopes, seller
        case expiresAt = "expires_at"
    }
    typealias Fields = CodingKeys
    let name, mode: String
    let scopes: [String]
    let seller, expiresAt: String?
}

/// What is to be revoked, whoever found it.
struct LeakedKeyPayload: RequestPayload {
    enum CodingKeys: String, CodingKey, CaseIterable { case key }
    typealias Fields = CodingKeys
    let key: String
}

/// A key as the API shows it; its text once.
struct KeyResource: Encodable {
    let id, name, mode, createdAt: String
    let scopes: [String]
    let seller, expiresAt, revokedAt, key: String?
    let secretAlreadyShown: Bool?

    init(_ key: APIKey, text: Secret<String>? = nil, isRepeated: Bool = false) {
        id = key.id.description
        name = key.name
        mode = key.mode.rawValue
        createdAt = key.createdAt.description
        scopes = key.scopes.sorted().map(\.rawValue)
        seller = key.seller?.description
        expiresAt = key.expiresAt?.description
        revokedAt = key.revokedAt?.description
        self.key = text?.reveal { $0 }
        secretAlreadyShown = isRepeated ? true : nil
    }
}

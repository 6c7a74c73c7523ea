import Gateway
import Hummingbird

/// `/v1/keyring`.
struct KeyringRoutes: Sendable {
    let rotation: KeyRotation

    func add(to api: APIRoutes) {
        api.get("/keyring") { call in KeyringResource(try await rotation.status(for: call.principal)) }
        api.post("/keyring/reload") { _, call in
            KeyringResource(try await rotation.statusAgain(for: call.caller))
        } _: { call in
            KeyringResource(try await rotation.reload(by: call.caller))
        }
    }
}

/// The keyring as the API shows it; never a key itself.
struct KeyringResource: Encodable {
    /// One key of it.
    struct Key: Encodable {
        let id: String
        let createdAt: String?
        let dataKeys: Int
    }

    /// How many data keys there are, and how many the current key wraps.
    struct Rewrap: Encodable {
        let total, done: Int
    }

    let current, source: String
    let keys: [Key]
    let rewrap: Rewrap

    init(_ status: KeyRotation.Status) {
        current = status.current
        source = status.source
        keys = status.keys.map { Key(id: $0.id, createdAt: $0.createdAt?.description, dataKeys: $0.dataKeys) }
        rewrap = Rewrap(total: status.total, done: status.done)
    }
}

import Gateway
import Hummingbird

/// `/v1/restore` and `POST /v1/deliveries/release`.
struct RestoreRoutes: Sendable {
    let restores: Restores

    func add(to api: APIRoutes) {
        api.get("/restore") { call in RestoreResource(try await restores.status(for: call.principal)) }
        api.get("/restore/connections") { call in
            let page = try call.page()
            let outcome: Restore.Outcome? = try call.query("outcome").map { try word($0, "outcome") }
            let found = try await restores.connections(outcome, page: page, for: call.principal)
            return ListResource(found, page: page, id: \.connection.description) { RestoredResource($0) }
        }
        api.post("/deliveries/release") { _, call in
            ReleaseResource(released: try restores.releasedAgain(for: call.caller))
        } _: { call in
            ReleaseResource(released: try await restores.release(by: call.caller))
        }
    }
}

/// A restore as the API shows it.
struct RestoreResource: Encodable {
    /// How many connections there are of each outcome.
    struct Connections: Encodable {
        let waiting, works, renewed, needsRelink, ended: Int
    }

    let backup, restoredAt: String
    let adopted, heldDeliveries, heldStill: Int
    let connections: Connections

    init(_ restore: Restore) {
        backup = restore.backup
        restoredAt = restore.restoredAt.description
        adopted = restore.adopted
        heldDeliveries = restore.held
        heldStill = restore.heldStill
        func count(_ outcome: Restore.Outcome) -> Int { restore.outcomes[outcome] ?? 0 }
        connections = Connections(
            waiting: count(.waiting), works: count(.works), renewed: count(.renewed), needsRelink: count(.needsRelink),
            ended: count(.ended))
    }
}

/// A connection that came out of a backup.
struct RestoredResource: Encodable {
    let connection, seller, outcome: String
    let generation: Int

    init(_ found: Restore.Found) {
        connection = found.connection.description
        seller = found.seller.description
        outcome = found.outcome.rawValue
        generation = found.generation
    }
}

/// How many deliveries were let go.
struct ReleaseResource: Encodable {
    let released: Int
}

import Hummingbird

/// `/_sim`: everything that upstream's own people, the panel and the sellers do outside the API.
///
/// One list of all routes; the handlers are beside it by topic.
struct AdminRoutes: Sendable {
    let simulator: Simulator

    /// Mounts the routes on the pages listener.
    func add(to router: Router<SandboxContext>) {
        addAccounts(to: router)
        addTerminals(to: router)
        addGrants(to: router)
        addNotifications(to: router)
        addLogs(to: router)
        addControls(to: router)
    }

    /// The body as an object.
    ///
    /// - Throws: 400 for anything else.
    func object(_ call: Call) throws -> JSON {
        guard let json = call.json, json.members != nil else { throw Refusal.admin("a JSON object is expected") }
        return json
    }

    /// The seller and the application that a body names by `user_id` and `client_id`.
    ///
    /// - Throws: 400 for a missing one, 404 for an unknown one.
    func key(in body: JSON, _ world: World) throws -> GrantKey {
        guard let userID = body["user_id"]?.looseInt, let clientID = body["client_id"]?.loose else {
            throw Refusal.admin("user_id and client_id are required")
        }
        guard world.users[userID] != nil, world.applications[clientID] != nil else {
            throw Refusal.admin("no such user or application", status: 404)
        }
        return GrantKey(userID: userID, clientID: clientID)
    }
}

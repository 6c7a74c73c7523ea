import Hummingbird

/// `/oauth/token` and `/users`.
///
/// Source: reference §1.5 and §1.9.
struct TokenRoutes: Sendable {
    let simulator: Simulator

    /// Mounts the routes on the API listener.
    func add(to router: Router<SandboxContext>) {
        router.answer(.post, "/oauth/token") { call in
            try simulator.change { world in
                do {
                    let request = try TokenRequest(call, refusingUnknown: world.knobs.refuseUnknownParameters)
                    return .json(try world.issueToken(for: request, post: call.refreshPost))
                } catch let refusal as Refusal {
                    throw refusal.asTokenError(status: world.knobs.oauthErrorStatus)
                }
            }
        }
        router.answer(.get, "/users/me") { call in
            try simulator.answer(call, as: .general) { world, caller in
                .json(world.users[caller.userID]?.json ?? .null)
            }
        }
        router.answer(.post, "/users/test_user") { call in
            try simulator.answer(call, as: .general) { world, caller in
                guard let site = call.json?["site_id"]?.string.flatMap(Site.init(rawValue:)) else {
                    throw Refusal.upstream(400, "bad_request", "invalid site_id")
                }
                return .json(try world.makeTestUser(on: site, for: caller), status: 201)
            }
        }
    }
}

extension World {
    /// Opens a test account for an application.
    ///
    /// - Throws: 400 beyond the application's limit.
    mutating func makeTestUser(on site: Site, for caller: Caller) throws -> JSON {
        let made = testUsersMade[caller.key.clientID, default: 0]
        guard made < knobs.testUserLimit else {
            throw Refusal.upstream(400, "bad_request", "the limit of test users has been reached")
        }
        testUsersMade[caller.key.clientID] = made + 1
        let user = openAccount(site: site)
        return [
            "id": .int(user.id), "nickname": .string(user.nickname), "password": .string(user.password),
            "site_status": "active", "email": .string(user.email),
        ]
    }
}

extension Refusal {
    /// The same refusal with the knob's status; `invalid_grant` keeps its confirmed 400.
    fileprivate func asTokenError(status: Int) -> Refusal {
        let body = JSON(parsing: Array(reply.body.utf8))
        guard status != reply.status, let error = body?["error"]?.string, error != "invalid_grant" else { return self }
        return .upstream(status, error, body?["message"]?.string ?? "")
    }
}

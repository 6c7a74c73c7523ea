import Hummingbird

extension AdminRoutes {
    /// Tokens and grants: given directly, expired, revoked; and the ledger of refresh tokens.
    func addGrants(to router: Router<SandboxContext>) {
        router.answer(.post, "/_sim/tokens") { call in
            let body = try object(call)
            return try simulator.change { world in
                let key = try key(in: body, world)
                let scopes = world.applications[key.clientID]?.scopes ?? []
                return .json(world.grantDirectly(key, scopes: scopes), status: 201)
            }
        }
        router.answer(.post, "/_sim/tokens/expire") { call in
            let body = try object(call)
            return try simulator.change { world in
                world.expireAccessTokens(of: try key(in: body, world))
                return .noContent
            }
        }
        router.answer(.post, "/_sim/grants/revoke") { call in
            let body = try object(call)
            return try simulator.change { world in
                world.deauthorize(try key(in: body, world))
                return .noContent
            }
        }
        router.answer(.get, "/_sim/ledger") { call in
            let userID = call.query.filled("user_id").flatMap { Int64($0) }
            return .json(["grants": simulator.change { $0.ledger(of: userID) }])
        }
    }
}

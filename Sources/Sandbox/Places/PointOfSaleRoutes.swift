import Hummingbird

/// `/v2/pos`: the cash desks of `/pos` under newer routes, whose writes need an idempotency key.
///
/// Source: reference §3.4.
struct PointOfSaleRoutes: Sendable {
    let simulator: Simulator

    /// Mounts the routes on the API listener.
    func add(to router: Router<SandboxContext>) {
        router.answer(.post, "/v2/pos") { call in
            try simulator.answer(call, as: .general) { world, caller in
                try world.once(call, by: caller, used: 400) { world in
                    .json(try world.savePointOfSale(nil, call.json, by: caller).json, status: 201)
                }
            }
        }
        router.answer(.get, "/v2/pos") { call in
            try simulator.answer(call, as: .general) { world, caller in
                .json(try world.pointOfSalePage(of: caller, call.query))
            }
        }
        router.answer(.get, "/v2/pos/:pos") { call in
            try simulator.answer(call, as: .general) { world, caller in
                .json(try world.pointOfSale(call.number("pos"), of: caller).json)
            }
        }
        router.answer(.patch, "/v2/pos/:pos") { call in
            try simulator.answer(call, as: .general) { world, caller in
                try world.once(call, by: caller, used: 400) { world in
                    let desk = try world.pointOfSale(call.number("pos"), of: caller)
                    return .json(try world.savePointOfSale(desk.id, call.json, by: caller).json)
                }
            }
        }
        router.answer(.delete, "/v2/pos/:pos") { call in
            try simulator.answer(call, as: .general) { world, caller in
                world.pointsOfSale[try world.pointOfSale(call.number("pos"), of: caller).id] = nil
                return .noContent
            }
        }
    }
}

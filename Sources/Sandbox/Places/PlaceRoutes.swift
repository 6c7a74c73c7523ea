import Hummingbird

/// Stores and points of sale.
///
/// Source: reference §3.4.
struct PlaceRoutes: Sendable {
    let simulator: Simulator

    /// Mounts the routes on the API listener.
    func add(to router: Router<SandboxContext>) {
        addStores(to: router)
        addPointsOfSale(to: router)
    }

    private func addStores(to router: Router<SandboxContext>) {
        router.answer(.post, "/users/:user/stores") { call in
            try simulator.answer(call, as: .general) { world, caller in
                try world.checkOwner(call.number("user"), caller)
                return .json(try world.saveStore(nil, call.json, by: caller).json, status: 201)
            }
        }
        router.answer(.get, "/users/:user/stores/search") { call in
            try simulator.answer(call, as: .general) { world, caller in
                try world.checkOwner(call.number("user"), caller)
                return .json(try world.storePage(of: caller, call.query))
            }
        }
        router.answer(.get, "/stores/:store") { call in
            try simulator.answer(call, as: .general) { world, caller in
                .json(try world.store(call.number("store"), of: caller).json)
            }
        }
        router.answer(.put, "/users/:user/stores/:store") { call in
            try simulator.answer(call, as: .general) { world, caller in
                try world.checkOwner(call.number("user"), caller)
                let store = try world.store(call.number("store"), of: caller)
                return .json(try world.saveStore(store.id, call.json, by: caller).json)
            }
        }
        router.answer(.delete, "/users/:user/stores/:store") { call in
            try simulator.answer(call, as: .general) { world, caller in
                try world.checkOwner(call.number("user"), caller)
                world.stores[try world.store(call.number("store"), of: caller).id] = nil
                return .json([:])
            }
        }
    }

    private func addPointsOfSale(to router: Router<SandboxContext>) {
        router.answer(.post, "/pos") { call in
            try simulator.answer(call, as: .general) { world, caller in
                .json(try world.savePointOfSale(nil, call.json, by: caller).json, status: 201)
            }
        }
        router.answer(.get, "/pos") { call in
            try simulator.answer(call, as: .general) { world, caller in
                .json(try world.pointOfSalePage(of: caller, call.query))
            }
        }
        router.answer(.get, "/pos/:pos") { call in
            try simulator.answer(call, as: .general) { world, caller in
                .json(try world.pointOfSale(call.number("pos"), of: caller).json)
            }
        }
        router.answer(.put, "/pos/:pos") { call in
            try simulator.answer(call, as: .general) { world, caller in
                let desk = try world.pointOfSale(call.number("pos"), of: caller)
                return .json(try world.savePointOfSale(desk.id, call.json, by: caller).json)
            }
        }
        router.answer(.delete, "/pos/:pos") { call in
            try simulator.answer(call, as: .general) { world, caller in
                world.pointsOfSale[try world.pointOfSale(call.number("pos"), of: caller).id] = nil
                return .noContent
            }
        }
    }
}

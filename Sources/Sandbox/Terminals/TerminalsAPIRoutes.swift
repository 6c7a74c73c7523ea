import Hummingbird

/// `/terminals/v1`.
///
/// Source: reference §3.3.
struct TerminalsAPIRoutes: Sendable {
    let simulator: Simulator

    /// Mounts the routes on the API listener.
    func add(to router: Router<SandboxContext>) {
        router.answer(.get, "/terminals/v1/list") { call in
            try simulator.answer(call, as: .general) { world, caller in
                .json(try world.terminalPage(of: caller, call.query))
            }
        }
        router.answer(.patch, "/terminals/v1/setup") { call in
            try simulator.answer(call, as: .general) { world, caller in
                .json(try world.setUpTerminal(call.json, by: caller))
            }
        }
        router.answer(.post, "/terminals/v1/actions") { call in
            try simulator.answer(call, as: .general) { world, caller in
                try world.once(call, by: caller) { try $0.createPrint(call.json, by: caller) }
            }
        }
        router.answer(.get, "/terminals/v1/actions/:action") { call in
            try simulator.answer(call, as: .general) { world, caller in
                .json(try world.printAction(call.parameter("action"), of: caller).json)
            }
        }
        router.answer(.post, "/terminals/v1/actions/:action/cancel") { call in
            try simulator.answer(call, as: .general) { world, caller in
                try world.once(call, by: caller) { try $0.cancelPrint(call.parameter("action"), by: caller) }
            }
        }
    }
}

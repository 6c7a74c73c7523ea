import Hummingbird

/// Devices, payment intents and refunds of `/point/integration-api`.
///
/// Source: reference §2.2 to §2.7.
struct PointRoutes: Sendable {
    let simulator: Simulator

    /// Mounts the routes on the API listener.
    func add(to router: Router<SandboxContext>) {
        addDevices(to: router)
        addIntents(to: router)
        addRefunds(to: router)
    }

    private func addRefunds(to router: Router<SandboxContext>) {
        router.answer(.post, "/point/integration-api/devices/:device/refund") { call in
            try simulator.answer(call, as: .integrations) { world, caller in
                .json(try world.createRefund(on: call.parameter("device"), call.json, by: caller))
            }
        }
        router.answer(.get, "/point/integration-api/refund/:refund") { call in
            try simulator.answer(call, as: .integrations) { world, caller in
                .json(try world.refundIntent(call.parameter("refund"), of: caller).json)
            }
        }
        router.answer(.delete, "/point/integration-api/devices/:device/refund/:refund") { call in
            try simulator.answer(call, as: .integrations) { world, caller in
                let device = call.parameter("device")
                return .json(try world.cancelRefund(call.parameter("refund"), on: device, by: caller))
            }
        }
    }

    private func addDevices(to router: Router<SandboxContext>) {
        router.answer(.get, "/point/integration-api/devices") { call in
            try simulator.answer(call, as: .integrations) { world, caller in
                .json(try world.devicePage(of: caller, call.query))
            }
        }
        router.answer(.patch, "/point/integration-api/devices/:device") { call in
            try simulator.answer(call, as: .integrations) { world, caller in
                let mode = call.json?["operating_mode"]?.string
                return .json(try world.setMode(mode, of: call.parameter("device"), caller: caller))
            }
        }
    }

    private func addIntents(to router: Router<SandboxContext>) {
        router.answer(.post, "/point/integration-api/devices/:device/payment-intents") { call in
            try simulator.answer(call, as: .integrations) { world, caller in
                try world.createIntent(on: call.parameter("device"), call.json, by: caller)
            }
        }
        router.answer(.delete, "/point/integration-api/devices/:device/payment-intents/:intent") { call in
            try simulator.answer(call, as: .integrations) { world, caller in
                let device = call.parameter("device")
                return .json(try world.cancelIntent(call.parameter("intent"), on: device, by: caller))
            }
        }
        router.answer(.get, "/point/integration-api/payment-intents/events") { call in
            try simulator.answer(call, as: .integrations) { world, caller in
                .json(try world.intentEvents(call.query, of: caller))
            }
        }
        router.answer(.get, "/point/integration-api/payment-intents/:intent") { call in
            try simulator.answer(call, as: .integrations) { world, caller in
                .json(try world.readIntent(call.parameter("intent"), by: caller).json)
            }
        }
        router.answer(.get, "/point/integration-api/payment-intents/:intent/events") { call in
            try simulator.answer(call, as: .integrations) { world, caller in
                .json(try world.readIntent(call.parameter("intent"), by: caller).eventJSON)
            }
        }
    }
}

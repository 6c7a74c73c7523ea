import HTTPTypes
import Hummingbird

/// `/v1/orders`.
///
/// Source: reference §3.2.
struct OrderRoutes: Sendable {
    let simulator: Simulator

    /// Mounts the routes on the API listener.
    func add(to router: Router<SandboxContext>) {
        router.answer(.post, "/v1/orders") { call in
            try simulator.answer(call, as: .general) { world, caller in
                try world.once(call, by: caller) { try $0.createOrder(call.json, by: caller) }
            }
        }
        router.answer(.get, "/v1/orders/:order") { call in
            try simulator.answer(call, as: .general) { world, caller in
                .json(try world.order(call.parameter("order"), of: caller).json)
            }
        }
        router.answer(.post, "/v1/orders/:order/cancel") { call in
            try simulator.answer(call, as: .general) { world, caller in
                try world.once(call, by: caller) { world in
                    let allowed = HTTPField.Name("x-allow-cancelable-status").flatMap { call.headers[$0] }
                    return try world.cancelOrder(call.parameter("order"), allowing: allowed, by: caller)
                }
            }
        }
        router.answer(.post, "/v1/orders/:order/refund") { call in
            try simulator.answer(call, as: .general) { world, caller in
                try world.once(call, by: caller) { world in
                    try world.refundOrder(world.order(call.parameter("order"), of: caller), call.json)
                }
            }
        }
        router.answer(.post, "/v1/orders/:order/events") { call in
            try simulator.answer(call, as: .general) { world, caller in
                try world.simulate(call.json, on: call.parameter("order"), by: caller)
            }
        }
    }
}

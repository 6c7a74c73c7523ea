import Hummingbird

extension AdminRoutes {
    /// What the simulator saw, sent and gave out.
    func addLogs(to router: Router<SandboxContext>) {
        router.answer(.get, "/_sim/deliveries") { call in
            let world = simulator.change { $0 }
            let channel = call.query.filled("channel")
            let found = world.deliveries.entries.filter {
                channel == nil || $0.notification.channel.rawValue == channel
            }
            return .json([
                "deliveries": .array(found.map(\.json)), "waiting": .int(Int64(world.outbox.count)),
            ])
        }
        router.answer(.get, "/_sim/requests") { call in
            let prefix = call.query["path_prefix"] ?? ""
            let found = simulator.change { $0.requests.entries.filter { $0.path.hasPrefix(prefix) } }
            return .json(["requests": .array(found.map(\.json))])
        }
        router.answer(.get, "/_sim/secrets") { _ in
            let found = simulator.change { $0.secrets }
            return .json([
                "secrets": .array(found.map { ["kind": .string($0.kind), "value": .string($0.value)] })
            ])
        }
    }
}
